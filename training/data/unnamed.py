"""Faces that nobody named: each is somebody else than all others, which can be learned of them, too.

Sets with names are of celebrities. Those whom they lack, children above all, look alike to a network that saw none.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.data.celeba import TRAIN, CelebA
from training.data.landmarks import Face, read_faces

SOURCES = ("mtcnn5pt", "helen348")  # not the video frames: figures of videos are of their people; nor synthetic faces
LEAST = 12.0  # pixels between the eyes
FIRST = 1_000_000  # their numbers; people with names have lower ones


def unnamed_faces(data: Path) -> list[Face]:
    """The photographs among the landmark set's faces for training, but for tiny ones.

    Raises:
        TrainingError: `data` is not the landmark set.
    """
    photographs = [face for face in read_faces(data, "train") if face.source in SOURCES]
    return [face for face in photographs if np.linalg.norm(face.points[0] - face.points[1]) >= LEAST]


def with_unnamed(named: CelebA, faces: Sequence[Face]) -> CelebA:
    """The lists, and behind them each of the faces as a person of one picture, for training."""
    if not faces:
        return named
    numbers = np.arange(len(faces))
    return CelebA(
        np.concatenate([named.files, [face.path.name for face in faces]]),
        np.concatenate([named.people, FIRST + numbers]),
        np.concatenate([named.points, [face.points for face in faces]]),
        np.concatenate([named.partition, np.full_like(numbers, TRAIN)]),
    )
