"""One database, one recognizer, and the watch that runs with them, for many threads."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from db.events.audience import Audience
from stream.errors import StreamError
from stream.events.event import Tell, untold
from stream.recognizer import Recognizer
from stream.service.corrections import Corrections
from stream.service.evidence import Why
from stream.service.people import People
from stream.service.recognition import Recognition
from stream.service.setup.cameras import Cameras
from stream.service.setup.kept import SettingsFile
from stream.service.unknowns import UnknownFaces
from stream.service.visits import Visits
from stream.service.watch.session import WatchSession
from stream.service.watch.showing import Showing
from stream.settings.cameras import CameraSettings
from stream.watching.feed import open_feeds
from stream.watching.reporting import Reporting


class Service:
    """What a web page or a script needs, within a `with` block.

    Attributes:
        people: who is enrolled and who was seen.
        corrections: what was decided by hand, and how it is taken back.
        unknowns: strangers who are kept.
        visits: who came, over all cameras.
        why: why somebody was named, or was not.
        recognition: what needs the networks.
        session: the watch that runs, or ran last; None before the first.
        cameras: those of that watch, changed and kept.

    Args:
        kept: the settings file of the watch, in which changes of its cameras are kept.
    """

    def __init__(
        self, recognizer: Recognizer, session: Showing | None = None, kept: SettingsFile | None = None
    ) -> None:
        self.people = People(recognizer.database)
        self.corrections = Corrections(recognizer.database)
        digest = recognizer.analyzer.embedder.digest
        self.unknowns = UnknownFaces(recognizer.database, digest, recognizer.index)
        self.visits = Visits(recognizer.database)
        self.why = Why(recognizer.database, digest, recognizer.index)
        self.recognition = Recognition(recognizer)
        self.session = session
        self._begun: WatchSession | None = None  # the one that was begun here, and is ended here
        self.cameras = Cameras(lambda: self.session, self.recognition, kept)
        self._recognizer = recognizer
        self._changing = threading.Lock()

    @classmethod
    def open(
        cls,
        db: str | Path | None = None,
        detector: str | None = None,
        embedder: str | None = None,
        threshold: float | None = None,
    ) -> Self:
        """See `Recognizer.open`."""
        return cls(Recognizer.open(db, detector, embedder, threshold))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.recognition.__exit__(kind, error, trace)
        self._recognizer.__exit__(kind, error, trace)

    def watch(self, cameras: Sequence[CameraSettings] = (), tell: Tell = untold) -> WatchSession:
        """Start to watch cameras, in a thread beside; without any, they are waited for.

        Raises:
            StreamError: one cannot be opened, they cannot be watched together, or a watch runs already.
        """
        with self._changing:
            if self._begun is not None and self._begun.running:
                raise StreamError("A watch runs already: stop it first, or add the cameras to it.")
            self.session = self._begun = WatchSession(
                self._recognizer, open_feeds(cameras), reporting=Reporting(Audience(tell)), endless=True
            )
            self._begun.start()
            return self._begun

    def stop(self) -> None:
        """End the watch, if one was begun."""
        with self._changing:
            if self._begun is not None:
                self._begun.stop()
