"""The three networks at work, on ONNX Runtime, whose telemetry is off from before its first import on.

Its official builds otherwise write an identifier of the machine into the user's cache folder as soon as they are
imported, and send it, with what networks run, to their maker; no call of their API comes before that.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

EMBEDDER = "A shipped embedder's name, or FILE.onnx; by default the shipped one that made the gallery."
"""What `models.manifest.find` takes, as command lines tell it: here, since a command that lists imports no manifest."""
