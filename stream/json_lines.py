"""Files of JSON objects, a whole line each."""

import errno
import json
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from stream.files import begin, beside, rotate, unwritable

FULL = 100 * 10**6  # bytes of a growing file, some hours of one camera's log
KEPT = 20  # such files, beside the one that grows


class JsonLines:
    """Writes JSON objects, a whole line at a time.

    What has an end is written beside its place and appears when the run ends, however it ends. What has no end to wait
    for and is read while it grows (`tail -F`) is appended to the file itself; one that is full becomes NAME.1.EXT, and
    another is begun, as also where somebody else has moved it away.

    Args:
        path: the file, or `-` for standard output.
        growing: whether it has no end.
        full: bytes of a growing file after which another is begun.
    """

    def __init__(self, path: Path | str, growing: bool, full: int = FULL) -> None:
        self._full = full
        self._path = None if str(path) == "-" else Path(path)
        self._append = growing
        self._label = str(self._path or "Standard output")

    def __enter__(self) -> Self:
        """Raises StreamError if there is no such place."""
        if self._path is None:
            self._file: IO[bytes] = sys.stdout.buffer
            return self
        if self._append:
            beside(self._path)
            self._file = self._opened(self._path)
        else:
            self._file = begin(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            return
        self._file.close()
        if self._append:
            return
        try:
            Path(self._file.name).replace(self._path)
        except OSError as reason:
            raise unwritable(self._path, reason) from reason

    def add(self, record: dict[str, Any]) -> None:
        """Add a line. Raises StreamError if there is no room for it."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        data = line.encode("utf-8", "backslashreplace")  # a file name may hold bytes that are no text
        if self._path is not None and self._append:
            self._begin_another_if_full(self._path)
        size = 0 if self._path is None else os.fstat(self._file.fileno()).st_size  # others may append to it too
        try:
            if self._file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._file.flush()
        except OSError as error:
            if self._path is not None:
                with suppress(OSError):  # a pipe has no end to cut off
                    os.ftruncate(self._file.fileno(), size)
            raise unwritable(self._label, error) from error

    def _opened(self, path: Path) -> IO[bytes]:
        try:
            # Unbuffered: a line is in the file when it is written, and no half of one waits for room on the disk.
            return path.open("ab", buffering=0)
        except OSError as error:
            raise unwritable(path, error) from error

    def _begin_another_if_full(self, path: Path) -> None:
        ours = os.fstat(self._file.fileno())
        if not stat.S_ISREG(ours.st_mode):  # a pipe or a device is never full
            return
        if self._is_there(ours, path):
            if ours.st_size < self._full:
                return
            rotate(Path(os.path.realpath(path)), KEPT)
        self._file.close()
        self._file = self._opened(path)

    def _is_there(self, ours: os.stat_result, path: Path) -> bool:
        """Whether our file is still the one in its place: another program, or watch, may have moved it away."""
        try:
            return os.path.samestat(ours, path.stat())
        except FileNotFoundError:
            return False
