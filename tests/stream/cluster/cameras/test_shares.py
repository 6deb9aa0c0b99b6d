"""How the cameras of a watch are shared out, and what a cluster refuses."""

import pickle

import pytest

from stream.cluster.cameras.on_ray import without_room
from stream.cluster.cameras.shares import shares_of
from stream.cluster.on_ray import check_place
from stream.errors import StreamError
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from tests.clips import make_clip

DB = "postgresql://server/people"


def wished(*sources: str, **more) -> Settings:
    cameras = tuple(CameraSettings(source=source, name=f"camera {i}") for i, source in enumerate(sources))
    return Settings(camera=cameras, **({"db": DB} | more))


def rtsp(count: int, **more) -> Settings:
    return wished(*(f"rtsp://user:secret@host/{number}" for number in range(count)), **more)


def test_each_process_gets_a_few_cameras_in_their_order():
    shares = shares_of(rtsp(5))
    assert [share.cameras for share in shares] == [
        ("camera 0", "camera 1"),
        ("camera 2", "camera 3"),
        ("camera 4",),
    ]
    assert [len(share.cameras) for share in shares_of(rtsp(5, ray_cameras=4))] == [4, 1]


def test_a_share_takes_what_its_cameras_cost_and_whole_cpus_above_one():
    assert [share.cpus for share in shares_of(rtsp(3))] == [1.0, 0.5]
    assert [share.cpus for share in shares_of(rtsp(3, ray_cameras=3))] == [2]
    assert [share.cpus for share in shares_of(rtsp(1, ray_cpus=0.25))] == [0.25]


def test_a_share_is_the_same_on_another_machine(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    [share] = shares_of(rtsp(2, snapshots="seen", threshold=0.5))
    again = pickle.loads(pickle.dumps(share))
    assert again == share
    assert again.folder == tmp_path, "to which its paths are relative"


def test_the_gallery_is_the_one_of_whoever_started_it():
    [share] = shares_of(rtsp(1, db=None))
    assert share.wished.db.endswith("doorman.db"), "not that of the user as whom the process runs"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"window": True}, "--window is for cameras that this machine watches"),
        ({"log": "seen.jsonl"}, "--log is for cameras"),
        ({"events": "events.jsonl"}, "--events is for cameras"),
        ({"db": "sqlite://"}, "watched by several processes: name a server"),
    ],
)
def test_what_is_for_one_machine_is_refused(more, sentence):
    with pytest.raises(StreamError, match=sentence):
        shares_of(rtsp(1, **more))


def test_recordings_webcams_and_nothing_are_refused(tmp_path):
    clip = str(make_clip(tmp_path / "a.mp4", count=3))
    with pytest.raises(StreamError, match="`doorman archive --ray` does that"):
        shares_of(wished(clip))
    with pytest.raises(StreamError, match="camera 0 is a webcam, which is at one machine only"):
        shares_of(wished("0"))
    with pytest.raises(StreamError, match="There is no camera to watch"):
        shares_of(wished())
    with pytest.raises(StreamError, match="--out is for cameras"):
        shares_of(Settings(db=DB, camera=(CameraSettings(source="rtsp://host/1", out="a.mp4"),)))


def test_several_machines_need_a_server():
    check_place(DB, 3)
    check_place("people.db", 1)
    with pytest.raises(StreamError, match="Other machines cannot read an SQLite file: name a PostgreSQL server"):
        check_place("people.db", 2)


def test_too_few_cpus_are_told():
    shares = shares_of(rtsp(5))  # of 1, 1 and .5 CPUs
    assert without_room(shares, [2, 1]) is None
    assert "2 wait until more machines join" in without_room(shares, [1.5])
    assert "5 wait" in without_room(shares, [0])
