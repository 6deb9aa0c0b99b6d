"""How the writing of a sink ends badly."""

from contextlib import contextmanager

import pytest

from stream.sinks.sink import hand


@contextmanager
def no_room_beyond(size):
    """Files cannot grow beyond so many bytes: to whoever writes one, a full disk."""
    resource = pytest.importorskip("resource", reason="Windows cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_and_interrupt(sink, views, path):
    """Write the views, see that there is nothing at `path` yet, and leave the sink as Ctrl-C does."""
    with sink:
        for view in views:
            hand(sink, view, lambda: view.frame.image)  # noqa: B023 - asked for at once
        assert not path.exists()
        raise KeyboardInterrupt
