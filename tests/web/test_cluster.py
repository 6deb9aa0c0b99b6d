"""The pages over cameras that the machines of a cluster watch; Ray's part is a stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest

from db.records import Tell
from stream.cluster.cameras.showing import ClusterShowing
from stream.cluster.cameras.status import Board, Placed, WorkerStatus
from stream.errors import StreamError, UnknownCameraError
from stream.service.watch import picture as pictures
from stream.service.watch.picture import Picture, Seen
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from tests.clips import make_faces, make_view
from tests.fakes import make_face, unit
from tests.stream.cluster.cameras.statuses import DOOR, NOON
from tests.web.fakes import FakeSession

DOWN = "For some seconds nothing is heard from shop-1: it begins as soon as a machine has room."
LOOKS = {1: (make_face(unit(1.0)), make_face(unit(1.0)))}


class FakeCluster:
    """One process, which watches the door, and whose machine may be down.

    Attributes:
        asked: the questions to it.
    """

    def __init__(self) -> None:
        self.is_down = False
        self.asked: list[str] = []
        self.picture = Picture(make_view(7, faces=make_faces([None, "Ada", None]), looks=LOOKS), 0.0)

    def cameras(self) -> list[Placed]:
        board = Board([("door",)], 0.0)
        board.hear(0, WorkerStatus("shop-1", NOON, (DOOR,)), 0.0)
        return board.cameras(20.0 if self.is_down else 0.0)

    def ask(self, question: str, camera: str, *given: Any, wait: float = 0.0) -> Any:
        if camera != "door":
            raise UnknownCameraError(f"No camera is called {camera} (there are: door): name one of these.")
        if self.is_down:
            raise StreamError("Nothing is heard from the machine that watches door: wait a moment.")
        self.asked.append(question)
        return getattr(self, question)(*given)

    def newest(self, after: int | None, timeout: float) -> Seen | None:
        return None if after == 7 else self.picture.seen

    def jpeg(self, width: int) -> bytes:
        return self.picture.jpeg(width)

    def looks(self, track: int) -> Any:
        return self.picture.looks(track)

    def portrait(self, track: int) -> bytes | None:
        return self.picture.portrait(track)

    @contextmanager
    def hearing(self, tell: Tell) -> Iterator[None]:
        tell(FakeSession.event)
        yield


@pytest.fixture
def cluster(service) -> FakeCluster:
    started = FakeCluster()
    door = CameraSettings(source="rtsp://host/door", name="door", zones=[[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]])
    service.session = ClusterShowing(started, Settings(camera=(door,), keep_days=12))
    return started


@pytest.fixture(autouse=True)
def asked(cluster) -> list[str]:
    return cluster.asked


def test_the_live_page_shows_its_cameras_and_asks_for_no_picture_itself(client, asked):
    assert "/api/v1/cameras/door/frame" in client.get("/live").text
    assert [camera["name"] for camera in client.get("/api/v1/cameras").json] == ["door"]
    assert asked == []


@pytest.mark.parametrize("kept", [False, True])
def test_whether_strangers_are_kept_is_as_its_settings_wish(cluster, kept):
    garden = CameraSettings(source="rtsp://host/garden", keep_unknown=kept)
    assert ClusterShowing(cluster, Settings(camera=(CameraSettings(source="0"), garden))).keeps_unknown == kept


def test_pictures_are_drawn_where_the_camera_is_watched_when_somebody_looks(client, asked, monkeypatch):
    drawn = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda *given: drawn.append(1) or draw(*given))
    assert client.get("/api/v1/cameras/door/faces").json["faces"][1]["name"] == "Ada"
    assert drawn == []
    answer = client.get("/api/v1/cameras/door/frame?after=-1")
    assert (answer.status_code, answer.headers["X-Frame"], answer.content_type) == (200, "7", "image/jpeg")
    assert (drawn, asked) == ([1], ["newest", "newest", "jpeg"])
    assert client.get("/api/v1/cameras/door/frame?after=7").status_code == 204
    assert client.get("/api/v1/cameras/attic/frame").status_code == 404


def test_a_stranger_is_named_by_the_looks_that_are_on_another_machine(client, fresh_db):
    assert client.get("/live/door/at?x=0.06&y=0.2").location == "/live/door/faces/1"
    assert client.get("/live/door/faces/1").text.count("data:image/jpeg;base64,") == 2
    assert client.get("/live/door/faces/1/picture").content_type == "image/jpeg"
    assert client.get("/live/door/faces/3/picture").location == "/static/nobody.svg"
    client.post("/api/v1/cameras/door/faces/1/name?name=Grace")
    assert fresh_db.person("Grace").samples == 2
    assert "no good look at that face yet" in client.get("/live/door/faces/3", follow_redirects=True).text


def test_a_camera_whose_machine_is_down_says_so_and_nobody_is_asked(client, cluster, asked):
    cluster.is_down = True
    here = client.get("/live/door").text
    assert DOWN in here and "reconnecting" in here
    assert DOWN in client.get("/cameras/states").text
    assert client.get("/api/v1/cameras/door/frame?after=7").status_code == 204
    assert client.get("/api/v1/health").json["status"] == DOWN
    assert asked == []


def test_a_machine_that_goes_down_before_the_picture_comes_is_a_sentence(client, service, cluster, monkeypatch):
    picture = service.session.newest("door")
    monkeypatch.setattr(service.session, "newest", lambda *_: picture)
    cluster.is_down = True
    answer = client.get("/api/v1/cameras/door/frame")
    assert (answer.status_code, "Nothing is heard from the machine" in answer.text) == (422, True)


def test_its_cameras_are_shown_and_changed_in_the_settings(client, service):
    sentence = "The machines of a cluster watch these cameras"
    assert sentence in client.get("/cameras").text
    page = client.get("/camera/door").text
    assert sentence in page and "10,20 50,20 50,90" in page
    assert "rtsp://host" not in page
    for address in ("/camera/door/area", "/camera/door/remove", "/cameras/try", "/settings/retention"):
        answer = client.post(address, data={"sure": 1, "source": "rtsp://host/1", "days": 1, "megabytes": 1})
        assert (answer.status_code >= 400, sentence in answer.text) == (True, True), address
    assert 'value="12"' in client.get("/settings").text
    assert client.get("/camera/attic").status_code == 404


def test_events_are_heard_as_they_happen(client):
    answer = client.get("/api/v1/events", buffered=False)
    _, told = islice(answer.response, 2)
    assert told.startswith(b"event: named")
    answer.close()
