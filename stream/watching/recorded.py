"""The views of recordings, one recording after the other, and every frame in its order."""

from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import takewhile

from stream.errors import StreamError
from stream.frame import View
from stream.pipeline.lookahead import LookAhead
from stream.pipeline.scans_ahead import ScansAhead
from stream.watching.feed import Feed
from stream.watching.pipelines import Pipelines


def recorded_views(pipelines: Pipelines, feeds: Sequence[Feed]) -> Generator[View]:
    """The views of recordings, one after the other; each is closed when it is over.

    Raises:
        StreamError: one is a recording that cannot be read, or gave no frame.
    """
    for feed in feeds:
        with closing(feed.source):
            yield from _views_of(pipelines, feed)


def _views_of(pipelines: Pipelines, feed: Feed) -> Generator[View]:
    """Every frame, in order."""
    ahead = LookAhead(feed.lookahead)
    given = False
    every = 1 if feed.are_stills else feed.timing.detect_every
    with (
        ScansAhead(pipelines.detector({feed.name: feed.area}, feed), every) as detector,
        pipelines.pipeline(feed, detector, pipelines.embedder()) as pipeline,
    ):
        for frame in detector.frames(takewhile(lambda frame: frame.t < feed.max_seconds, feed.source)):
            given = True
            yield from ahead.push(pipeline.step(frame))
        yield from ahead.flush()
    if not given:
        raise StreamError(feed.without_picture())
