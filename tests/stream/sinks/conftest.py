"""Places to which sinks write."""

import os
import threading

import pytest


@pytest.fixture
def pipe(tmp_path):
    """A named pipe and what came out of it, once its reader has ended."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("Windows has no named pipes among its files")
    path = tmp_path / "pipe.mkv"
    os.mkfifo(path)
    came: list[bytes] = []
    reader = threading.Thread(target=lambda: came.append(path.read_bytes()), daemon=True)

    def read() -> bytes:
        reader.join(timeout=60)
        return came[0]

    return path, reader, read


@pytest.fixture
def cut_pipe(pipe):
    """A named pipe whose reader leaves at once."""
    path, *_ = pipe
    threading.Thread(target=lambda: path.open("rb").close(), daemon=True).start()
    return path
