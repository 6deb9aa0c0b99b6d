"""How the writing of a sink ends badly."""

from contextlib import contextmanager

import pytest


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
            sink.write(view, view.frame.image)
        assert not path.exists()
        raise KeyboardInterrupt
