"""Where views go: log, video, window."""
