"""What a recorder writes in segments is one recording as long as they follow each other, and grows."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.sightings.recordings import Progress
from stream.cluster.chunk_source import ChunkSource
from stream.cluster.chunks import Chunk
from stream.cluster.recordings import find
from stream.cluster.segments import chunks_of_segments
from tests.clips import make_clip
from tests.people import at

SECONDS = 4  # of a segment
LATER = at(100_000)


def segments(folder: Path, *begins: int) -> None:
    for second in begins:
        moment = at(second)
        path = folder / f"{moment:%Y-%m-%d/%H}" / "door" / f"{moment:%M.%S}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_clip(path, count=SECONDS * 5, fps=5)


def chunks(
    folder: Path, before: Progress | None = None, is_growing: bool = False, now: datetime = LATER
) -> list[Chunk]:
    problems: list[str] = []
    (found,) = find([str(folder)])
    made = list(chunks_of_segments(found, before, 8.0, is_growing, now, problems))
    assert problems == []
    return made


def spans(made: list[Chunk]) -> list[tuple[float, float, float, bool]]:
    """When each recording began, from when to when its chunks go, and whether it ends with them."""
    return [((one.recording.began - at(0)).total_seconds(), one.begins, one.ends, one.last) for one in made]


def test_segments_that_follow_each_other_are_one_recording(tmp_path):
    segments(tmp_path, 0, 4, 8, 12, 16, 60, 64)
    made = chunks(tmp_path)
    assert spans(made) == [(0, 0, 8, False), (0, 8, 16, False), (0, 16, 20, True), (60, 0, 8, True)]
    times = [frame.t for frame in ChunkSource(made[1])]
    assert times == pytest.approx([6 + step / 5 for step in range(50)])


def test_names_of_whole_seconds_leave_no_gaps(tmp_path):
    segments(tmp_path, 0, 5, 9)  # the second began at 4 s, or up to a second later
    (made,) = chunks(tmp_path)[:1]
    assert [frame.t for frame in ChunkSource(made)] == pytest.approx([step / 5 for step in range(40)])


def test_a_recorder_that_is_at_work_is_waited_for(tmp_path):
    segments(tmp_path, 0, 4, 8)
    made = chunks(tmp_path, is_growing=True, now=at(20))
    assert spans(made) == [(0, 0, 8, False), (0, 8, 8, False)]
    assert [chunk.only_tells for chunk in made] == [False, True]
    assert spans(chunks(tmp_path, is_growing=True, now=at(3600)))[-1] == (0, 8, 12, True)


def test_a_recording_goes_on_where_it_was_watched_to(tmp_path):
    segments(tmp_path, 0, 4, 8)
    first = chunks(tmp_path, is_growing=True, now=at(20))[0]
    before = Progress(first.recording, "x", watched=first.ends)
    assert chunks(tmp_path, before, is_growing=True, now=at(20)) == []
    segments(tmp_path, 12, 16)
    made = chunks(tmp_path, before)
    assert spans(made) == [(0, 8, 16, False), (0, 16, 20, True)]
    assert next(iter(ChunkSource(made[0]))).t == pytest.approx(6)


def test_a_recording_ends_with_what_was_watched_where_nothing_follows(tmp_path):
    segments(tmp_path, 0, 4, 8)
    first = chunks(tmp_path, is_growing=True, now=at(20))[0]
    for path in tmp_path.rglob("00.0[48].mp4"):
        path.unlink()
    segments(tmp_path, 40)
    made = chunks(tmp_path, Progress(first.recording, "x", watched=first.ends))
    assert spans(made) == [(0, 8, 8, True), (40, 0, 4, True)]
    assert list(ChunkSource(made[0])) == []


def test_what_was_watched_is_not_watched_again(tmp_path):
    segments(tmp_path, 0, 4)
    (made,) = chunks(tmp_path)
    assert chunks(tmp_path, Progress(made.recording, "x", watched=made.ends, ended=True)) == []


def test_a_segment_that_cannot_be_read_is_passed_over(tmp_path):
    segments(tmp_path, 0, 4, 8)
    next(tmp_path.rglob("00.04.mp4")).write_bytes(b"")
    problems: list[str] = []
    (found,) = find([str(tmp_path)])
    made = list(chunks_of_segments(found, None, 8.0, False, at(0) + timedelta(days=1), problems))
    assert spans(made) == [(0, 0, 4, True), (8, 0, 4, True)]
    assert len(problems) == 1 and "is empty" in problems[0]
