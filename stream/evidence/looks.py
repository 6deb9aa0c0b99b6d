"""The good looks at those who are there now, in memory: by them somebody can be enrolled who stands there."""

from collections.abc import Collection, Mapping

from models.analysis import Face
from stream.gallery.weighed import WeighedLook

LINGER = 30.0  # seconds for which somebody who has left can still be named: they are gone before a name is typed


class Looks:
    """Keeps of each track of one source the looks that make its evidence, for as long as it is there and `LINGER` more.

    Attributes:
        kept: by track, the best first; never changed, but replaced.
    """

    def __init__(self) -> None:
        self.kept: Mapping[int, tuple[Face, ...]] = {}
        self._last: dict[int, float] = {}

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""
        if look.face.embedding is None or look.is_masked():
            return
        behind = filter(look.is_behind, (*self.kept.get(look.track, ()), look.face))
        self.kept = {**self.kept, look.track: tuple(sorted(behind, key=lambda face: -face.quality))}

    def keep(self, tracks: Collection[int], t: float) -> None:
        """Forget every track but these, which are there at time `t` in seconds, and those that left a moment ago."""
        self._last.update(dict.fromkeys(tracks, t))
        self._last = {track: last for track, last in self._last.items() if t - last <= LINGER}
        if not self.kept.keys() <= self._last.keys():
            self.kept = {track: looks for track, looks in self.kept.items() if track in self._last}
