"""The pages of the cameras: how they are, where faces count, and that one is added and removed."""

from dataclasses import replace

import pytest

from stream.errors import SourceError
from stream.pipeline.zones import Area
from stream.service.setup import cameras as setup
from stream.service.setup.onvif import Device, Stream
from stream.sources.cameras.state import State
from tests.clips import picture
from tests.web.fakes import SETTINGS
from web.application import create_app
from web.pages import discovery

ADDRESS = "rtsp://admin:hunter2@192.0.2.9/live"


@pytest.fixture
def reached(monkeypatch):
    """Cameras that answer; what they were asked by."""
    asked = []

    def first_picture(source, certificate=None):
        asked.append((source, certificate))
        if "absent" in source:
            raise SourceError("rtsp://absent/… cannot be reached: check the address, and that the camera is on.")
        return picture(1)

    monkeypatch.setattr(setup, "first_picture", first_picture)
    return asked


def key_of(page):
    return page.partition('name="key" value="')[2].partition('"')[0]


def test_cameras_are_shown_with_state_rate_age_and_address_without_password(client, service):
    assert "/cameras/states" in client.get("/cameras").text
    part = client.get("/cameras/states").text
    assert "door" in part and "live" in part and "25.0" in part and "0.1 s ago" in part and "640" in part
    assert "rtsp://192.0.2.7/…" in part and "secret" not in part


def test_a_lost_camera_tells_since_when(client, service, monkeypatch):
    [door] = service.session.cameras()
    lost = replace(door, state=State.RECONNECTING, age=90.0, problem="door is lost.")
    monkeypatch.setattr(service.session, "cameras", lambda: [lost])
    part = client.get("/cameras/states").text
    assert "Lost since" in part and "door is lost." in part and "s ago" not in part


def test_who_is_before_a_lost_camera_is_not_told_since_nobody_knows(client, service, monkeypatch):
    [door] = service.session.cameras()
    empty = replace(door, faces=0, named=0, names=())
    monkeypatch.setattr(service.session, "cameras", lambda: [empty])
    assert "No face is seen" in client.get("/live/door").text
    lost = replace(empty, state=State.RECONNECTING, problem="door is lost.")
    monkeypatch.setattr(service.session, "cameras", lambda: [lost])
    part = client.get("/live/door").text
    assert "door is lost." in part and "No face is seen" not in part


def test_zones_in_pixels_are_shown_in_percent_and_saved_as_parts(client, service):
    service.session.areas["door"] = Area(zones=(((6.4, 4.8), (32, 4.8), (32, 24)),))  # of 64 x 48
    assert 'value="10,10 50,10 50,50"' in client.get("/camera/door").text
    client.post("/camera/door/area", data={"zone": ["0,30 60,30 60,100", ""], "mask": "10,10 20,10 20,20.5 10,20.5"})
    area = service.session.areas["door"]
    assert area.zones == (((0, 0.3), (0.6, 0.3), (0.6, 1)),)
    assert area.masks == (((0.1, 0.1), (0.2, 0.1), (0.2, 0.205), (0.1, 0.205)),)
    assert service.cameras._kept.cameras()["door"].area == area
    assert "# in front" in service.file.read_text()


@pytest.mark.parametrize(
    "points",
    ["10,10 20,20", "1,1 1,1 1,1", "a,b c,d e,f", "0,0 101,0 5,5", "0,0 1 2,2", "nan,1 2,2 3,3", "1,2,3 4,5 6,7"],
)
def test_what_is_no_area_is_told(client, service, points):
    answer = client.post("/camera/door/area", data={"zone": points})
    assert answer.status_code == 400 and "three or more points" in answer.text
    assert service.session.areas["door"] == Area()


def test_a_camera_is_tried_and_added_and_its_password_is_in_no_page(client, service, reached, caplog):
    page = client.post("/cameras/try", data={"source": ADDRESS, "certificate": " "}).text
    assert "data:image/jpeg" in page and 'value="192.0.2.9"' in page
    assert reached == [(ADDRESS, None)]
    answer = client.post("/cameras", data={"key": key_of(page), "name": "garden"}, follow_redirects=True)
    assert "garden is watched from now on." in answer.text
    assert "garden" in service.session.areas and ADDRESS in service.file.read_text()
    for text in (page, answer.text, client.get("/cameras/states").text, caplog.text):
        assert "hunter2" not in text


