"""Ports for servers that can only be told a number."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """A port of 127.0.0.1 at which a server may listen within a `with` block, again and again, and nobody else does.

    A socket is bound to it that does not listen. As long as it is, the system gives the port to nobody who asks for any
    that is free; but whoever asks for this one may have it, where both allow it by SO_REUSEADDR, as servers do.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
