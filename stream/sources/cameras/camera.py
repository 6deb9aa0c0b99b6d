"""Live sources: a thread reads the camera and keeps only the newest frame, whatever the camera does."""

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TypeVar

from stream.errors import CameraError, DeniedError, SourceError
from stream.frame import Frame
from stream.priority import HALF_STEP, step_back
from stream.sources.cameras.capture import Capture
from stream.sources.cameras.state import WELL, Mailbox, State, Status
from stream.sources.cameras.stillness import Stillness
from stream.sources.decoding import LazyPicture

log = logging.getLogger(__name__)

Result = TypeVar("Result")

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds between two tries to reach a camera
STALLED_AFTER = 1.0  # seconds without a picture, or three times what is usual for a camera that is slower
PROBLEM_AFTER = 3.0  # seconds likewise, after which something must be wrong
STILL_AFTER = 10.0  # seconds with the same picture
MOSTLY_REPLACED = 0.5  # of the pictures, from which on each is only made when somebody takes it
PATIENCE = 0.5  # seconds between two looks around while no frame comes
GOODBYE = 1.0  # seconds that close() waits for a camera that hangs


def kind_of(error: Exception) -> str:
    """What an unforeseen error is, for a sentence; not what it says, which may hold a camera's password."""
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def wait_before(attempt: int, chance: float) -> float:
    """Seconds to wait before trying again: doubled with each attempt, and spread, lest many cameras come at once.

    Args:
        attempt: counts from 0.
        chance: a random number from 0 to 1.
    """
    longest = min(LONGEST_WAIT, SHORTEST_WAIT * 2.0 ** min(attempt, 10))
    return max(SHORTEST_WAIT, longest * (0.5 + 0.5 * chance))


def is_told(attempt: int) -> bool:
    """Whether a failed attempt, counted from 0, is worth a line in the log: the 1st, 2nd, 4th, 8th and so on are.

    A camera that is away for a week would otherwise fill the log with one sentence.
    """
    return attempt & (attempt + 1) == 0


