"""Watching sources, alone and together, with made-up networks."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import pytest

from db import Database, DatabaseError, NewSample, SightingWriter
from db.sightings import retention
from models.errors import ModelError
from stream.errors import StreamError
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.sources.cameras.camera import Camera
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.cameras import SOON, Clock, FakeCapture, endless, held_back, lost, unhurried
from tests.clips import make_clip, picture
from tests.fakes import BOX, FakeAnalyzer, boxes, unit
from tests.people import DIGEST
from tests.waiting import wait_for


@pytest.fixture
def recognizer(fresh_db, monkeypatch) -> Recognizer:
    monkeypatch.setattr("stream.motion.shots.CutDetector.is_cut", lambda *_: False)  # the clips flicker
    return Recognizer(fresh_db, FakeAnalyzer(), 0.5)


@pytest.fixture
def clips(tmp_path) -> list[str]:
    return [str(make_clip(tmp_path / f"{name}.mp4", count=10, size=(320, 240))) for name in ("first", "second")]


def playing(clip: str) -> Feed:
    return Feed(open_source(clip, realtime=True))


def seen_by(database: Database) -> set[str]:
    return {sighting.camera for sighting in database.sightings()}


@pytest.mark.parametrize("live", [False, True])
def test_cameras_are_watched_with_the_swifter_networks_and_recordings_with_those_named(recognizer, clips, live):
    recognizer.analyzer = named = FakeAnalyzer(twin := FakeAnalyzer())
    list(recognizer.watch_all([Feed(open_source(clips[0], realtime=live))]))
    assert (named.used, twin.used) == (not live, live)


def enrol(database: Database, name: str, *values: float) -> None:
    database.add_samples(name, [NewSample(unit(*values), DIGEST, 0.8, f"{name}.jpg", b"a crop")])


def test_a_face_of_a_picture_has_a_name_only_with_a_lead_over_the_next_person(recognizer, fresh_db):
    image = picture(0)
    enrol(fresh_db, "Ada", 1)
    assert [one.identity.name for one in recognizer.identify(image)] == ["Ada"]
    enrol(fresh_db, "Bob", 1, 0.1)  # nearly as similar
    [one] = recognizer.identify(image)
    assert [match.person.name for match in one.matches] == ["Ada", "Bob"]
    assert one.identity.name is None
    assert list(recognizer.look(image).data["name"]) == [None]


def test_recordings_are_watched_one_after_the_other(recognizer, clips):
    views = list(recognizer.watch_all([Feed(open_source(clip)) for clip in clips]))
    assert [view.frame.camera for view in views] == ["first"] * 10 + ["second"] * 10
    assert seen_by(recognizer.database) == {"first", "second"}


def test_a_recording_alone_gives_the_same_views_as_among_others(recognizer, clips):
    alone = list(recognizer.watch(clips[1]))
    among = list(recognizer.watch_all([Feed(open_source(clip)) for clip in clips]))[10:]
    assert [view.faces.xyxy.tolist() for view in alone] == [view.faces.xyxy.tolist() for view in among]
    assert [view.frame.index for view in alone] == [view.frame.index for view in among]


def test_cameras_are_watched_at_the_same_time(recognizer):
    may = {"door": threading.Semaphore(1), "garden": threading.Semaphore(0)}
    cameras = [
        Camera(name, lambda name=name: FakeCapture(*(held_back(may[name], index) for index in range(5)), None))
        for name in may
    ]
    order = []
    for view in recognizer.watch_all([Feed(camera) for camera in cameras]):
        order.append(view.frame.camera)
        may["door" if order[-1] == "garden" else "garden"].release()  # each waits for the other
    assert order == ["door", "garden"] * 5


def test_each_camera_has_its_own_tracks(recognizer):
    tracks = {}
    views = recognizer.watch_all([endless("door", SOON), endless("garden", SOON)])
    for view in views:
        tracks |= {view.frame.camera: view.faces.tracker_id.tolist()} if len(view.faces) else {}
        if len(tracks) == 2:
            break
    views.close()
    assert tracks == {"door": [1], "garden": [1]}


def test_a_camera_that_is_lost_does_not_touch_the_others(recognizer, clips):
    views = list(recognizer.watch_all([lost("garden"), playing(clips[0])]))
    assert {view.frame.camera for view in views} == {"first"}


def test_it_is_an_error_if_no_camera_ever_gave_a_picture(recognizer):
    with pytest.raises(StreamError, match=r"door cannot be reached.*garden cannot be reached"):
        list(recognizer.watch_all([lost("door"), lost("garden")]))


@pytest.mark.parametrize(
    ("names", "told"), [(("door=", "door="), "Two cameras are called door"), (("", None), "--realtime")]
)
def test_what_cannot_be_watched_together_is_told(recognizer, clips, names, told):
    sources = [open_source(f"{name or ''}{clips[0]}", realtime=name is not None) for name in names]
    with pytest.raises(StreamError, match=told):
        list(recognizer.watch_all([Feed(source) for source in sources]))


def test_a_run_that_is_left_closes_its_cameras_and_threads(recognizer):
    before = set(threading.enumerate())
    forever = FakeCapture(*[picture(0)] * 1000)
    cameras = [Camera("door", lambda: forever), Camera("garden", lambda: FakeCapture())]
    views = recognizer.watch_all([Feed(camera) for camera in cameras])
    next(views)
    views.close()
    assert forever.closed
    wait_for(lambda: set(threading.enumerate()) <= before)


@pytest.mark.parametrize(
    ("end", "reason"), [((), "The camera gave no picture any more."), ((None,), "It has ended.")], ids=["lost", "ended"]
)
def test_whoever_was_before_a_camera_that_is_no_more_has_left_though_others_go_on(recognizer, end, reason):
    told = []
    clock = Clock()  # goes on with the pictures alone: the camera is never stalled, however busy the machine is

    def pictures():
        while not any(event.camera == "door" for event in told):
            clock.sleep(0.04)
            yield unhurried
        yield from end

    door = Camera("door", lambda: FakeCapture(each=pictures()), clock=clock)
    views = recognizer.watch_all([Feed(door), endless("garden", 60)], told.append)
    for _ in views:
        if reasons := [event.reason for event in told if (event.camera, event.event) == ("door", "left")]:
            break
    views.close()
    assert reasons == [reason]


def test_a_watch_keeps_sightings_for_as_long_as_it_is_told(recognizer, clips):
    with SightingWriter(recognizer.database) as writer:
        long_ago = datetime.now(UTC) - timedelta(days=40)
        writer.close(writer.open("door", long_ago), long_ago)
    list(recognizer.watch_all([Feed(open_source(clips[0]))], keep_days=50))
    assert seen_by(recognizer.database) == {"door", "first"}
    list(recognizer.watch_all([Feed(open_source(clips[0]))]))
    assert seen_by(recognizer.database) == {"first"}


def test_a_watch_goes_on_where_what_is_old_cannot_be_erased(recognizer, clips, monkeypatch, caplog):
    def refuse(*_):
        raise DatabaseError("Another program writes.")

    monkeypatch.setattr(retention, "prune", refuse)
    assert len(list(recognizer.watch(clips[0]))) == 10
    assert "What is old stays for now: Another program writes." in caplog.text


def test_events_are_told(recognizer, clips):
    told = []
    list(recognizer.watch(clips[0], tell=told.append))
    assert [(event.camera, event.event) for event in told] == [("first", "entered"), ("first", "left")]


def test_a_camera_that_is_lost_is_told_and_kept_with_the_other_events(recognizer, clips):
    told = []
    list(recognizer.watch_all([lost("garden"), playing(clips[0])], told.append))
    assert [(event.event, event.reason.partition(".")[0]) for event in told if event.camera == "garden"] == [
        ("camera_lost", "garden cannot be reached")
    ]
    assert sorted(map(str, recognizer.database.events())) == sorted(map(str, told))


def test_faces_count_only_where_they_shall(recognizer, clips):
    here, elsewhere = ((0, 0), (1, 0), (1, 1), (0, 1)), ((200, 100), (300, 100), (300, 200))
    for area, count in ((Area(zones=(here,)), 10), (Area(zones=(elsewhere,)), 0), (Area(masks=(here,)), 0)):
        views = list(recognizer.watch_all([Feed(open_source(clips[0]), area=area)]))
        assert sum(len(view.faces) for view in views) == count


def test_pictures_of_the_named_go_where_it_was_asked_for(recognizer, clips, tmp_path: Path):
    list(recognizer.watch(clips[0], snapshots=tmp_path / "faces"))
    assert (tmp_path / "faces").is_dir()


class Odd:
    """Detects a stranger, but on the pictures of a camera that has this width it fails."""

    helpers = frozenset[int]()

    def __init__(self, analyzer: FakeAnalyzer, width: int) -> None:
        self.detector, self.embedder, self.look = analyzer.detector, analyzer.embedder, analyzer.look
        self.width = width
        self.detector.detect = self.detect

    def for_cameras(self):
        return self

    def detect(self, image, min_score, size):
        if image.shape[1] == self.width:
            raise cv2.error("(-215:Assertion failed)")
        return boxes(BOX)


def test_something_odd_in_one_camera_costs_that_ones_turn_and_the_others_go_on(recognizer, caplog):
    recognizer.analyzer = Odd(recognizer.analyzer, width=80)
    connected = []

    def connect():
        connected.append(1)
        return FakeCapture(*[lambda: unhurried((80, 60))] * 1_000_000)

    seen = []
    views = recognizer.watch_all([Feed(Camera("odd", connect, sleep=lambda _: None)), endless("door", SOON)])
    for view in views:
        seen.append(view.frame.camera)
        if len(connected) > 3 and seen.count("door") > 20 and len(view.faces):
            break
    views.close()
    assert "odd: Its picture could not be used (cv2.error). It begins anew." in caplog.text


def test_what_concerns_all_cameras_ends_the_watch_in_a_sentence(recognizer):
    def fail(*_):
        raise ModelError("The network failed: take another.")

    recognizer.analyzer.detector.detect = fail
    with pytest.raises(ModelError, match="take another"):
        list(recognizer.watch_all([endless("door", SOON)]))


def test_whoever_is_enrolled_meanwhile_is_recognized_without_the_cameras_waiting(recognizer):
    views = recognizer.watch_all([endless("door", 60)])
    next(views)
    recognizer.database.add_samples("Ada", [NewSample(unit(1), DIGEST, 0.9, "ada.jpg", b"\xff\xd8")])
    assert any("Ada" in view.faces.data.get("name", ()) for view in views)
    views.close()


def test_the_gallery_is_loaded_and_the_threshold_computed_beside_the_cameras(recognizer, monkeypatch):
    views = recognizer.watch_all([endless("door", 60)])
    next(views)
    threads = set()
    load = Database.gallery
    monkeypatch.setattr(Database, "gallery", lambda *args: threads.add(threading.current_thread().name) or load(*args))
    recognizer.database.add_samples("Ada", [NewSample(unit(1), DIGEST, 0.9, "ada.jpg", b"\xff\xd8")])
    assert any(view.faces.data.get("name") == ["Ada"] for view in views if len(view.faces))
    views.close()
    assert threads == {"upkeep"}


def test_what_is_old_is_erased_also_while_no_picture_comes(recognizer):
    with SightingWriter(recognizer.database) as writer:
        long_ago = datetime.now(UTC) - timedelta(days=40)
        writer.close(writer.open("door", long_ago), long_ago)
    with pytest.raises(StreamError):
        list(recognizer.watch_all([lost("garden")]))
    assert seen_by(recognizer.database) == set()
