"""What a user does wrong, or a machine: one sentence, status 1, nothing half-written."""

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out

pytestmark = pytest.mark.end_to_end

ROOM = 300_000  # bytes that a file may have on the "full disk"


@pytest.fixture
def doorman(tmp_path):
    """Runs the program in a folder of its own; gives its status and what it said."""

    def call(*arguments: str, status: int = 1, room: int | None = None, **environment: str) -> str:
        limit = None if room is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        done = subprocess.run(
            [sys.executable, str(Path("run.py").resolve()), *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "DOORMAN_DB": str(tmp_path / "people.db"), **environment},
            preexec_fn=limit,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        assert "Error" not in done.stderr.splitlines()[-1] if done.stderr else True
        return done.stdout + done.stderr

    return call


@pytest.fixture
def portrait(tmp_path) -> Path:
    path = tmp_path / "portrait.jpg"
    path.write_bytes(to_jpeg(cut_out(CLIP)))
    return path


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"no video " * 1000, "not a video"),
        ("empty.jpg", b"", "empty"),
        ("text.jpg", b"no picture", "not a picture"),
    ],
)
def test_files_that_cannot_be_watched(doorman, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert told in doorman("watch", name, "--out", "out.mp4", "--log", "log.jsonl")
    assert not (tmp_path / "out.mp4").exists()


def test_a_truncated_video_is_used_as_far_as_it_goes(doorman, tmp_path):
    with av.open(CLIP) as whole, av.open(tmp_path / "whole.mkv", "w") as copy:
        stream = copy.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "half.mkv").write_bytes(data[: len(data) // 3])
    doorman("watch", "half.mkv", "--out", "out.mp4", status=0)
    with av.open(tmp_path / "out.mp4") as video:
        assert 30 < sum(1 for _ in video.decode(video=0)) < 275


def test_pictures_of_every_kind_are_enrolled_and_looked_at(doorman, tmp_path, portrait):
    picture = Image.open(portrait)
    turned = Image.Exif()
    turned[0x0112] = 6
    picture.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=turned)
    picture.convert("L").save(tmp_path / "grey.png")
    picture.convert("RGBA").save(tmp_path / "alpha.png")
    deep = cv2.cvtColor(cv2.imread(str(portrait)), cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    doorman("enroll", "portrait.jpg", "--name", NAME, status=0)
    for name in ("turned.jpg", "grey.png", "alpha.png", "deep.png"):
        found = json.loads(doorman("identify", name, "--json", status=0))
        assert [face["matches"][0]["name"] for face in found["faces"]] == [NAME], name


def test_enrolling_refuses_what_is_no_portrait_and_takes_the_rest(doorman, tmp_path, portrait):
    (tmp_path / "people" / "Ada").mkdir(parents=True)
    portrait.rename(tmp_path / "people" / "Ada" / "1.jpg")
    Image.new("RGB", (1, 1)).save(tmp_path / "people" / "Ada" / "2.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "people" / "Ada" / "3.png")
    (tmp_path / "people" / "Ada" / "4.jpg").write_bytes(b"")
    doorman("enroll", "people")
    assert [sample["source"] for sample in json.loads(doorman("people", "show", "Ada", "--json", status=0))] == [
        "people/Ada/1.jpg"
    ]


@pytest.mark.parametrize("name", ["a/b\\c", '"O\'Neil"', "😀 Zoë", "שלום עולם", "CON", "-x", "[red]"])
def test_any_name_is_a_name(doorman, tmp_path, portrait, name):
    doorman("enroll", "portrait.jpg", f"--name={name}", status=0)
    assert [person["name"] for person in json.loads(doorman("people", "list", "--json", status=0))] == [name]
    doorman("people", "export", "--", name, "backup", status=0)
    assert len(list((tmp_path / "backup").rglob("*.jpg"))) == 1


def test_a_full_disk_while_the_video_is_written(doorman, tmp_path):
    assert "cannot be written" in doorman("watch", str(CLIP), "--out", "out.mp4", "--db", "sqlite://", room=ROOM)
    assert not (tmp_path / "out.mp4").exists()
    played = 0
    with av.open(tmp_path / "out.mp4.part") as video, suppress(av.FFmpegError):  # it breaks off in the last picture
        for _ in video.decode(video=0):
            played += 1
    assert played > 10


def test_a_full_disk_while_the_log_is_written(doorman, tmp_path):
    assert "cannot be written" in doorman("watch", str(CLIP), "--log", "log.jsonl", "--db", "sqlite://", room=20_000)
    for line in (tmp_path / "log.jsonl").read_text().splitlines():
        json.loads(line)


def test_a_gallery_of_another_embedder_is_refused(doorman, tmp_path, portrait):
    from db import Database
    from tests.people import new_sample

    with Database.open(tmp_path / "people.db") as database:
        database.add_samples("Ada", [new_sample()])
    assert "another embedder" in doorman("enroll", "portrait.jpg")
    assert "another embedder" in doorman("watch", str(CLIP))


def test_a_camera_that_is_not_there_is_tried_until_the_time_is_up(doorman):
    told = doorman("watch", "rtsp://user:secret@127.0.0.1:9/x", "--max-seconds", "3", "--no-window")
    assert "127.0.0.1" in told and "secret" not in told


def test_a_detector_without_its_description_is_told(doorman, tmp_path):
    (tmp_path / "own.onnx").write_bytes(b"x")
    assert "own.onnx.json" in doorman("watch", str(CLIP), "--detector", "own.onnx")
