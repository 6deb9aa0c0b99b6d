"""Pictures of the people who were named, kept in a folder when asked for."""

from datetime import datetime
from pathlib import Path

from db.names import file_name
from models.images import to_jpeg
from stream.files import beside, write_whole
from stream.frame import Frame
from stream.identity import Identity
from tracker import Track

AROUND = 0.5  # of the box's longer side, kept on each side of it


class Snapshots:
    """Saves the face of a track, with what is around it, as a JPEG.

    Strangers' faces are not kept: a track without a name gives no picture.

    Raises:
        StreamError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        beside(folder / "picture.jpg")  # makes the folder, so that a wrong one is told at the start

    def __call__(self, frame: Frame, track: Track, identity: Identity, moment: datetime) -> str | None:
        """The path of the new picture; None for a stranger."""
        if identity.name is None:
            return None
        height, width = frame.image.shape[:2]
        x1, y1, x2, y2 = track.box
        around = AROUND * max(x2 - x1, y2 - y1)
        left, top = max(0, int(x1 - around)), max(0, int(y1 - around))
        right, bottom = min(width, int(x2 + around)), min(height, int(y2 + around))
        path = self._folder / f"{moment:%Y%m%dT%H%M%S.%f}-{file_name(frame.camera)}-{track.id}.jpg"
        write_whole(path, to_jpeg(frame.image[top:bottom, left:right]))
        return str(path.resolve())
