"""What a watch is fed with: a source, and how it is to be watched."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from db.moments import meant
from models.search.tiles import Tiling, tiles_wished
from stream.errors import StreamError, UnknownCameraError
from stream.pipeline.lookahead import LOOKAHEAD
from stream.pipeline.schedule import BLIND, LIVE, RECORDED, Schedule
from stream.pipeline.zones import WHOLE_PICTURE, Area
from stream.settings.cameras import CameraSettings
from stream.sources.recording import Pictures
from stream.sources.source import Source, open_source

OFTEN, RARELY = 5.0, 3.0  # scans a second of a recording, as far as it has so many frames: blindly, with hindsight


@dataclass(frozen=True, slots=True)
class Feed:
    """A source and how it is watched.

    Attributes:
        schedule: when to do the costly things; by default what suits a camera, or a recording.
        lookahead: seconds of video by which the views of a recording follow its reading, so that a name decided
            meanwhile labels them already; those of a camera follow at once.
        max_seconds: end after so many seconds of the source.
        threshold: cosine from which a face gets a name, if not the recognizer's own.
        area: where in the picture faces count.
        tiles: in how many its pictures are searched from nearby, too; None: photographs as their faces need it, and
            recordings not at all. Cameras never are.
        snapshots: a folder for pictures of those who are named.
        blur_unknown: make everybody else unrecognizable on all pictures that are shown and kept.
        keep_evidence: keep the aligned faces behind names, too.
        learn: offer good looks at those who are named as further pictures of theirs.
        keep_unknown: keep what was seen of those who leave without a name; with `blur_unknown` none for people's eyes.
    """

    source: Source
    schedule: Schedule | None = None
    lookahead: float = LOOKAHEAD
    max_seconds: float = math.inf
    threshold: float | None = None
    area: Area = WHOLE_PICTURE
    snapshots: Path | None = None
    blur_unknown: bool = False
    keep_unknown: bool = False
    keep_evidence: bool = False
    learn: bool = False
    tiles: Tiling | None = None

    @classmethod
    def open(cls, settings: CameraSettings) -> "Feed":
        """Open the source that the settings name.

        Raises:
            StreamError: it cannot be opened.
        """
        source = open_source(
            settings.source,
            settings.name,
            settings.realtime,
            certificate=settings.certificate,
            started=None if settings.started is None else moment(settings.started),
        )
        if source.live and settings.tiles not in (None, "off"):
            raise StreamError(f"{source.name} is a camera, which is not searched in tiles: leave --tiles out.")
        return cls.of(source, settings)

    @classmethod
    def of(cls, source: Source, settings: CameraSettings) -> "Feed":
        """A source that is open, watched as the settings wish."""
        return cls(
            source,
            schedule=schedule_for(source, settings.detect_every, ahead=settings.lookahead > 0),
            lookahead=settings.lookahead,
            max_seconds=settings.max_seconds,
            threshold=settings.threshold,
            area=settings.area,
            snapshots=settings.snapshots,
            blur_unknown=settings.blur_unknown,
            keep_unknown=settings.keep_unknown,
            keep_evidence=settings.keep_evidence,
            learn=settings.learn,
            tiles=None if settings.tiles is None else tiles_wished(settings.tiles),
        )

    @property
    def name(self) -> str:
        """The source's."""
        return self.source.name

    @property
    def are_stills(self) -> bool:
        """Whether each picture stands alone, so that one detection and one look must do."""
        return isinstance(self.source, Pictures)

    @property
    def looks_ahead(self) -> bool:
        """Whether views are held back, and what comes to be known meanwhile goes into them."""
        return self.lookahead > 0 and not self.source.live

    @property
    def timing(self) -> Schedule:
        """The wanted schedule, or the usual one."""
        return self.schedule or schedule_for(self.source, ahead=self.looks_ahead)

    def without_picture(self) -> str:
        """Why it never gave one, in a sentence."""
        return self.source.problem or f"{self.source.name} gave no picture within {self.max_seconds:.0f} seconds."


def moment(started: str) -> datetime:
    """The moment that the user means. Raises StreamError if it is none."""
    try:
        return meant(started, datetime.now(UTC))[0]
    except ValueError as error:
        raise StreamError(f"--started {started}: {error}") from None


def open_feeds(cameras: Sequence[CameraSettings]) -> list[Feed]:
    """The feeds of cameras, or of recordings.

    Raises:
        StreamError: one cannot be opened, or they cannot be watched together.
    """
    feeds = [Feed.open(camera) for camera in cameras]
    all_live(feeds)
    return feeds


def schedule_for(source: Source, detect_every: int | None = None, ahead: bool = True) -> Schedule:
    """The schedule that suits a source, with as many frames between detections as the user wants.

    Usually they are fewer in a recording of few frames a second, in which faces move further from one to the next.

    Args:
        ahead: whether a recording's views are held back (`Feed.looks_ahead`).
    """
    if source.live:
        return replace(LIVE, detect_every=detect_every or LIVE.detect_every)
    usual, scans = (RECORDED, RARELY) if ahead else (BLIND, OFTEN)
    often = max(1, round(source.fps / scans)) if source.fps else BLIND.detect_every
    return replace(usual, detect_every=detect_every or min(usual.detect_every, often))


def all_live(feeds: Sequence[Feed]) -> bool:
    """Whether these are cameras, to be watched at the same time, and not recordings, to be watched in their order.

    Raises:
        StreamError: there are both, or two cameras of one name.
    """
    live = [feed.name for feed in feeds if feed.source.live]
    if live and len(live) < len(feeds):
        raise StreamError(
            "Recordings are not watched together with cameras: play them as cameras with --realtime, "
            "or start another `watch` for them."
        )
    twice = next((name for name in live if live.count(name) > 1), None)
    if twice is not None:
        raise name_taken(twice)
    return bool(live)


def unknown_camera(name: str, known: Iterable[str]) -> UnknownCameraError:
    """The error to raise where there is no camera of this name; `known` are those that there are."""
    return UnknownCameraError(
        f"No camera is called {name} (there are: {', '.join(known) or 'none'}): name one of these."
    )


def name_taken(name: str) -> StreamError:
    """The error to raise where a second camera would have the same name."""
    return StreamError(f"Two cameras are called {name}: give each a name of its own, as name=SOURCE.")
