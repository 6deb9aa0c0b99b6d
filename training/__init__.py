"""Training, export and evaluation. None of the libraries beneath may tell anybody of it, or install what it misses."""

import os

import models  # noqa: F401 - ONNX Runtime's telemetry is off from here on

os.environ["YOLO_OFFLINE"] = "true"  # what Ultralytics reports to its maker; named weights are fetched all the same
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # the search for a newer version at each import
