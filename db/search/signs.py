"""Which of very many vectors may be near to one: told by the signs of their numbers, 64 bytes instead of 2,048."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 15  # vectors at a time, whose words stay in the cache


class Signs:
    """The sign bits of vectors, compared by how many differ.

    Of two unit vectors at an angle a, with numbers that are spread evenly around 0, a share of a / pi differs
    (Charikar 2002, Similarity estimation techniques from rounding algorithms).

    Args:
        vectors: (N, D) with D a multiple of 64.
    """

    def __init__(self, vectors: NDArray[np.floating]) -> None:
        count, size = vectors.shape
        # Word by word, not vector by vector: sums over long rows are many times as fast as over short ones.
        self._words = np.empty((size // 64, count), np.uint64)
        for begin in range(0, count, BLOCK):
            block = slice(begin, begin + BLOCK)
            self._words[:, block] = _words(vectors[block]).T

    def nearest(self, query: NDArray[np.floating], count: int) -> NDArray[np.intp]:
        """The rows of at least `count` vectors (all, if there are fewer) whose signs differ least, ascending.

        Args:
            query: (D,).
        """
        differing = self._differing(_words(query[None])[0])
        if count >= len(differing):
            return np.arange(len(differing))
        return np.flatnonzero(differing <= np.partition(differing, count - 1)[count - 1])

    def _differing(self, query: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """How many signs (N,) are others than the query's."""
        total = np.zeros(self._words.shape[1], np.uint16)
        for begin in range(0, len(total), BLOCK):
            block = slice(begin, begin + BLOCK)
            for word, own in zip(self._words, query, strict=True):
                total[block] += np.bitwise_count(word[block] ^ own)
        return total


def _words(vectors: NDArray[np.floating]) -> NDArray[np.uint64]:
    return np.packbits(vectors > 0, axis=1).view(np.uint64)
