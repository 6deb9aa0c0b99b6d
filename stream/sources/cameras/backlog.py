"""Pictures that come late: held up on their way, all at once or more and more."""

import math
from enum import StrEnum

SILENCE = 0.5  # seconds without a picture, after which those that come may have been held up
LATE = 0.5  # seconds by which a picture may come later than is usual
TOO_LATE = 0.8  # seconds by which pictures may come to lag without a silence
PUNCTUAL = 0.2  # seconds by which those may come later that show the camera's clock to be right
PROOF = 10.0  # seconds of them, after which nothing is held against the network any more
CATCH_UP = 3.0  # seconds in which what was held up must have come
DRIFT = 2e-4  # seconds in a second by which the clocks may differ
TRIES = 3  # new connections that do not help, after which twice as much lag is let pass
DOUBLINGS = 6  # at most: 51 seconds


class Lateness(StrEnum):
    """How the pictures of a connection come."""

    UNKNOWN = "unknown"  # there was none yet
    ON_TIME = "on time"
    AFTER_SILENCE = "after silence"  # they were held up while none came
    LAGGING = "lagging"  # they have come later and later


HELD_UP = {Lateness.AFTER_SILENCE, Lateness.LAGGING}


class Backlog:
    """Tells one camera's pictures that were held up from those that have just been made, by the times it gave them.

    After a silence, what comes late was held up. A lag that grows without one may also be that of a camera whose clock
    is wrong, which no new connection would help. Hence a lag is only believed where the pictures of this connection
    came on time for longer than they have not; or where the last connection had to be given up for it, but whenever
    some new connections in a row did not help, twice as much of it is let pass.

    The first pictures of a new connection may be old already, which their times, counted from its beginning, do not
    tell. After a lag they are taken to be as old as the connection took longer to begin than the quickest of all, since
    what slowed it down is still there; but never older than the connection.
    """

    def __init__(self) -> None:
        self._fruitless = 0  # connections that came to lag, since the last that was on time
        self._state = Lateness.UNKNOWN
        self._arrived = -math.inf
        self._quickest = math.inf  # seconds that a connection took until its stream began
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Another connection is tried from `now` on (our clock); its times have nothing to do with those before."""
        if self._state is Lateness.LAGGING:
            self._fruitless += 1
        elif self._state is Lateness.ON_TIME:
            self._fruitless = 0  # the last one ended for another reason
        self._state = Lateness.UNKNOWN
        self._opened = now
        self._began = self._punctual = 0.0  # when the first picture came, and the last punctual one
        self._last = self._least = 0.0  # delays from the camera's time to ours: of the last good picture, of the best
        self._due = 0.0  # while pictures are held up: the delay of those that are not
        self._since = 0.0  # when the latest picture came that was on time, or the first that was not

    def holds(self, made: float | None, arrived: float) -> bool:
        """Whether this picture was held up.

        Args:
            made: when it was made, in seconds of the camera's own clock; None where that is not told, as of the first
                of a connection: it is taken to be as those before it.
            arrived: when it came, in seconds of ours.
        """
        if made is None:
            return self._state in HELD_UP or (self._state is Lateness.UNKNOWN and self._fruitless > 0)
        delay = arrived - made
        after_silence = self._state is not Lateness.UNKNOWN and arrived - self._arrived > SILENCE
        self._note(delay, arrived)
        if self._state not in HELD_UP:
            self._since = arrived
            self._judge(delay, after_silence)
        if self._state in HELD_UP and delay > self._due + LATE:
            return True
        self._state, self._last = Lateness.ON_TIME, delay
        return False

    def is_hopeless(self) -> bool:
        """Whether they have come late for so long that only a new connection will bring them up to date."""
        return self._state in HELD_UP and self._arrived - self._since > CATCH_UP

    def _note(self, delay: float, arrived: float) -> None:
        """Follow the least delay, by which the others are judged."""
        if self._state is Lateness.UNKNOWN:
            self._quickest = min(self._quickest, delay - self._opened)
            age = min(delay - self._opened - self._quickest, arrived - self._opened) if self._fruitless else 0.0
            self._began, self._least = arrived, delay - age
        else:
            self._least = min(delay, self._least + DRIFT * (arrived - self._arrived))
        self._arrived = arrived
        if delay <= self._least + PUNCTUAL:
            self._punctual = arrived
        if self._punctual - self._began >= PROOF:
            self._fruitless = 0

    def _judge(self, delay: float, after_silence: bool) -> None:
        """Whether the latest picture, which came with this delay, may have been held up, and from which delay on."""
        if self._lags(delay):
            self._state, self._due = Lateness.LAGGING, self._least
        elif after_silence:
            self._state, self._due = Lateness.AFTER_SILENCE, self._last

    def _lags(self, delay: float) -> bool:
        """Whether the latest picture lags behind, and its clock is to be believed."""
        right = self._arrived - self._punctual <= self._punctual - self._began
        allowed = TOO_LATE * 2.0 ** min(self._fruitless // TRIES, DOUBLINGS)
        return (right or self._fruitless > 0) and delay - self._least > allowed
