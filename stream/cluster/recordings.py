"""The recordings of folders: single files, and what recorders write in segments."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.sightings.recordings import Recording
from models.files import files_in
from stream.errors import SourceError, StreamError
from stream.files import exists
from stream.sources.address import default_name, refuse_empty, split_name
from stream.sources.recording import VideoFile

SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("3gp", "asf", "avi", "dav", "flv", "h264", "h265", "hevc", "m2ts", "m4v", "mkv", "mov"),
        *("mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts", "vob", "webm", "wmv"),
    )
)
# Where Frigate keeps a camera's segments: each is called by the minute and second, in UTC, at which it begins.
FRIGATE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)/(?P<hour>\d\d)/(?P<camera>[^/]+)/(?P<minute>\d\d)\.(?P<second>\d\d)\.mp4"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a recording, or a recorder's segments of one camera, in the order of time.

    Attributes:
        place: as of `Recording.place`.
        paths: one file, or the segments.
        moments: when each segment begins; none of a file.
        size: in bytes.
    """

    place: str
    camera: str
    paths: tuple[Path, ...]
    moments: tuple[datetime, ...] = ()

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.paths if exists(path))


def find(texts: Sequence[str]) -> list[Found]:
    """The recordings that files and folders hold, in order.

    The camera of a file is the folder that it lies in, below the one that was given; `name=FOLDER` gives another name.

    Raises:
        StreamError: a text is empty, there is no such file or folder, or no recording in any of them.
    """
    found = [one for text in texts for one in _found_in(text)]
    if not found:
        raise StreamError(f"There is no recording in {', '.join(texts)}: choose a folder with videos.")
    return found


def _found_in(text: str) -> Iterator[Found]:
    name, place = split_name(text)
    refuse_empty(place)
    given = Path(place).absolute()  # workers may be in another folder
    if not exists(given):
        raise StreamError(f"There is no file or folder {place}: check the path.")
    if given.is_file():
        yield Found(str(given.resolve()), name or default_name(place), (given,))
    else:
        yield from _in_folder(given, name)


def _in_folder(given: Path, name: str | None) -> Iterator[Found]:
    """The recordings of a folder: its files, and the segments of each recorder's camera together."""
    segments: dict[tuple[str, str], list[tuple[datetime, Path]]] = {}
    for path in files_in(given):
        moment = _segment(path)
        if moment is not None:
            root = str(path.resolve().parents[3])
            camera = path.parent.name
            segments.setdefault((root, camera), []).append((moment, path))
        elif path.suffix.lower() in SUFFIXES:
            yield Found(str(path.resolve()), name or _camera(given, path), (path,))
    for (root, camera), its in segments.items():
        moments, paths = zip(*sorted(its), strict=True)
        yield Found(f"{root}/*/*/{camera}", name or camera, paths, moments)


def _segment(path: Path) -> datetime | None:
    """When a recorder's segment begins; None of a file that is none."""
    found = FRIGATE.fullmatch("/".join(path.resolve().parts[-4:]))
    if found is None:
        return None
    try:
        return datetime.fromisoformat("{day} {hour}:{minute}:{second}".format(**found.groupdict())).replace(tzinfo=UTC)
    except ValueError:  # no time of any day
        return None


def _camera(folder: Path, path: Path) -> str:
    below = path.relative_to(folder).parts
    return below[0] if len(below) > 1 else default_name(str(folder))


def recording_of(found: Found) -> Recording:
    """The recording that is a file.

    Raises:
        SourceError: it is no video that can be read.
    """
    (path,) = found.paths
    stat = _stat(path)
    began = VideoFile(path, found.camera).dating.began
    return Recording(found.place, found.camera, began, f"{stat.st_size}-{stat.st_mtime_ns}")


def changed(found: Found) -> datetime:
    """When something was written last to the recording that is a file.

    Raises:
        SourceError: it is not there any more.
    """
    (path,) = found.paths
    return datetime.fromtimestamp(_stat(path).st_mtime, UTC)


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}): check it.") from error
