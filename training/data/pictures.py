"""Pictures of a data set by name, from unpacked folders or from the tars that it came in."""

import tarfile
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError


class Pictures:
    """The pictures below `root`, in a folder directly below it, or in a tar beside them, whichever has the name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders = [root, *sorted(path for path in root.glob("*") if path.is_dir())]

    def read(self, name: str) -> NDArray[np.uint8]:
        """The picture as (H, W, 3) uint8 BGR.

        Raises:
            TrainingError: it is nowhere, or damaged.
        """
        path = next((path for folder in self._folders if (path := folder / name).is_file()), None)
        data = path.read_bytes() if path else self._packed(name)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        if image is None:
            raise TrainingError(f"{name} in {self.root} is not a picture that can be read: unpack the data set again.")
        return np.asarray(image, np.uint8)

    def _packed(self, name: str) -> bytes:
        if name not in self._members:
            raise TrainingError(f"{self.root} has no picture {name}: unpack the data set there.")
        archive, member = self._members[name]
        file = archive.extractfile(member)
        return file.read() if file else b""

    @cached_property
    def _members(self) -> dict[str, tuple[tarfile.TarFile, tarfile.TarInfo]]:
        """What the tars hold, by its name there, with and without the folder that it is in."""
        found = {}
        for path in sorted(self.root.glob("*.tar")):
            archive = tarfile.open(path)  # noqa: SIM115 - read from as long as this object lives
            for member in archive.getmembers():
                found[member.name] = found[member.name.partition("/")[2]] = archive, member
        return found
