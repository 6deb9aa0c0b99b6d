"""The face detector: a picture in, the boxes of its faces out."""

import cv2
import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.errors import ModelError
from models.manifest import find
from models.runtime import Network, fit, letterbox, preprocess

STRIDE = 32  # the network halves its input five times
GREY = 114  # fills what the picture leaves of the input
OVERLAP = 0.5  # IoU above which two boxes are the same face
MOST = 1000  # detections in one picture
THRESHOLD = 0.25  # for a network whose manifest entry names none: Ultralytics' own

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Detector:
    """Finds faces with a YOLO network, whose output is raw (N, 4 + classes, A) or end to end (N, K, 6).

    Args:
        network: a detection network; one with a free input size sees each picture in its own aspect.
        threshold: least score of a face; by default the one of the network's manifest entry.
        size: long side in pixels to which pictures are scaled, rounded up to a multiple of 32.
    """

    def __init__(self, network: Network, threshold: float | None = None, size: int = 640) -> None:
        self.network = network
        self.threshold = next(t for t in (threshold, network.entry.threshold, THRESHOLD) if t is not None)
        self.size = size

    @property
    def scales(self) -> bool:
        """Whether it searches at the size that it is asked for: a network whose input is of fixed size does not."""
        return not (self.network.entry.input.width and self.network.entry.input.height)

    def detect(self, image: Image, min_score: float | None = None, size: float | None = None) -> sv.Detections:
        """The faces of a picture (H, W, 3), at most 1000, the surest first.

        `xyxy` is in pixels and within the picture, `confidence` is the score.

        Args:
            min_score: least score of a face, in place of the detector's threshold.
            size: long side in pixels to which the picture is scaled, in place of the detector's size.

        Raises:
            ModelError: the network's output is not a detector's.
        """
        height, width = image.shape[:2]
        canvas, scale = self._letterbox(image, size or self.size)
        output = self.network.run(preprocess([canvas], self.network.entry.input))[0]
        boxes, scores = decode(output)
        sure = scores >= (self.threshold if min_score is None else min_score)
        boxes = np.clip(boxes[sure] / scale, 0, (width, height, width, height))
        scores = scores[sure]
        kept = _without_duplicates(boxes, scores)
        return sv.Detections(xyxy=boxes[kept].astype(np.float32), confidence=scores[kept])

    def _letterbox(self, image: Image, size: float) -> tuple[Image, Floats]:
        """The picture in the top left corner of the network's input, and how much x, y, x, y grew on the way."""
        height, width = image.shape[:2]
        columns, rows = self._input_size(width, height, size)
        place = fit(width, height, columns, rows, middle=False)
        canvas = letterbox(image, columns, rows, GREY, middle=False)
        return canvas, np.tile([place.columns / width, place.rows / height], 2).astype(np.float32)

    def _input_size(self, width: int, height: int, size: float) -> tuple[int, int]:
        expected = self.network.entry.input
        if expected.width and expected.height:
            return expected.width, expected.height
        long = max(width, height)
        return _multiple(size * width / long), _multiple(size * height / long)


def open_detector(which: str | None = None, threshold: float | None = None, size: int = 640) -> Detector:
    """The default detector, or the one that is named.

    Args:
        which: a shipped name, or the path of an ONNX file.

    Raises:
        ModelError: the network is missing, altered or cannot be used.
    """
    return Detector(Network(find("detection", which)), threshold, size)


def decode(output: Floats) -> tuple[Floats, Floats]:
    """Boxes (A, 4) x1 y1 x2 y2 in pixels of the input and scores (A,) of the first picture of a network's output.

    Raises:
        ModelError: it has neither of the two known shapes.
    """
    if output.ndim == 3 and output.shape[2] == 6:  # x1 y1 x2 y2 score class; a raw output has 21 anchors or more
        return output[0, :, :4], output[0, :, 4]
    if output.ndim == 3 and output.shape[1] >= 5:  # x y width height and a score per class, for each anchor
        x, y, width, height = output[0, :4]
        return np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1), output[0, 4:].max(0)
    raise ModelError(
        f"The network's output of shape {output.shape} is not a detector's: "
        "export it as (N, 4 + classes, A) or (N, K, 6)."
    )


def _without_duplicates(boxes: Floats, scores: Floats) -> NDArray[np.intp]:
    """Indices of the boxes that have an extent and overlap no surer one, the surest first."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    solid = np.flatnonzero(sizes.min(axis=1, initial=np.inf) > 0)
    extents = np.hstack([boxes[:, :2], sizes])[solid].astype(np.float64)
    kept = cv2.dnn.NMSBoxes(extents.tolist(), scores[solid].tolist(), 0.0, OVERLAP)
    return solid[np.asarray(kept, np.intp)[:MOST]]


def _multiple(pixels: float) -> int:
    return max(1, int(np.ceil(round(pixels, 3) / STRIDE))) * STRIDE
