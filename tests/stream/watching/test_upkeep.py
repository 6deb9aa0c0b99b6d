"""What is kept up beside a watch."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from db import DatabaseAwayError, DatabaseError
from stream.evidence.pictures import NO_PICTURES
from stream.frame import Frame
from stream.gallery.identity import Rule
from stream.recognizer import Recognizer
from stream.watching.upkeep import Followed, Repeated
from tests.cameras import SOON, endless
from tests.clips import picture
from tests.fakes import FakeAnalyzer, unit
from tests.people import new_sample


def test_a_job_is_done_at_once_again_and_again_and_to_its_end():
    done, enough = [], threading.Event()

    def job() -> None:
        done.append(1)
        if len(done) == 3:
            enough.set()

    with Repeated(job, 0.001, "It cannot be done"):
        assert enough.wait(SOON)
    count = len(done)
    assert threading.active_count() == 1 or not any(thread.name == "upkeep" for thread in threading.enumerate())
    assert len(done) == count


def test_a_job_is_done_once_however_soon_it_ends():
    done = []
    with Repeated(lambda: done.append(1), 1e9, "It cannot be done"):
        pass
    assert done == [1]


def test_a_job_may_wait_for_its_time():
    done = []
    with Repeated(lambda: done.append(1), 1e9, "It cannot be done", at_once=False) as repeated:
        assert done == []
        repeated.do_now()
        repeated.do_now()
    assert len(done) <= 1


def test_what_cannot_be_done_is_logged_once_and_tried_again(caplog):
    done, enough = [], threading.Event()

    def job() -> None:
        done.append(1)
        if len(done) == 5:
            enough.set()
        raise DatabaseError("Locked.") if len(done) < 4 else ZeroDivisionError

    with Repeated(job, 0.001, "What is old stays for now"):
        assert enough.wait(SOON)
    told = [record.message for record in caplog.records]
    assert told[0] == "What is old stays for now: Locked."
    assert len(told) == 2
    assert "report this as a bug" in told[1]


class Index:
    """A gallery that tells its generation, and finds it."""

    def __init__(self) -> None:
        self.now = 1

    def generation(self) -> int:
        return self.now

    def as_loaded(self):
        return lambda _queries, now=self.now: [[SimpleNamespace(person=now, similarity=1.0)]]


def test_gallery_and_rule_change_together_and_only_when_they_are_refreshed():
    index, computed = Index(), []

    def rule() -> Rule:
        computed.append(index.now)
        return Rule(index.now / 10)

    followed = Followed(index, rule)
    index.now = 2
    assert (followed.search(None)[0][0].person, followed.rule().threshold, followed.generation()) == (1, 0.1, 1)
    followed.refresh()
    followed.refresh()
    assert (followed.search(None)[0][0].person, followed.rule().threshold, followed.generation()) == (2, 0.2, 2)
    assert computed == [1, 2]


def test_a_job_is_done_at_once_when_it_is_asked_for():
    done = threading.Semaphore(0)
    with Repeated(done.release, 1e9, "It cannot be done") as job:
        assert done.acquire(timeout=SOON)
        job.do_now()
        assert done.acquire(timeout=SOON)


def test_cameras_wait_for_nobody_who_holds_the_gallery_and_recordings_are_better_watched_later():
    def away(_queries):
        raise DatabaseAwayError("It is away.")

    index = SimpleNamespace(generation=lambda: 1, as_loaded=lambda: away)
    rule = lambda: Rule(0.5)  # noqa: E731
    assert Followed(index, rule).search(np.zeros((2, 512))) == [[], []]
    with pytest.raises(DatabaseAwayError):
        Followed(index, rule, live=False).search(np.zeros((2, 512)))


def test_a_stranger_who_is_enrolled_while_there_gets_the_name_at_once(fresh_db, monkeypatch):
    """However seldom strangers are looked at who have been there for long."""
    monkeypatch.setattr("stream.watching.pipelines.PictureFinder", lambda _: NO_PICTURES)  # nobody ever moves
    feed = endless("door")
    with Recognizer(fresh_db, FakeAnalyzer(), 0.5).watching(live=True) as pipelines:
        workers = pipelines.detector({"door": feed.area}), pipelines.embedder()
        with pipelines.pipeline(feed, *workers) as pipeline:
            frames = (Frame(picture(0), index, index / 25, "door") for index in range(500))
            assert {name for frame in frames for name in pipeline.step(frame).faces.data["name"]} == {None}
            fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
            name, t = None, 20.0
            while name is None and t < 20.2:  # the gallery is loaded beside it, whatever time that takes
                time.sleep(0.05)
                name = pipeline.step(Frame(picture(0), 500, t, "door")).faces.data["name"][0]
                t += 0.0001
    assert name == "Ada"
