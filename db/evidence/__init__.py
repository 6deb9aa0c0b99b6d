"""Why a track has its name, or has none: the looks behind names, and what the looks at every track came to."""
