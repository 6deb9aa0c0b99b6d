"""What is simplest, and what most programs do: detect and embed in every frame."""

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.drawing.draw import draw
from stream.frame import Frame, View
from stream.gallery.identity import candidate
from stream.recognizer import Recognizer

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Naive:
    """The project's networks, all of them in every frame."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    def recognize(self, image: Image) -> tuple[Floats, list[str | None]]:
        """The faces of a picture, (N, 4) xyxy in pixels, each with its name."""
        analyzer = self._recognizer.analyzer
        found = analyzer.detector.detect(image)
        assert found.confidence is not None
        faces = analyzer.look(image, np.asarray(found.xyxy, np.float32), found.confidence)
        boxes = np.array([face.box for face in faces], np.float32).reshape(-1, 4)
        return boxes, [None if face.embedding is None else self._name(face.embedding) for face in faces]

    def _name(self, embedding: Floats) -> str | None:
        person = candidate(self._recognizer.index.search(embedding[None])[0], self._recognizer.rule)
        return person.name if person else None


def labelled(frame: Frame, boxes: Floats, names: list[str | None]) -> Image:
    """The frame's picture with the same labels that the product draws."""
    known = np.array([name is not None for name in names])
    faces = sv.Detections(
        boxes,
        class_id=np.zeros(len(boxes), int),
        data={
            "name": np.array(names, object),
            "state": np.where(known, "named", "unknown").astype(object),
            "similarity": np.ones(len(boxes), np.float32),
        },
    )
    return draw(View(frame, faces, detected=True))
