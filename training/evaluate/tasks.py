"""What can be measured, and on which network."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from models.detector import Detector
from models.embedder import Embedder
from models.errors import without_extra
from models.landmarks import Landmarker
from models.manifest import find
from models.runtime import Network
from training.errors import TrainingError
from training.evaluate.faces import find_landmarker

EXTRA = f"Evaluation needs scikit-learn, matplotlib and motmetrics: {without_extra('eval')}"


class Task(StrEnum):
    """A measurement."""

    DETECTION = "detection"
    LANDMARKS = "landmarks"
    PAIRS = "pairs"
    IDENTIFICATION = "identification"
    TRACKING = "tracking"
    GROUPING = "grouping"


def evaluate_task(
    task: Task,
    data: Path,
    measure_groups: Callable[..., dict[str, Any]],
    out: Path | None = None,
    network: str | None = None,
    points: str | None = None,
) -> dict[str, Any]:
    """The figures of a network, shipped or given, on labelled data.

    Args:
        measure_groups: for grouping, measures how the program groups what the embedder of an entry makes of faces: by
            their vectors (N, 512), whose each is, and, of frames of videos, from which.
        points: the landmark network whose points align the faces, where such are measured; by default the data's.

    Raises:
        TrainingError: the data cannot be read, the extra `eval` is not installed, or nothing is there to align.
        ModelError: the network cannot be used.
    """
    try:
        from training.evaluate import detection, identification, landmarks, pairs, tracking
    except ModuleNotFoundError as error:
        raise TrainingError(EXTRA) from error
    if points and task not in (Task.PAIRS, Task.IDENTIFICATION, Task.GROUPING):
        raise TrainingError(f"No faces are aligned to measure {task}: leave --points out, or choose pairs.")
    landmarker = find_landmarker(points)
    match task:
        case Task.DETECTION:
            return detection.evaluate(data, Detector(Network(find("detection", network))), out)
        case Task.LANDMARKS:
            return landmarks.evaluate(data, Landmarker(Network(find("landmarks", network))), out)
        case Task.PAIRS:
            return pairs.evaluate(data, Embedder(Network(find("embedding", network))), out, landmarker=landmarker)
        case Task.IDENTIFICATION:
            embedder = Embedder(Network(find("embedding", network)))
            return identification.evaluate(data, embedder, out, landmarker=landmarker)
        case Task.GROUPING:
            entry = find("embedding", network)
            faces = pairs.video_faces if (data / pairs.POINTS).is_file() else identification.vectors_of
            figures = measure_groups(entry, *faces(data, Embedder(Network(entry)), landmarker))
            if out:
                identification.write(out, figures)
            return figures
        case Task.TRACKING:
            return tracking.evaluate(data, out=out)
