"""Pictures of the people who were named, kept in a folder when asked for."""

import os
import re
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np

from db import NewSnapshot
from db.names import escaped, file_name
from models.files import PRIVATE
from models.images import to_jpeg
from stream.files import unwritable
from stream.frame import Frame
from stream.gallery.identity import Identity
from tracker import Track

PRIVATE_FOLDER = 0o700
SNAPSHOT = re.compile(r"\d{8}T\d{6}\.\d{6}-.+-\d+\.jpg(\.part)?")  # what ours are called
AROUND = 0.5  # of the box's longer side, kept on each side of it


class Snapshots:
    """Takes the face of a track, with what is around it, as a JPEG.

    Strangers' faces are not kept: a track without a name gives no picture. Nor does one that has left the picture.
    What 0.1.0 has kept in the folder is closed to others, and so is the folder where it holds nothing else.

    Raises:
        StreamError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)  # a wrong one is told at the start
        except OSError as error:
            raise unwritable(folder, error) from error
        _close_to_others(folder)

    def __call__(self, frame: Frame, track: Track, identity: Identity, moment: datetime) -> NewSnapshot | None:
        """The new picture, not written yet; None where there is none to keep."""
        if identity.name is None:
            return None
        height, width = frame.image.shape[:2]
        x1, y1, x2, y2 = track.box
        around = AROUND * max(x2 - x1, y2 - y1)
        left, right = np.clip([int(x1 - around), int(x2 + around)], 0, width)
        top, bottom = np.clip([int(y1 - around), int(y2 + around)], 0, height)
        if left == right or top == bottom:
            return None
        path = self._folder / f"{moment:%Y%m%dT%H%M%S.%f}-{file_name(frame.camera)}-{track.id}.jpg"
        data = to_jpeg(frame.image[top:bottom, left:right])
        return NewSnapshot(escaped(str(path.resolve())), data)


def _close_to_others(folder: Path) -> None:
    """Let nobody else read the snapshots in a folder, and nobody else enter it where it holds nothing but them.

    What is shared with a group, but not with everybody, stays so, as with the database.
    """
    if os.name != "posix":
        return
    with suppress(OSError):  # whether it can be used at all is told when it is
        files = list(folder.iterdir())
        ours = [file for file in files if SNAPSHOT.fullmatch(file.name)]
        for file in ours:
            _close(file, PRIVATE)
        if len(ours) == len(files):
            _close(folder, PRIVATE_FOLDER)


def _close(path: Path, mode: int) -> None:
    with suppress(OSError):  # another process may have erased it
        found = path.lstat()
        if not stat.S_ISLNK(found.st_mode) and found.st_uid == os.getuid() and found.st_mode & 0o007:
            path.chmod(mode)
