"""How far an archive is, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.progress import Progress

from db import Sighting
from db.text.wording import how_many
from stream.cli.shown.progress import Bar
from stream.cli.terminal import errors
from stream.cluster.archive import Outcome, shares
from stream.cluster.chunks import Chunk
from stream.cluster.recordings import Found


class ArchiveProgress(Bar):
    """Shows on a terminal how many of the bytes that were found are watched, within a `with` block."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._shares = shares(found)
        self._bar = Progress(console=errors, transient=True, disable=not errors.is_terminal)
        self._task = self._bar.add_task("Watching", total=sum(size for _, size in self._shares.values()))

    def show(self, chunk: Chunk) -> None:
        """A chunk is done, and all before it."""
        before, size = self._shares[chunk.recording.place]
        camera = escape(chunk.recording.camera)
        self._bar.update(self._task, completed=before + chunk.read * size, description=camera)


def sentences(outcome: Outcome, took: float) -> Iterator[str]:
    """What came of it, which took so many seconds."""
    speed = f", {outcome.seconds / took:.1f} times as fast as it was recorded" if outcome.seconds else ""
    yield (
        f"Watched {how_many(len(outcome.recordings), 'recording')}, {duration(outcome.seconds)} of video, "
        f"in {duration(took)}{speed}."
    )
    if outcome.known:
        old = f", {outcome.outdated} of them with other people or networks: --again watches them anew"
        yield f"{how_many(outcome.known, 'file')} had been watched before{old if outcome.outdated else ''}."
    if outcome.left:
        yield f"{how_many(outcome.left, 'file')} changed within the last five minutes: left for the next time."


def as_dict(outcome: Outcome, sightings: Sequence[Sighting], took: float) -> dict[str, Any]:
    """The same, and who was seen, for JSON."""
    return {
        "recordings": len(outcome.recordings),
        "seconds": round(outcome.seconds, 3),
        "frames": outcome.frames,
        "took": round(took, 3),
        "known": outcome.known,
        "outdated": outcome.outdated,
        "left": outcome.left,
        "sightings": [asdict(sighting) for sighting in sightings],
        "problems": outcome.problems,
    }


def duration(seconds: float) -> str:
    """As people say it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
