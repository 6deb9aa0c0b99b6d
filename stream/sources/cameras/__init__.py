"""Cameras: opened and read, the newest frame only, lost and found again."""
