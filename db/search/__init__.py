"""Who in the gallery is like a face."""
