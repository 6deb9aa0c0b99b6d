"""Pictures of the people who were named, kept in a folder when asked for."""

from datetime import datetime
from pathlib import Path

from db.names import file_name
from models.images import to_jpeg
from stream.errors import StreamError
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
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StreamError(f"The folder {folder} for snapshots cannot be made ({error.strerror}).") from error

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
        self._write(path, to_jpeg(frame.image[top:bottom, left:right]))
        return str(path.resolve())

    def _write(self, path: Path, picture: bytes) -> None:
        part = path.with_suffix(".part")
        try:
            part.write_bytes(picture)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StreamError(
                f"A snapshot cannot be written to {self._folder} ({error.strerror}): "
                "free some space, or choose another folder."
            ) from error
