"""An archive is watched whole, each recording once, whatever interrupts it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from db import Database
from stream.cluster.archive import Archive, made_with
from stream.cluster.chunk_watcher import ChunkWatcher, Watched
from stream.cluster.chunks import Chunk
from stream.cluster.job import Job
from stream.cluster.recordings import find
from stream.recognizer import Recognizer
from stream.settings.cameras import CameraSettings
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.clips import make_clip
from tests.fakes import FakeAnalyzer
from tests.people import at, new_sample

CHUNK = 4.0  # seconds
JOB = Job("sqlite://", CameraSettings(source=""))
ENTRY = SimpleNamespace(sha256="b" * 64, threshold=0.5, name="fake")


@pytest.fixture
def recognizer(fresh_db: Database, monkeypatch: pytest.MonkeyPatch) -> Recognizer:
    """Sees the same stranger in every frame, wherever it is opened."""
    monkeypatch.setattr("stream.motion.shots.CutDetector.is_cut", lambda *_: False)  # the clips flicker
    monkeypatch.setattr("stream.evidence.pictures.likeness", lambda _: None)  # nor is it a poster
    monkeypatch.setattr("stream.cluster.archive.Joining", lambda _: SimpleNamespace(place=lambda *_: None))
    network = SimpleNamespace(entry=ENTRY)
    monkeypatch.setattr(FakeAnalyzer, "embedder", SimpleNamespace(digest="a" * 64, network=network))
    analyzer = FakeAnalyzer()
    analyzer.detector.network = network
    recognizer = Recognizer(fresh_db, analyzer, 0.5)
    monkeypatch.setattr("stream.cluster.chunk_watcher.Recognizer", SimpleNamespace(open=lambda *_, **__: recognizer))
    monkeypatch.setattr("stream.recognizer.tidy_up", lambda *_: 0)
    return recognizer


@pytest.fixture
def films(tmp_path: Path) -> Path:
    for name in ("door", "garden"):
        (tmp_path / name).mkdir()
        make_clip(tmp_path / name / "film.mp4", count=100, fps=5, size=(320, 240))
    return tmp_path


class Workers:
    """One, in this process; `most` are the chunks that it watches before it is interrupted."""

    def __init__(self, job: Job, most: int = 1000) -> None:
        self.watched: list[Chunk] = []
        self._watcher = ChunkWatcher(job)
        self._most = most

    def __call__(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Watched]]:
        for chunk in chunks:
            if len(self.watched) == self._most:
                raise KeyboardInterrupt
            self.watched.append(chunk)
            yield chunk, self._watcher.watch(chunk)


def archive(recognizer: Recognizer, films: Path, most: int = 1000, **more) -> tuple[Archive, list[Chunk]]:
    """Watch it, and tell by what it was watched, and which chunks."""
    watching, workers = Archive(recognizer, JOB, find([str(films)]), CHUNK, **more), Workers(JOB, most)
    try:
        for _ in watching.run(workers):
            pass
    except KeyboardInterrupt:
        pass
    return watching, workers.watched


def rows(database: Database) -> list[tuple]:
    events = [(one.time, one.camera, one.event, one.track, one.sighting) for one in database.events()]
    return [database.sightings(), sorted(events)]


def test_what_is_seen_over_all_borders_is_what_one_run_sees(recognizer, fresh_db, films):
    archive(recognizer, films)
    found = [(one.camera, one.first_seen, one.last_seen) for one in fresh_db.sightings()]
    assert [camera for camera, _, _ in found] == ["door", "garden"]
    for camera, first, last in found:
        source = open_source(str(films / camera / "film.mp4"), "whole")
        for _ in recognizer.watch_all([Feed(source)]):
            pass
        (whole,) = fresh_db.sightings(camera="whole")
        assert (first - whole.first_seen, last - whole.last_seen) == (timedelta(0), timedelta(0))
        with fresh_db.writing() as session:
            session.connection().exec_driver_sql("DELETE FROM sighting WHERE camera = 'whole'")


def test_an_interruption_changes_nothing(recognizer, fresh_db, films):
    archive(recognizer, films)
    whole = rows(fresh_db)
    assert {one[2]: one[3] for one in whole[1]} == {"entered": 1, "left": 1}
    for most in (1, 3, 6):
        for place in ("door", "garden"):
            archive(recognizer, films / place, most=0, again=True)
        _, first = archive(recognizer, films, most)
        _, rest = archive(recognizer, films)
        assert len(first) == most
        assert len(first) + len(rest) <= 10 + 2  # but for those that were watched and not yet written
        assert without_ids(rows(fresh_db)) == without_ids(whole)


def without_ids(told: list) -> list:
    sightings, events = told
    return [[(one.camera, one.first_seen, one.last_seen) for one in sightings], [one[:-1] for one in events]]


def test_what_was_watched_is_watched_again_only_if_wished(recognizer, fresh_db, films):
    archive(recognizer, films)
    before = rows(fresh_db)
    watching, chunks = archive(recognizer, films)
    assert (chunks, watching.outcome.known, watching.outcome.outdated) == ([], 2, 0)
    assert rows(fresh_db) == before
    _, chunks = archive(recognizer, films, again=True)
    assert len(chunks) == 10
    assert without_ids(rows(fresh_db)) == without_ids(before)


def test_it_tells_what_was_watched_with_other_people(recognizer, fresh_db, films):
    archive(recognizer, films)
    fresh_db.add_samples("Ada", [new_sample()])
    watching, _ = archive(recognizer, films)
    assert watching.outcome.outdated == 2


def test_a_file_that_was_replaced_is_watched_in_place_of_the_former(recognizer, fresh_db, films):
    archive(recognizer, films)
    make_clip(films / "door" / "film.mp4", count=30, fps=5, size=(320, 240))
    watching, _ = archive(recognizer, films)
    assert watching.outcome.known == 1
    lengths = {one.camera: (one.last_seen - one.first_seen).total_seconds() for one in fresh_db.sightings()}
    assert lengths["door"] == pytest.approx(6, abs=0.5)
    assert lengths["garden"] == pytest.approx(20, abs=0.5)


def test_what_cannot_be_read_is_told_and_the_rest_is_watched(recognizer, fresh_db, films):
    (films / "door" / "film.mp4").write_bytes(b"no film")
    watching, _ = archive(recognizer, films)
    assert len(watching.outcome.problems) == 1
    assert "door/film.mp4 is not a video" in watching.outcome.problems[0]
    assert [one.camera for one in fresh_db.sightings()] == ["garden"]
    assert watching.outcome.seconds == pytest.approx(20, abs=0.5)


def test_a_growing_recording_is_one_stay_over_many_runs(recognizer, fresh_db, tmp_path):
    def segment(second: int) -> None:
        moment = at(second)
        path = tmp_path / f"{moment:%Y-%m-%d/%H}" / "door" / f"{moment:%M.%S}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_clip(path, count=20, fps=5, size=(320, 240))

    for second in range(0, 40, 4):
        segment(second)
        archive(recognizer, tmp_path, is_growing=True, now=lambda second=second: at(second + 5))
    assert len(fresh_db.sightings()) == 1
    archive(recognizer, tmp_path, is_growing=True, now=lambda: at(3600))
    (stay,) = fresh_db.sightings()
    assert (stay.last_seen - at(0)).total_seconds() == pytest.approx(40, abs=0.5)
    assert [one.event for one in fresh_db.events()] == ["entered", "left"]
    assert np.isclose((stay.first_seen - at(0)).total_seconds(), 0, atol=0.5)


def test_a_file_that_something_is_written_to_is_left_for_the_next_time(recognizer, fresh_db, films):
    for seconds, path in ((0, films / "door" / "film.mp4"), (-600, films / "garden" / "film.mp4")):
        os.utime(path, (at(seconds).timestamp(),) * 2)
    watching, _ = archive(recognizer, films, is_growing=True, now=lambda: at(60))
    assert (watching.outcome.left, watching.outcome.problems) == (1, [])
    assert [one.camera for one in fresh_db.sightings()] == ["garden"]
    watching, _ = archive(recognizer, films, is_growing=True, now=lambda: at(600))
    assert (watching.outcome.left, watching.outcome.known) == (0, 1)
    assert {one.camera for one in fresh_db.sightings()} == {"door", "garden"}


def test_a_network_of_the_users_own_is_asked_whether_faces_are_living(recognizer, fresh_db, films):
    def graded(image, faces):
        asked.append(len(faces))
        return [replace(face, liveness=0.9) for face in faces]

    asked: list[int] = []
    archive(recognizer, films / "door")
    recognizer.liveness = SimpleNamespace(threshold=0.5, digest="c" * 64, graded=graded)
    watching, chunks = archive(recognizer, films / "door")
    assert (chunks, watching.outcome.outdated, asked) == ([], 1, [])
    archive(recognizer, films / "garden")
    assert sum(asked) > 0


def test_what_a_worker_cannot_reach_is_left_for_the_next_time(recognizer, fresh_db, films):
    class Unlucky(Workers):
        """Does not see the disk with one of the chunks."""

        def __call__(self, chunks):
            for chunk, watched in super().__call__(chunks):
                is_lost = chunk.recording.camera == "door" and chunk.begins > 5
                yield chunk, Watched((), {}, {}, problems=("It is away.",), is_read=False) if is_lost else watched

    watching = Archive(recognizer, JOB, find([str(films)]), CHUNK)
    assert {chunk.recording.camera for chunk in watching.run(Unlucky(JOB))} == {"door", "garden"}
    assert watching.outcome.problems == ["It is away."]
    unread, _ = archive(recognizer, films)
    assert (unread.outcome.known, unread.outcome.problems) == (1, [])
    lengths = [(one.last_seen - one.first_seen).total_seconds() for one in fresh_db.sightings()]
    assert lengths == pytest.approx([20, 20], abs=0.5)


def test_that_others_are_enrolled_is_told_without_loading_anybody(recognizer, monkeypatch):
    monkeypatch.setattr(Database, "gallery", lambda *_: pytest.fail("all are loaded"))
    made = [made_with(recognizer, JOB)]
    for name in ("Ada", "Bob"):
        recognizer.database.add_samples(name, [new_sample(0)])
        made.append(made_with(recognizer, JOB))
    assert made_with(recognizer, JOB) == made[-1]
    recognizer.database.merge("Bob", into="Ada")
    made.append(made_with(recognizer, JOB))
    assert len(set(made)) == 4
    recognizer.database.rename("Ada", "Eve")
    assert made_with(recognizer, JOB) == made[-1]
