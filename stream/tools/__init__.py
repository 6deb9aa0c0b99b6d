"""Single jobs beside watching: faces of pictures, speed, health."""
