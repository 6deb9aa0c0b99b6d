"""A watch put together as its settings wish: the gallery and the networks, whom to tell, and the session."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from db import Database
from db.events.audience import Audience
from db.events.outbox import Outbox
from db.events.telling import LONGEST, Telling, told_of
from db.search.asked import Near
from stream.events.sinks import Destinations, event_sinks
from stream.recognizer import Recognizer
from stream.service.watch.session import WatchSession
from stream.settings.settings import Settings
from stream.watching.feed import Feed
from stream.watching.reporting import ABSENCE, Reporting
from stream.watching.upkeep import Keep


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch that can be run, with what it stands on.

    Attributes:
        outboxes: where events wait until they can be sent, by the name of their sink.
    """

    recognizer: Recognizer
    session: WatchSession
    outboxes: Mapping[str, Outbox]


@contextmanager
def watch_of(
    wished: Settings,
    feeds: Sequence[Feed],
    endless: bool = False,
    absence: float = ABSENCE,
    near: Near | None = None,
) -> Iterator[Watch]:
    """The watch that is wished, within a `with` block.

    Args:
        wished: its detector is a shipped one's name, or an ONNX file.
        feeds: its cameras or recordings, opened.
        endless: see `WatchSession`.
        absence: see `Reporting`.
        near: see `Recognizer`.

    Raises:
        ModelError: a network cannot be used.
        DatabaseError: the gallery cannot be opened, or whoever is to be told of is not enrolled.
        StreamError: the feeds cannot be watched together, or events cannot go where they are to go.
    """
    with (
        Recognizer.open(
            wished.db, wished.detector, wished.embedder, wished.threshold, liveness=wished.liveness, near=near
        ) as recognizer,
        event_sinks(recognizer.database, destinations_of(wished), [feed.name for feed in feeds]) as tell,
    ):
        session = WatchSession(
            recognizer,
            feeds,
            reporting=Reporting(
                Audience(tell, list(tell.outboxes.values()), telling_of(recognizer.database, wished)),
                absence,
                Keep(wished.keep_days, wished.keep_megabytes * 1e6),
            ),
            endless=endless,
            following=tell.following,
        )
        yield Watch(recognizer, session, tell.outboxes)


def destinations_of(wished: Settings) -> Destinations:
    """Where events are to go."""
    notified = (wished.notify_url or "").split()
    return Destinations(wished.events, wished.webhook, wished.webhook_secret, notified, wished.mqtt)


def telling_of(database: Database, wished: Settings) -> Telling:
    """Which events are told.

    Raises:
        UnknownPersonError: somebody is to be told of who is not enrolled.
    """
    gap, cooldown = (timedelta(seconds=min(each, LONGEST)) for each in (wished.visit_gap, wished.cooldown))
    by_visit = wished.events_by == "visit"
    is_shared = wished.ray is not None and (by_visit or cooldown > timedelta())  # with all processes of the cluster
    return Telling(by_visit, gap, cooldown, told_of(database, wished.notify), is_shared)
