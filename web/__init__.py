"""The web application: pages and an API over `stream.service`, for a browser on this machine or beyond."""