class Camera:
    """A live source: the newest frame of a camera that may come and go.

    Its thread starts with the first `read`; that moment is the source's t = 0. It leaves the newest frame and the
    states that the camera has been in to whoever reads; of what else is changed, `__init__` says which of the two does.

    Args:
        connect: opens the camera; called again whenever it is lost.
        recorded: whether it is a recording played as a camera.
        clock: seconds, never falling.
        sleep: waits so many seconds between two tries; by default until then or `close`.
        chance: random numbers from 0 to 1.

    Attributes:
        name: camera name of its frames.
        fps: frames a second as the camera tells, None where it does not or before it is reached.
        frames: how many there will be, if it is a recording.
        dropped: frames that a newer one replaced before anybody took them.
        reconnects: how often pictures came again after the camera had been lost.
        on_wait: called in the reading thread, some times a second, while no frame comes.
        on_change: called in the reading thread with each state that the camera has been in, and when there is a problem
            with it now, in their order.
        on_news: called in the camera's own thread when a frame has come or the state has changed; must not block.
    """

    live = True
    dating = None

    def __init__(
        self,
        name: str,
        connect: Callable[[], Capture],
        *,
        frames: int | None = None,
        recorded: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self.frames = frames
        self.on_wait: Callable[[], object] = lambda: None
        self.on_change: Callable[[Status], object] = lambda _: None
        self.on_news: Callable[[], object] = lambda: None
        self._connect = connect
        self._recorded = recorded
        self._clock = clock
        self._chance = chance
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._mailbox = Mailbox()
        # Changed by whoever reads
        self._thread: threading.Thread | None = None
        self._start = 0.0
        self._complaint: str | None = None  # until the camera's thread takes it
        # Changed by the camera's thread
        self.fps: float | None = None
        self.dropped = self.reconnects = 0
        self._arrived = 0.0
        self._interval = math.inf  # seconds between the last two pictures
        self._usual = 0.0  # the same, as a rule
        self._count = 0
        self._replaced = 0.0  # part of the last pictures that nobody took
        self._stillness = Stillness(STILL_AFTER)
        self._crash: Exception | None = None

    @property
    def status(self) -> Status:
        """How the camera is now."""
        entered = self._mailbox.status
        if entered.state not in {*WELL, State.STALLED}:
            return entered
        if self._is_silent(PROBLEM_AFTER):
            return Status(State.STALLED, f"{self.name} gives no picture any more.")
        return Status(State.STALLED) if self._is_silent(STALLED_AFTER) else entered

    @property
    def state(self) -> State:
        """The state that it is in now."""
        return self.status.state

    @property
    def problem(self) -> str | None:
        """What is wrong at present, in a sentence."""
        return self.status.problem

    def __iter__(self) -> Iterator[Frame]:
        """The newest frame, again and again, until `close` or the end of a recording."""
        while True:
            ended = self._mailbox.status.state is State.ENDED  # asked first, lest the last frame comes in between
            frame = self.read(PATIENCE)
            if frame is not None:
                yield frame
            elif ended:
                return
            else:
                self.on_wait()

    def read(self, timeout: float) -> Frame | None:
        """The newest frame not yet read; None if there is none within `timeout` seconds, or none any more.

        Raises:
            SourceError: a recording that is played cannot be read.
        """
        if self._thread is None:
            self._begin()
        frame, news = self._mailbox.take(timeout, otherwise=lambda: self.status)
        if self._crash is not None:
            raise self._crash
        for status in news:
            self.on_change(status)
        return self._made(frame) if frame else None

    def reconnect(self, cause: str) -> None:
        """Connect to the camera anew, since what it gave could not be used; a recording that is played goes on.

        Args:
            cause: a sentence; becomes the problem until pictures come again.
        """
        if not self._recorded:
            self._complaint = cause

    def close(self) -> None:
        """End the iteration and let go of the camera; one that hangs is left to its own time-out."""
        self._closed.set()
        self._mailbox.close()
        self.on_news()
        if self._thread is not None:
            self._thread.join(GOODBYE)

    def _made(self, frame: Callable[[], Frame]) -> Frame | None:
        """The frame; None where its picture cannot be made: the camera is connected to anew."""
        try:
            return self._or_lost(frame)
        except CameraError as error:
            self.reconnect(str(error))
            return None

    def _begin(self) -> None:
        self._start = self._clock()
        thread = threading.Thread(target=self._run, name=f"camera {self.name}", daemon=True)
        thread.start()
        self._thread = thread  # now it can be waited for, by another thread, too

    def _run(self) -> None:
        try:
            step_back(by=HALF_STEP)
            self._stay_connected()
        except Exception as error:  # it must reach whoever reads, not end this thread in silence
            self._crash = error
        cause = str(self._crash) if isinstance(self._crash, SourceError) else self._mailbox.status.cause
        self._enter(Status(State.ENDED, cause))

    def _stay_connected(self) -> None:
        attempt = 0
        while not self._closed.is_set():
            before = self._count
            try:
                self._read_to_the_end()
                return
            except CameraError as error:
                if self._count > before:
                    attempt = 0
                self._wait_after(error, attempt)
                attempt += 1

    def _read_to_the_end(self) -> None:
        """Put what the camera gives, until it is over or closed. Raises CameraError: it is lost."""
        with closing(self._or_lost(self._connect)) as capture:
            self.fps = capture.fps
            while not self._closed.is_set():
                self._give_up_if_asked()
                picture = self._or_lost(capture.read)
                if picture is None:
                    return
                self._put(picture)

    def _or_lost(self, call: Callable[[], Result]) -> Result:
        """What a call gives; whatever odd it raises (OpenCV's errors, FFmpeg's) means that the camera is lost."""
        try:
            return call()
        except SourceError:
            raise
        except Exception as error:
            log.debug("%s", self.name, exc_info=True)
            kind = SourceError if self._recorded else CameraError  # a recording would go wrong at the same place again
            raise kind(f"{self.name} gives what cannot be used ({kind_of(error)}).") from error

    def _give_up_if_asked(self) -> None:
        complaint, self._complaint = self._complaint, None
        if complaint is not None:
            raise CameraError(complaint)

    def _wait_after(self, error: CameraError, attempt: int) -> None:
        denied = isinstance(error, DeniedError)
        seconds = LONGEST_WAIT if denied else wait_before(attempt, self._chance())
        status = Status(State.FAILED if denied else State.RECONNECTING, str(error), seconds)
        log.log(logging.WARNING if is_told(attempt) else logging.DEBUG, "%s: %s", self.name, status.problem)
        self._enter(status)
        self._sleep(seconds)

    def _put(self, picture: LazyPicture) -> None:
        if self._replaced < MOSTLY_REPLACED:  # whoever takes it is to find it made, beside what is done with the last
            self._or_lost(picture)
        arrived = self._clock()
        self.reconnects += self._count > 0 and self._mailbox.status.state in (State.RECONNECTING, State.FAILED)
        if self._count:
            interval = arrived - self._arrived
            regular = min(interval, self._interval)  # a camera that was silent for once is not slow by nature
            self._usual += max(0.1, 1 / self._count) * (regular - self._usual)
            self._interval = interval
        is_still = self._or_lost(partial(self._stillness.still, picture, arrived))
        frame = partial(self._frame, picture, self._count, arrived)
        self._arrived = arrived
        self._count += 1
        replaced = self._mailbox.put(frame, Status(State.STILL if is_still else State.LIVE))
        self.dropped += replaced
        self._replaced += 0.1 * (replaced - self._replaced)
        self.on_news()

    def _frame(self, picture: LazyPicture, index: int, arrived: float) -> Frame:
        return Frame(picture(), index, arrived - self._start, self.name, arrived, picture.stretch)

    def _enter(self, status: Status) -> None:
        self._mailbox.enter(status)
        self.on_news()

    def _is_silent(self, seconds: float) -> bool:
        """Whether no picture has come for so long, or for much longer than a slow camera tells or is known to take."""
        announced = 1 / self.fps if self.fps else 0.0
        return self._clock() - self._arrived > max(seconds, 3 * announced, 3 * self._usual)
