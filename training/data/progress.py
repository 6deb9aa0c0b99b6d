"""Progress on a terminal."""

from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def counted(items: Iterable[Item], title: str, total: int | None = None) -> Iterable[Item]:
    """The same things, with a progress bar on a terminal, where output for people goes; elsewhere nothing is shown.

    Args:
        total: how many there are, where they do not tell themselves.
    """
    terminal = Console(stderr=True)
    return track(items, title, total, console=terminal, transient=True, disable=not terminal.is_terminal)
