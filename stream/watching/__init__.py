"""Watching put together: sources as they are to be watched, a pipeline for each, cameras that come and go, upkeep."""
