"""Pictures of a data set by name, from unpacked folders or from the tars that it came in."""

import tarfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError


class Pictures:
    """Reads `root/<name>`, or the member `<name>` of any `root/*.tar`. One reader at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._tars: dict[str, tuple[tarfile.TarFile, tarfile.TarInfo]] | None = None

    def read(self, name: str) -> NDArray[np.uint8]:
        """The picture as (H, W, 3) uint8 BGR.

        Raises:
            TrainingError: it is in neither place, or damaged.
        """
        path = self.root / name
        data = path.read_bytes() if path.is_file() else self._packed(name)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise TrainingError(f"{path} is not a picture that can be read: unpack the data set again.")
        return np.asarray(image, np.uint8)

    def _packed(self, name: str) -> bytes:
        if self._tars is None:
            archives = [tarfile.open(path) for path in sorted(self.root.glob("*.tar"))]  # noqa: SIM115 - open while used
            self._tars = {member.name: (archive, member) for archive in archives for member in archive.getmembers()}
        if name not in self._tars:
            raise TrainingError(f"{self.root} has no picture {name}: unpack the data set there.")
        archive, member = self._tars[name]
        file = archive.extractfile(member)
        return file.read() if file else b""
