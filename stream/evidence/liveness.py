"""A network of the user's own that tells living faces from pictures: what it says is taken down, and believed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face, Image
from models.errors import ModelError
from models.manifest import find
from models.runtime import Network, preprocess, resize

Floats = NDArray[np.float32]

USUAL = 0.5  # score from which a face is a living one, where the network's description has no threshold


class Liveness:
    """How surely faces are living ones. None such network is shipped, and none was measured by us.

    Args:
        network: its outputs are (N, classes), probabilities or what a softmax makes such.

    Attributes:
        digest: sha256 of the network's file.
        threshold: score from which a face is a living one.

    Raises:
        ModelError: its description does not say how a face is shown to it.
    """

    def __init__(self, network: Network) -> None:
        entry = network.entry
        if entry.liveness is None or entry.input.width is None or entry.input.height is None:
            raise ModelError(
                f"The description of {entry.path.name} does not say how a face is shown to it: add "
                '"liveness": {"scale": part of the picture over the box, "live": number of the living class}, '
                "and width and height of its input."
            )
        self.digest = entry.sha256
        self.threshold = USUAL if entry.threshold is None else entry.threshold
        self._network = network
        self._width = entry.input.width
        self._height = entry.input.height
        self._scale = entry.liveness.scale
        self._live = entry.liveness.live

    @classmethod
    def open(cls, file: str) -> "Liveness":
        """The network in an ONNX file. Raises ModelError where it cannot be used."""
        return cls(Network(find("liveness", file)))

    def graded(self, image: Image, faces: Sequence[Face]) -> list[Face]:
        """The same faces of a picture (H, W, 3); those that are good enough have their score.

        Raises:
            ModelError: the network gives something else than a number for each class.
        """
        good = [face for face in faces if face.embedding is not None]
        if not good:
            return list(faces)
        parts = [resize(part_around(image, face.box, self._scale), self._width, self._height) for face in good]
        scores = iter(self._scores(preprocess(parts, self._network.entry.input)).tolist())
        return [face if face.embedding is None else replace(face, liveness=next(scores)) for face in faces]

    def _scores(self, batch: Floats) -> Floats:
        found = self._network.run(batch)[0]
        if found.ndim != 2 or len(found) != len(batch) or found.shape[1] <= self._live or not np.isfinite(found).all():
            raise ModelError(
                f"The network {self._network.entry.name} gave {found.shape} instead of ({len(batch)}, more than "
                f"{self._live}) finite numbers: name another, or correct its description."
            )
        return probabilities(found)[:, self._live]


def probabilities(outputs: Floats) -> Floats:
    """(N, classes) as shares of one: by a softmax, unless they are such already."""
    if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return outputs
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def part_around(image: Image, box: Floats, scale: float) -> Image:
    """What lies around a box of a picture (H, W, 3), so many times as wide and high, as far as the picture goes.

    It is moved into the picture, and made smaller where it has no room there, as the networks of
    Silent-Face-Anti-Spoofing (Minivision, 2020) were trained.
    """
    rows, columns = image.shape[:2]
    x1, y1, x2, y2 = (float(side) for side in box)
    width, height = max(1.0, x2 - x1), max(1.0, y2 - y1)
    scale = min(scale, columns / width, rows / height)
    left = int(np.clip((x1 + x2 - scale * width) / 2, 0, columns - scale * width))
    top = int(np.clip((y1 + y2 - scale * height) / 2, 0, rows - scale * height))
    return image[top : top + max(1, round(scale * height)), left : left + max(1, round(scale * width))]
