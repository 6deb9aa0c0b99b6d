"""From a picture to its faces: detect, place the five points, align, grade, embed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.align import align
from models.detector import Detector, open_detector
from models.embedder import Embedder
from models.errors import ModelError
from models.integers import swifter
from models.landmarks import Landmarker
from models.manifest import ModelEntry, shipped
from models.pose import pose
from models.quality import Limits, Measures, sharpness
from models.runtime import Network
from models.search.pictures import PictureSearch

MOST = 500  # faces of a picture that are looked at: each takes a hundredth of a second or more
TOLERANCE = 0.1  # sides by which a box may be off for a camera's face to be looked at once for its points

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a picture.

    Attributes:
        box: x1, y1, x2, y2 in pixels.
        landmarks: (5, 2) pixels, or None where they make no face.
        crop: the aligned face, (112, 112, 3) BGR, or None likewise.
        embedding: (512,) of unit length, or None when the face was refused, or nobody asked for it.
        quality: 0 to 1.
        refused: why the face should not be recognized, or None.
        liveness: how surely it is no picture's, by a network of the user's, 0 to 1; None where none was asked.
    """

    box: Floats
    score: float
    landmarks: Floats | None
    crop: Image | None
    embedding: Floats | None
    quality: float
    refused: str | None
    liveness: float | None = None

    @property
    def area(self) -> float:
        """Of the box, in pixels."""
        x1, y1, x2, y2 = self.box
        return float((x2 - x1) * (y2 - y1))


class Analyzer:
    """The three networks, working together on one picture.

    Args:
        limits: what a face must reach to be embedded.
    """

    def __init__(
        self, detector: Detector, landmarker: Landmarker, embedder: Embedder, limits: Limits | None = None
    ) -> None:
        self.detector = detector
        self.landmarker = landmarker
        self.embedder = embedder
        self.limits = limits or Limits()

    @property
    def helpers(self) -> frozenset[int]:
        """The system's ids of the threads that help the three networks."""
        return self.detector.network.helpers | self.landmarker.network.helpers | self.embedder.network.helpers

    def for_cameras(self) -> "Analyzer":
        """The same for who has little time: with a second look for a face's points only where its box was off, and with
        the detector's twin in 8-bit integers, if there is one and this machine is made for it.

        Raises:
            ModelError: the twin is altered or cannot be used.
        """
        entry = self.detector.network.entry
        twin = swifter(entry)
        landmarker = Landmarker(self.landmarker.network, TOLERANCE)
        if twin is entry:
            return Analyzer(self.detector, landmarker, self.embedder, self.limits)
        detector = Detector(Network(twin), size=self.detector.size)
        return Analyzer(detector, landmarker, self.embedder, replace(self.limits, score=detector.threshold))

    def faces(self, image: Image, flip: bool = False, main: bool = False, embedded: bool = True) -> list[Face]:
        """Every face of a picture, the largest first; of more than `MOST` the surest are looked at.

        Args:
            flip: embed the mirrored face too (better, at twice the cost).
            main: whether the faces that count beside the largest are enough, as in a portrait.
            embedded: whether it matters who they are; without embeddings they are found, placed and graded alone.
        """
        found = PictureSearch(self.detector).find(image, main=main)
        assert found.confidence is not None
        boxes, scores = np.asarray(found.xyxy, np.float32), found.confidence
        faces = self.look(image, boxes[:MOST], scores[:MOST], flip, embedded)
        too_many = f"one of more than {MOST} faces, of which the surest are looked at: cut the picture into parts"
        rest = zip(boxes[MOST:], scores[MOST:].tolist(), strict=True)
        faces += [Face(box, score, None, None, None, 0.0, too_many) for box, score in rest]
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def look(
        self,
        image: Image,
        boxes: Floats,
        scores: Sequence[float] | Floats,
        flip: bool = False,
        embedded: bool = True,
    ) -> list[Face]:
        """The faces in these boxes (N, 4), in their order; those that are good enough come with an embedding.

        Args:
            flip, embedded: as of `faces`.
        """
        points = self.landmarker.locate(image, boxes)
        faces = [
            self._graded(image, box, float(score), marks, float(doubt))
            for box, score, marks, doubt in zip(boxes, scores, points.points, points.uncertainty, strict=True)
        ]
        good = [face for face in faces if face.refused is None and face.crop is not None]
        if not good or not embedded:
            return faces
        embeddings = iter(self.embedder.embed(np.stack([face.crop for face in good if face.crop is not None]), flip))
        return [replace(face, embedding=next(embeddings)) if face.refused is None else face for face in faces]

    def _graded(self, image: Image, box: Floats, score: float, points: Floats, uncertainty: float) -> Face:
        try:
            crop = align(image, points)
            measures = Measures(
                eye_distance=float(np.linalg.norm(points[1] - points[0])),
                sharpness=sharpness(crop),
                pose=pose(points),
                score=score,
                uncertainty=uncertainty,
            )
        except ModelError as error:  # points that make no face
            return Face(box, score, None, None, None, 0.0, str(error))
        return Face(box, score, points, crop, None, measures.quality(), measures.refusal(self.limits))


def open_analyzer(detector: str | None = None, embedder: ModelEntry | None = None) -> Analyzer:
    """The shipped networks, or others, ready to look at pictures.

    Args:
        detector: the name of a shipped one, or an ONNX file; by default the shipped default one, as the embedder.

    Raises:
        ModelError: a network is missing, altered or cannot be used.
    """
    landmarks = shipped("landmarks")
    with ThreadPoolExecutor() as pool:  # each takes a while to verify and to load, and leaves the others be meanwhile
        finding = pool.submit(open_detector, detector)
        marking, embedding = pool.map(Network, [landmarks, embedder or shipped("embedding")])
        finder = finding.result()
    limits = Limits(score=finder.threshold)
    if landmarks.threshold is not None:
        limits = replace(limits, uncertainty=landmarks.threshold)
    return Analyzer(finder, Landmarker(marking), Embedder(embedding), limits)
