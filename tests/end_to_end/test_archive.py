"""An archive watched in pieces by several processes tells what one run over the whole recording tells."""

import json
import multiprocessing
import shutil
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from db import Database
from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from stream.cli.shown.archive import ArchiveProgress
from stream.cluster.chunks import Chunk
from tests.archives import DETECTOR, FPS, loop, nearest
from tests.programs import command

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]

SECONDS = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A recording with six borders of chunks, and the gallery with which it is to be watched."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / f"{NAME}.jpg").write_bytes(to_jpeg(cut_out(CLIP)))
    (folder / "films").mkdir()
    loop(folder / "films" / "door.mp4", SECONDS, FPS)
    assert command("enroll", str(folder / f"{NAME}.jpg"), "--db", str(folder / "gallery.db")) == 0
    return folder


@pytest.fixture(scope="module")
def alone(folder) -> Database:
    """What one worker sees."""
    with Database.open_to_read(archived(folder, "one.db", 1)) as database:
        yield database


def archived(folder: Path, name: str, workers: int) -> Path:
    db = folder / name
    if not db.exists():
        shutil.copy(folder / "gallery.db", db)
    chunks = ("--chunk", "0.1", "--workers", str(workers))
    assert command("archive", str(folder / "films" / "door.mp4"), "--db", str(db), *DETECTOR, *chunks) == 0
    return db


def rows(path: Path) -> list:
    with Database.open_to_read(path) as database:
        return [database.sightings(), database.events()]


def test_several_workers_write_the_same_rows_though_one_is_killed(folder, alone, monkeypatch):
    killed: list[BaseProcess] = []

    class KillsOne(ArchiveProgress):
        def show(self, done: Chunk) -> None:
            """Kill a worker as soon as a chunk is written: not all others have been given out by then."""
            super().show(done)
            if not killed:
                killed.append(multiprocessing.active_children()[0])
                killed[0].kill()

    monkeypatch.setattr("stream.cli.archive.ArchiveProgress", KillsOne)
    several = archived(folder, "several.db", 2)
    killed[0].join()
    assert killed[0].exitcode == -signal.SIGKILL
    assert rows(several) == [alone.sightings(), alone.events()]


def test_one_run_over_the_whole_sees_the_same_people_at_the_same_times(folder, alone):
    db = shutil.copy(folder / "gallery.db", folder / "whole.db")
    assert command("watch", str(folder / "films" / "door.mp4"), "--db", str(db), *DETECTOR) == 0
    whole, _ = rows(db)
    found = alone.sightings()
    assert {one.person for one in found} == {one.person for one in whole} == {NAME, None}
    off = [seconds for one in whole for seconds in nearest(one, found)]
    assert sum(seconds <= 1 for seconds in off) >= 0.95 * len(off)
    assert len(found) == pytest.approx(len(whole), rel=0.05)


def test_what_was_watched_is_known(folder, alone, capsys):
    capsys.readouterr()
    assert command("archive", str(folder / "films" / "door.mp4"), "--db", alone.place, *DETECTOR, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["known"], told["recordings"], told["problems"]) == (1, 0, [])
