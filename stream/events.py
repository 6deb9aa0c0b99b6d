"""What happens before the cameras, told to whoever wants to know."""

from collections.abc import Callable

from db import Event

__all__ = ["Event", "Tell", "untold"]

Tell = Callable[[Event], None]
"""Takes an event and returns at once; may be called from any thread."""


def untold(_event: Event) -> None:
    """Tells nobody."""
