"""Lists that may be too long for one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 500  # databases limit how many values a statement may carry


def portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same values in their order, as many at once as a statement may carry."""
    for first in range(0, len(values), AT_ONCE):
        yield values[first : first + AT_ONCE]
