"""The face embedder."""
