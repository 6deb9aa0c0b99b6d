"""What is kept of those who are seen by one source: the log, and whatever is kept of looks."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from stream.drawing.blur import blurred
from stream.evidence.looks import Looks
from stream.frame import Frame
from stream.gallery.identity import Identity
from stream.gallery.judge import Judge
from stream.gallery.weighed import Keeper, WeighedLook
from stream.pipeline.workers import Look
from stream.pipeline.zones import WHOLE_PICTURE, Area
from stream.sightings.sighting_log import SightingLog
from tracker import Track, boxes_of


class Bookkeeper:
    """Gives whoever keeps something what may be kept.

    Args:
        log: keeps the log of who was seen.
        keepers: are given every look once it is weighed.
        area: where in the picture faces count; of what its masks touch, no picture is kept.
        discreet: make everybody without a name unrecognizable on what the log keeps.

    Attributes:
        looks: the good ones at those who are there, or left a moment ago, in memory.
    """

    def __init__(
        self, log: SightingLog, keepers: Sequence[Keeper] = (), area: Area = WHOLE_PICTURE, discreet: bool = False
    ) -> None:
        self.log = log
        self.looks = Looks()
        self._keepers = keepers
        self._area = area
        self._discreet = discreet

    def note(self, look: Look, judge: Judge) -> None:
        """A track was looked at, and the judge has weighed it."""
        evidence = judge.evidence(look.track)
        weighed = WeighedLook(look.track, look.t, look.face, evidence, judge.rule)
        if look.frame is not None:
            height, width = look.frame.image.shape[:2]
            masks = self._area.masked(width, height, look.frame.stretch)
            weighed = replace(weighed, image=look.frame.image, masks=masks)
        self.looks.note(weighed)
        for keeper in self._keepers:
            keeper.note(weighed)

    def record(
        self, frame: Frame, people: Sequence[Track], identities: Sequence[Identity], strangers: Sequence[Track]
    ) -> None:
        """These people are in the frame.

        Args:
            strangers: the faces on it that have no name, whether they count or not.
        """
        if self._discreet and strangers:
            frame = replace(frame, image=blurred(frame.image, boxes_of(strangers)))
        self.log.record(frame, people, identities)

    def keep(self, tracks: Collection[int], t: float) -> None:
        """Forget every track but these, which are there at time `t` in seconds."""
        self.looks.keep(tracks, t)
        for keeper in self._keepers:
            keeper.keep(tracks)
