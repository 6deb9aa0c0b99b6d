"""What is watched, and how."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stream.errors import StreamError
from stream.pipeline.lookahead import LOOKAHEAD
from stream.pipeline.schedule import LIVE, RECORDED, Schedule
from stream.pipeline.zones import EVERYWHERE, Area
from stream.sources.source import Source

OFTEN = 5.0  # searches a second of a recording, as far as it has so many frames


@dataclass(frozen=True, slots=True)
class Watched:
    """A source and the wishes for it.

    Attributes:
        schedule: when to do the costly things; by default what suits a camera, or a recording.
        lookahead: seconds of video by which the views of a recording follow its reading, so that a name decided
            meanwhile labels them already; those of a camera follow at once.
        max_seconds: end after so many seconds of the source.
        threshold: cosine from which a face gets a name, if not the recognizer's own.
        area: where in the picture faces count.
        snapshots: a folder for pictures of those who are named.
        blur_unknown: make everybody else on those pictures unrecognizable.
    """

    source: Source
    schedule: Schedule | None = None
    lookahead: float = LOOKAHEAD
    max_seconds: float = math.inf
    threshold: float | None = None
    area: Area = EVERYWHERE
    snapshots: Path | None = None
    blur_unknown: bool = False

    @property
    def timing(self) -> Schedule:
        """The wanted schedule, or the usual one."""
        return self.schedule or schedule_for(self.source)

    def without_picture(self) -> str:
        """Why it never gave one, in a sentence."""
        return self.source.problem or f"{self.source.name} gave no picture within {self.max_seconds:.0f} seconds."


def schedule_for(source: Source, detect_every: int | None = None) -> Schedule:
    """The schedule that suits a source, with as many frames between detections as the user wants.

    Usually they are fewer in a recording of few frames a second, in which faces move further from one to the next.
    """
    usual = LIVE if source.live else RECORDED
    often = max(1, round(source.fps / OFTEN)) if source.fps else usual.detect_every
    return replace(usual, detect_every=detect_every or min(usual.detect_every, often))


def all_live(watched: Sequence[Watched]) -> bool:
    """Whether these are cameras, to be watched at the same time, and not recordings, to be watched in their order.

    Raises:
        StreamError: there are both, or two cameras of one name.
    """
    live = [one.source.name for one in watched if one.source.live]
    if live and len(live) < len(watched):
        raise StreamError(
            "Recordings are not watched together with cameras: play them as cameras with --realtime, "
            "or start another `watch` for them."
        )
    twice = next((name for name in live if live.count(name) > 1), None)
    if twice is not None:
        raise StreamError(f"Two cameras are called {twice}: give each a name of its own, as name=SOURCE.")
    return bool(live)
