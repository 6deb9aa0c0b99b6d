"""How the cameras of a cluster are, as the processes that watch them told last."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db import Event
from stream.monitoring.status import CameraStatus, Reminder
from stream.sources.cameras.state import State

SILENT = 3.0  # seconds after which a process that tells nothing is missed: it tells every second
GONE = 10.0  # seconds likewise, after which its machine is taken for dead
OFF = timedelta(seconds=2)  # by how much a machine's clock may differ, with what a message takes


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """What a process tells of itself; it travels.

    Attributes:
        machine: where it is.
        time: by the clock there.
        cameras: how they are; none as long as it prepares itself.
        problem: why it does not watch at present, in a sentence.
        ended: whether its cameras have ended.
        events: what it was told of since it was asked last, where that is wanted; no more than the latest.
    """

    machine: str
    time: datetime
    cameras: tuple[CameraStatus, ...]
    problem: str | None = None
    ended: bool = False
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """How a camera is, and at which machine that was seen; None before the first."""

    status: CameraStatus
    machine: str | None


@dataclass(slots=True)
class _Heard:
    """What was heard of a process last, and when."""

    since: float
    status: WorkerStatus | None = None
    failure: str | None = None


class Board:
    """Gathers what processes tell of themselves, to tell how all cameras are.

    Args:
        shares: the names of the cameras that each process watches.
        t: seconds, now.
    """

    def __init__(self, shares: Sequence[Sequence[str]], t: float) -> None:
        self._shares = shares
        self._heard = [_Heard(t) for _ in shares]
        self._told: dict[str, tuple[object, ...]] = {}
        self._reminder = Reminder()

    def hear(self, number: int, status: WorkerStatus, t: float) -> None:
        """A process has told how it is."""
        self._heard[number] = _Heard(t, status)

    def failed(self, number: int, failure: str) -> None:
        """A process could not begin, for a reason in a sentence; it is tried again."""
        self._heard[number].failure = failure

    def is_heard(self, number: int, t: float, within: float = GONE) -> bool:
        """Whether a process is worth talking to: something was heard of it within so many seconds."""
        heard = self._heard[number]
        return heard.status is not None and t - heard.since < within

    @property
    def ended(self) -> bool:
        """Whether all cameras have ended."""
        return all(heard.status is not None and heard.status.ended for heard in self._heard)

    def cameras(self, t: float) -> list[Placed]:
        """How all are at time `t`, in their order."""
        return [
            one
            for names, heard in zip(self._shares, self._heard, strict=True)
            for one in _cameras(names, heard, t - heard.since)
        ]

    def news(self, t: float) -> Iterator[str]:
        """What has changed since it was asked last, in sentences, and now and then who is searched too seldom."""
        cameras = self.cameras(t)
        for one in cameras:
            status = one.status
            machine = one.machine
            state = "watched" if status.well else status.state
            problem = None if status.problem == status.seldom else status.problem
            now = state, problem is None, machine
            if now != self._told.get(status.name, ("connecting", True, None)):
                self._told[status.name] = now
                where = "" if machine is None else f" by {machine}"
                yield f"{status.name}: {problem or f'{state}{where}.'}"
        reminder = self._reminder.due((one.status for one in cameras), t)
        if reminder is not None:
            yield reminder


def _cameras(names: Sequence[str], heard: _Heard, silent: float) -> Iterator[Placed]:
    """The cameras of a process that has been silent for so many seconds."""
    told = heard.status
    known = {} if told is None else {camera.name: camera for camera in told.cameras}
    machine = None if told is None else told.machine
    problem = _problem_of(heard, silent)
    for name in names:
        status = known.get(name, CameraStatus(name, State.CONNECTING, 0.0, 0.0, None, None, None, 0, 0, (), well=False))
        if status.age is not None:
            status = replace(status, age=status.age + silent)
        if problem is not None:
            away = State.CONNECTING if machine is None else State.RECONNECTING
            status = replace(status, state=away, fps=0.0, detections=0.0, problem=problem, seldom=None, well=False)
            status = replace(status, faces=0, named=0, names=())
        yield Placed(status, machine)


def _problem_of(heard: _Heard, silent: float) -> str | None:
    """What is wrong with a process that has been silent for so many seconds, and so with each of its cameras."""
    told = heard.status
    problem = heard.failure or (None if told is None else told.problem)
    if problem is not None or silent < SILENT or (told is not None and told.ended):
        return problem
    missing = "no machine has taken it so far" if told is None else f"nothing is heard from {told.machine}"
    return f"For some seconds {missing}: it begins as soon as a machine has room."


def summary(cameras: Sequence[Placed]) -> str:
    """How many are how, and where, in a sentence."""
    states = Counter(one.status.state for one in cameras)
    places = Counter(one.machine for one in cameras if one.status.well and one.machine)
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    where = ", ".join(f"{count} by {machine}" for machine, count in sorted(places.items()))
    return f"Of all cameras {counts}{f'; {where}' if where else ''}."


def clock_trouble(status: WorkerStatus, now: datetime) -> str | None:
    """That a machine's clock is wrong, or ours, in sentences, where it is."""
    behind = now - status.time
    if abs(behind) <= OFF:
        return None
    return (
        f"The clocks of this machine and of {status.machine} differ by {abs(behind).total_seconds():.0f} s: let both "
        "follow a time server (NTP). What is seen is dated by the clock of the database's server."
    )
