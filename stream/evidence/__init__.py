"""Why a track has a name, or none: what its looks came to, told afterwards, and tried anew with another threshold."""
