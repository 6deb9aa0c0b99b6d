"""Wrong names, put right: do they stay away, and does everybody else keep theirs? `python -m tests.bench.corrections`

Every other head of the shared clips is enrolled, from pictures later in the clip than those that are watched. At a
threshold so low that strangers get names, each wrong name is taken away (`sightings wrong`), and all is watched again.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rich.table import Table

from db import Database
from stream import Recognizer
from stream.service.corrections import Corrections
from stream.sources.source import open_source
from tests.bench.common import console, run, shared
from tests.bench.heads import CLIPS

THRESHOLD = 0.25  # cosine
SECONDS = 1.0  # of each clip that are watched
PORTRAITS = (30, 45, 60)  # frames that are enrolled


@dataclass(frozen=True, slots=True)
class Outcome:
    """By clip, the names that are shown in it: before the corrections, and when it is watched again after them."""

    enrolled: Sequence[str]
    before: dict[str, set[str]]
    after: dict[str, set[str]]

    def counts(self) -> dict[str, int]:
        """How many clips are named rightly and wrongly."""
        told = {}
        for when, names in (("before", self.before), ("after", self.after)):
            known = [clip for clip in names if clip in self.enrolled]
            told[f"enrolled, {when}: right name"] = sum(clip in names[clip] for clip in known)
            told[f"enrolled, {when}: wrong name"] = sum(bool(names[clip] - {clip}) for clip in known)
            told[f"strangers, {when}: any name"] = sum(bool(names[clip]) for clip in names.keys() - {*known})
        return told


def measure(folder: Path, clips: Sequence[str], enrolled: Sequence[str], threshold: float = THRESHOLD) -> Outcome:
    """Enrol some clips' heads, watch all, correct every wrong name, and watch all again.

    Args:
        folder: where the clips are.
    """
    stems = [Path(clip).stem for clip in clips]
    with Recognizer.open("sqlite://", detector="yolov5n-face", threshold=threshold) as recognizer:
        for clip in enrolled:
            _enrol(recognizer, folder / clip)
        before = {Path(clip).stem: _names(recognizer, folder / clip) for clip in clips}
        _correct(recognizer.database, stems)
        after = {Path(clip).stem: _names(recognizer, folder / clip) for clip in clips}
    return Outcome([Path(clip).stem for clip in enrolled], before, after)


def _enrol(recognizer: Recognizer, clip: Path) -> None:
    with closing(open_source(str(clip))) as source:
        frames = list(islice(source, max(PORTRAITS) + 1))
    for number in PORTRAITS:
        face = recognizer.analyzer.faces(frames[number].image, flip=True)[0]
        if face.refused is None:
            recognizer.enroller.face(clip.stem, face, f"{clip.stem} {number}", force=True)


def _names(recognizer: Recognizer, clip: Path) -> set[str]:
    """Whom the views of a clip name."""
    views = recognizer.watch(str(clip), max_seconds=SECONDS)
    return {name for view in views for name in view.faces.data.get("name", ()) if name is not None}


def _correct(database: Database, clips: Iterable[str]) -> None:
    for clip in clips:
        for seen in database.sightings(camera=clip):
            if seen.person not in (None, clip):
                Corrections(database).wrong(seen.id)


def main() -> None:
    outcome = measure(shared("videos/heads"), CLIPS, CLIPS[::2])
    table = Table("clips", "")
    for what, count in outcome.counts().items():
        table.add_row(what, str(count))
    console.print(table)
    console.print(f"{len(outcome.enrolled)} enrolled, {len(CLIPS) - len(outcome.enrolled)} strangers")


if __name__ == "__main__":
    run(main)
