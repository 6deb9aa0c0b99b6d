"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list.

    Attributes:
        offset: how many come before these.
        total: how many there are in all.
    """

    items: list[Item]
    offset: int
    total: int
