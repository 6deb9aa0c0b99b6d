"""What the workers of an archive are told of its settings."""

from pathlib import Path

import pytest

from db.schema.engine import database_url
from stream.cluster.job import job_of
from stream.errors import StreamError
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings


def test_workers_in_another_folder_find_the_same_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("own.onnx", "liveness.onnx"):
        Path(name).touch()
    garden = CameraSettings(source="rtsp://user:secret@garden", name="garden", snapshots=Path("garden"))
    job = job_of(
        Settings(
            db="people.db",
            detector="yolov5n-face",
            embedder="own.onnx",
            liveness=Path("liveness.onnx"),
            snapshots=Path("all"),
            camera=(garden,),
        )
    )
    assert database_url(job.db).database == str(tmp_path / "people.db")
    assert (job.detector, job.embedder) == ("yolov5n-face", str(tmp_path / "own.onnx"))
    assert job.liveness == str(tmp_path / "liveness.onnx")
    assert job.common.snapshots == tmp_path / "all"
    assert job.wishes["garden"].snapshots == tmp_path / "garden"
    assert "secret" not in job.wishes["garden"].source


def test_a_server_is_named_with_its_password():
    assert job_of(Settings(db="postgresql+psycopg://me:secret@host/people")).db.startswith(
        "postgresql+psycopg://me:secret@"
    )


def test_a_gallery_in_memory_is_nobody_elses():
    with pytest.raises(StreamError, match="name a file or a server with --db"):
        job_of(Settings(db="sqlite://"))