def test_of_one_that_is_added_it_is_told_what_its_video_is_called(client, service, reached):
    service.file.write_text(f'out = "seen.mp4"\n{SETTINGS}')
    key = key_of(client.post("/cameras/try", data={"source": ADDRESS}).text)
    answer = client.post("/cameras", data={"key": key, "name": "garden"}, follow_redirects=True)
    assert "Its video is seen-garden.mp4." in answer.text


def test_it_can_be_added_only_while_it_is_remembered_and_under_a_free_name(client, service, reached):
    assert client.post("/cameras", data={"key": "old", "name": "x"}).status_code == 410
    key = key_of(client.post("/cameras/try", data={"source": ADDRESS}).text)
    taken = client.post("/cameras", data={"key": key, "name": "door"})
    assert taken.status_code == 422 and "Another camera is called door" in taken.text
    assert client.post("/cameras", data={"key": key, "name": "a/b"}).status_code == 422
    assert service.file.read_text() == SETTINGS


@pytest.mark.parametrize(
    "source", ["/etc/passwd", "clip.mp4", "door=/etc/passwd", "file:///etc/passwd", "", "rtsp://absent/x"]
)
def test_no_path_is_a_camera_and_what_does_not_answer_is_told(client, reached, source):
    answer = client.post("/cameras/try", data={"source": source}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert all("absent" in one for one, _ in reached)


def test_a_camera_is_removed_by_whoever_is_sure(client, service):
    assert client.post("/camera/door/remove").status_code == 400
    assert client.post("/camera/nowhere/remove", data={"sure": "1"}).status_code == 404
    client.post("/camera/door/remove", data={"sure": "1"})
    assert service.session.areas == {} and "rtsp" not in service.file.read_text()


def test_without_a_settings_file_the_page_says_so(client, service, reached):
    service.cameras._kept = None
    assert "--config cameras.toml" in client.get("/cameras").text
    assert client.post("/cameras/try", data={"source": ADDRESS}).status_code == 409
    assert "--config" in client.get("/camera/door").text
    service.session = None
    assert "No camera is watched" not in client.get("/cameras/states").text  # for the page says it, with what helps
    page = client.get("/cameras").text
    assert "No camera is watched here" in page and "<code>camera = []</code>" in page
    assert client.get("/camera/door").status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "cameras/try",
        "cameras",
        "cameras/discover",
        "cameras/streams",
        "camera/door/area",
        "camera/door/remove",
    ],
)
def test_only_who_may_manage_changes_cameras(service, access, address):
    access.set_password("a long password")
    secret = access.add_token("frigate", "read")
    app = create_app(service, access, loopback=False)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    client = app.test_client()
    assert client.post(f"/{address}").status_code == 401
    assert client.post(f"/{address}", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    app.config.update(WTF_CSRF_ENABLED=True)
    assert client.post(f"/{address}", headers={"Authorization": f"Bearer {secret}"}).status_code == 400


def test_cameras_that_answer_are_listed_asked_and_tried_without_a_password_in_any_page(client, reached, monkeypatch):
    monkeypatch.setattr(discovery, "devices", lambda: [Device("Front door", "192.0.2.9")])
    monkeypatch.setattr(discovery, "streams", lambda place, user, password: [Stream(f"Main of {place}", ADDRESS)])
    assert "Front door" in client.post("/cameras/discover").text
    told = client.post("/cameras/streams", data={"place": "192.0.2.9", "user": "admin", "password": "hunter2"}).text
    assert "Try Main of 192.0.2.9" in told and "hunter2" not in told
    key = told.partition('name="found" value="')[2].partition('"')[0]
    page = client.post("/cameras/try", data={"found": key, "number": 0}).text
    assert "data:image/jpeg" in page and "hunter2" not in page
    assert reached == [(ADDRESS, None)]
    assert client.post("/cameras/try", data={"found": key, "number": 1}).status_code == 410


def test_where_nobody_answers_the_page_says_what_to_do(client, monkeypatch):
    monkeypatch.setattr(discovery, "devices", list)
    assert "Give an address instead" in client.post("/cameras/discover").text
