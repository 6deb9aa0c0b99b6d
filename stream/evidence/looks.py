"""The good looks at those who are there now, in memory: by them somebody can be enrolled who stands there."""

from collections.abc import Collection, Mapping

from models.analysis import Face
from stream.gallery.weighed import WeighedLook


class Looks:
    """Keeps of each track of one source the looks that make its evidence, for as long as it is there.

    Attributes:
        kept: by track, the best first; never changed, but replaced.
    """

    def __init__(self) -> None:
        self.kept: Mapping[int, tuple[Face, ...]] = {}

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""
        if look.face.embedding is None or look.is_masked():
            return
        behind = filter(look.is_behind, (*self.kept.get(look.track, ()), look.face))
        self.kept = {**self.kept, look.track: tuple(sorted(behind, key=lambda face: -face.quality))}

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        if not self.kept.keys() <= set(tracks):
            self.kept = {track: looks for track, looks in self.kept.items() if track in tracks}
