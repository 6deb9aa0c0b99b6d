"""The command line: what each command prints, and how it ends."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from db import Database, Match, Person, SightingWriter
from models.analysis import Face
from models.images import to_jpeg
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, scores_path
from stream.cli import gallery as gallery_commands
from stream.cli import watch
from stream.cli.main import COMMANDS, commands, main
from stream.cli.terminal import PARTS
from stream.errors import StreamError
from stream.gallery.calibrate import stored
from stream.gallery.enroll import Verdict
from stream.gallery.identify import Identified
from stream.gallery.identity import UNKNOWN
from tests.clips import make_clip
from tests.people import DIGEST, new_sample

MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path, monkeypatch) -> Path:
    """A database with Ada and Bob; the commands take it from the environment."""
    path = tmp_path / "people.db"
    monkeypatch.setenv("DOORMAN_DB", str(path))
    with Database.open(path) as database:
        ada = database.add_samples("Ada", [new_sample(1), new_sample(2)])
        database.add_samples("Bob", [new_sample(3)])
        with SightingWriter(database) as writer:
            key = writer.open("door", MOMENT)
            writer.name(key, ada.id, 0.7)
            writer.close(key, MOMENT + timedelta(seconds=5))
    return path


@pytest.fixture
def doorman(monkeypatch, capsys):
    """Runs a command; gives its exit status, output and error output."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["doorman", *arguments])
        with pytest.raises(SystemExit) as ending:
            main()
        return int(ending.value.code or 0), *capsys.readouterr()

    return call


@pytest.fixture
def levels():
    """Puts back what the commands set."""
    loggers = [logging.getLogger(part) for part in PARTS]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("options", "told"), [([], {"WARNING", "ERROR"}), (["-q"], {"ERROR"}), (["-v"], {"DEBUG", "WARNING", "ERROR"})]
)
def test_as_much_is_logged_as_is_wished(db, doorman, monkeypatch, caplog, levels, options, told):
    def tell(*_, **__):
        log = logging.getLogger("stream.somewhere")
        for level in (logging.DEBUG, logging.WARNING, logging.ERROR):
            log.log(level, "Something is so.")
        return []

    monkeypatch.setattr(Database, "people", tell)
    assert doorman(*options, "people", "list")[0] == 0
    assert {record.levelname for record in caplog.records if record.name == "stream.somewhere"} == told


def test_much_and_little_at_once_is_wrong_usage(db, doorman):
    assert doorman("-v", "-q", "people", "list")[0] == 2


LOG = """
import logging
from stream.cli.terminal import keep_log
keep_log(logging.WARNING)
logging.getLogger("stream").warning("Something is so.")
"""


def test_each_line_of_the_log_has_its_time():
    done = subprocess.run([sys.executable, "-c", LOG], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d Something is so\.\n", done.stderr)


def test_people_are_listed(db, doorman):
    status, out, _ = doorman("people", "list")
    assert status == 0
    assert "Ada" in out
    assert "Bob" in out


def test_people_are_told_as_json(db, doorman):
    _, out, _ = doorman("people", "list", "--json")
    assert [(person["name"], person["samples"]) for person in json.loads(out)] == [("Ada", 2), ("Bob", 1)]


def test_the_pictures_of_a_person_are_listed(db, doorman):
    _, out, _ = doorman("people", "show", "ada", "--json")
    assert [sample["source"] for sample in json.loads(out)] == ["1.jpg", "2.jpg"]


@pytest.fixture
def clock_ahead(monkeypatch):
    """Sets the user's clock so many hours ahead of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's clock cannot be set for one program")

    def ahead(hours: int) -> None:
        monkeypatch.setenv("TZ", f"HERE{-hours}")
        time.tzset()

    yield ahead
    monkeypatch.undo()
    time.tzset()


def test_when_they_were_enrolled_is_told_programs_in_iso_8601_and_users_by_their_own_clock(db, clock_ahead, doorman):
    clock_ahead(14)
    (told, _) = (datetime.fromisoformat(one["created"]) for one in json.loads(doorman("people", "list", "--json")[1]))
    (first, _) = json.loads(doorman("people", "show", "Ada", "--json")[1])
    assert first["created"] == datetime.fromisoformat(first["created"]).isoformat(timespec="milliseconds")
    assert f"{told.astimezone():%Y-%m-%d}" in doorman("people", "list")[1]
    assert f"{told.astimezone():%Y-%m-%d %H:%M}" in doorman("people", "show", "Ada")[1]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_letters_that_the_output_does_not_have_are_written_as_in_json(db, doorman, monkeypatch, options):
    doorman("people", "rename", "Bob", "José")
    narrow = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    assert doorman("people", "list", *options)[0] == 0
    narrow.flush()
    assert b"Jos\\u00e9" in narrow.buffer.getvalue()


def test_people_are_renamed_merged_exported_and_removed(db, doorman, tmp_path):
    assert doorman("people", "rename", "Bob", "Rob [x]")[:2] == (0, "Bob is now Rob [x].\n")
    assert doorman("people", "merge", "Rob [x]", "Ada")[:2] == (0, "Ada now has 3 pictures.\n")
    assert doorman("people", "export", "Ada", str(tmp_path / "out"))[0] == 0
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 3
    assert doorman("people", "remove", "Ada", "--yes")[:2] == (
        0,
        "Erased 3 pictures, 1 sightings, 0 snapshots.\n",
    )
    assert json.loads(doorman("people", "list", "--json")[1]) == []


def test_one_picture_is_dropped_by_its_number(db, doorman):
    (first, second) = json.loads(doorman("people", "show", "Ada", "--json")[1])
    dropped = doorman("people", "drop", str(first["id"]))
    assert dropped[:2] == (0, f"Dropped picture {first['id']}: Ada has 1 left.\n")
    assert json.loads(doorman("people", "show", "Ada", "--json")[1]) == [second]
    status, _, error = doorman("people", "drop", str(first["id"]))
    assert (status, "`doorman people show NAME` lists a person's" in error) == (1, True)


def test_an_exported_person_is_imported_again(db, doorman, tmp_path):
    doorman("people", "export", "Ada", str(tmp_path))
    doorman("people", "remove", "Ada", "--yes")
    imported = doorman("people", "import", str(tmp_path / "Ada-1"), "--snapshots", str(tmp_path / "seen"))
    assert imported[:2] == (0, "Ada now has 2 pictures.\n")
    assert json.loads(doorman("sightings", "--json")[1])[0]["person"] == "Ada"
    status, _, error = doorman("people", "import", str(tmp_path))
    assert (status, "is not what `doorman people export` has written" in error) == (1, True)


def test_a_backup_is_named_when_somebody_is_erased(db, doorman, tmp_path):
    copy = str(tmp_path / "copy.db")
    assert doorman("backup", copy)[0] == 0
    assert len(json.loads(doorman("people", "list", "--json", "--db", copy)[1])) == 2
    told = doorman("people", "remove", "Ada", "--yes")[1]
    assert told.endswith(f"still in these copies, for you to delete: {copy}\n")


def test_commands_that_only_read_make_no_database(doorman, tmp_path):
    place = tmp_path / "new.db"
    for command in (["people", "list", "--json"], ["sightings", "--json"]):
        assert doorman(*command, "--db", str(place))[:2] == (0, "[]\n")
    assert not place.exists()


def test_sightings_as_table_csv_and_json(db, doorman):
    assert "Ada" in doorman("sightings")[1]
    csv = doorman("sightings", "--csv")[1].splitlines()
    assert csv[0] == "id,person,camera,first_seen,last_seen,similarity,snapshot"
    assert csv[1].startswith("1,Ada,door,2026-01-01T12:00:00")
    assert json.loads(doorman("sightings", "--json")[1])[0]["person"] == "Ada"


def test_sightings_are_chosen_by_time_camera_and_name(db, doorman):
    for options, count in (
        (["--since", "2025-12-31"], 1),
        (["--since", "2026-02-01"], 0),
        (["--until", "2025-12-31"], 0),
        (["--until", "2026-01-01"], 1),  # that day is meant whole
        (["--since", "2h"], 0),
        (["--until", "yesterday"], 1),
        (["--camera", "door"], 1),
        (["--camera", "garden"], 0),
        (["--name", "Ada"], 1),
        (["--name", "Bob"], 0),
    ):
        assert len(json.loads(doorman("sightings", "--json", *options)[1])) == count, options


@pytest.mark.parametrize(("hours", "moment"), [(0, "0001-01-01"), (14, "0001-01-01"), (-10, "9999-12-31T23:59:59")])
def test_a_time_at_the_edge_of_the_calendar_is_wrong_usage(db, clock_ahead, doorman, hours, moment):
    clock_ahead(hours)
    assert doorman("sightings", "--since", moment)[0] == 2


def test_old_sightings_are_pruned(db, doorman):
    assert doorman("prune", "--days", "0")[:2] == (0, "Erased 1 sightings and 0 snapshots.\n")
    erased = {"samples": 0, "sightings": 0, "snapshots": 0, "messages": 0, "strangers": 0, "copies": []}
    assert json.loads(doorman("prune", "--days", "0", "--json")[1]) == erased


def test_what_is_no_time_is_wrong_usage(db, doorman):
    status, _, error = doorman("sightings", "--since", "soon")
    assert (status, "is no time" in error) == (2, True)


def test_a_problem_is_one_sentence_and_status_1(db, doorman):
    status, out, error = doorman("people", "show", "Adda")
    assert (status, out) == (1, "")
    assert error == "Nobody called Adda is enrolled: did you mean Ada?\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["watch", "nowhere.mp4"],
        ["enroll", "nowhere"],
        ["compare", "nowhere.jpg", "nowhere.png"],
        ["detect", "nowhere", "--csv", "faces.csv"],
        ["detect", "long" * 100, "--csv", "faces.csv"],
        ["enroll", "long" * 100],
        ["people", "export", "Ada", "long" * 100],
        ["watch", "door=0", "door=rtsp://127.0.0.1:1/a"],
        ["watch", "a.mp4", "b.mp4", "--out", "c.mp4"],
        ["evaluate", "pairs", "--data", "nowhere"],
        ["calibrate", "--embedder", "nowhere"],
    ],
)
def test_what_is_not_there_is_told_without_a_traceback(db, doorman, arguments):
    status, _, error = doorman(*arguments)
    assert status == 1
    assert error.strip()
    assert "Traceback" not in error


def test_a_video_is_not_written_over_what_is_watched(db, doorman, tmp_path):
    clip = make_clip(tmp_path / "a.mp4", count=3)
    before = clip.read_bytes()
    for option in ("--out", "--log", "--events"):
        status, _, error = doorman("watch", f"door={clip}", option, str(clip), "--lookahead", "0")
        assert (status, error) == (1, f"{clip} is read, and would be written over: choose another name.\n")
    assert clip.read_bytes() == before


@pytest.fixture
def gallery(monkeypatch):
    """A recognizer in the place of the networks' own, which finds what the test puts into the list."""
    found: list[Identified] = []
    recognizer = SimpleNamespace(identify=lambda image: found, rule=SimpleNamespace(threshold=0.3))
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    return found


def test_a_picture_without_faces_is_told(gallery, doorman, tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.zeros((40, 40, 3), np.uint8))
    status, out, _ = doorman("identify", str(tmp_path / "wall.png"))
    assert status == 0
    assert out == f"No face was found in {tmp_path / 'wall.png'}: take a picture that shows one clearly.\n"
    told = json.loads(doorman("identify", str(tmp_path / "wall.png"), "--json")[1])
    assert told == {"image": str(tmp_path / "wall.png"), "threshold": 0.3, "faces": []}


def test_similarities_are_told_with_their_meaning_as_json_too(gallery, doorman, tmp_path):
    cv2.imwrite(str(tmp_path / "party.png"), np.zeros((40, 40, 3), np.uint8))
    face = Face(np.zeros(4, np.float32), 0.9, None, None, None, 0.5, None)
    gallery.append(Identified(face, [Match(Person(1, "Ada", MOMENT, 2), 0.35)], UNKNOWN))
    told = json.loads(doorman("identify", str(tmp_path / "party.png"), "--json")[1])
    assert told["threshold"] == 0.3
    assert told["faces"][0]["matches"] == [{"name": "Ada", "similarity": 0.35, "meaning": "the same person"}]


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["watch", "--detect-every", "0"],
        ["enroll"],
        ["enroll", "--camera", "0"],
        ["people", "show"],
        ["calibrate", "--far", "0"],
        ["watch", "--threshold", "60"],
        ["compare", "a.jpg", "b.jpg", "--threshold", "-1.1"],
        ["sightings", "--json", "--csv"],
    ],
)
def test_wrong_usage_is_status_2(db, doorman, arguments):
    assert doorman(*arguments)[0] == 2


def test_force_holds_before_a_camera_too(doorman, monkeypatch):
    forced = []
    monkeypatch.setattr(
        gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(SimpleNamespace(enroller=None))
    )
    monkeypatch.setattr(
        gallery_commands, "from_camera", lambda *given: forced.append(given[-1]) or [Verdict("Ada", "camera0")]
    )
    assert doorman("enroll", "--camera", "0", "--name", "Ada", "--force")[0] == 0
    assert forced == [True]


@pytest.mark.parametrize("place", [["nowhere.jpg"], ["--camera", "0"]])
def test_a_name_that_is_none_is_told_before_anything_is_looked_at(db, doorman, place):
    status, _, error = doorman("enroll", *place, "--name", "")
    assert (status, error) == (1, "A person's name must not be empty: give at least one visible character.\n")


@pytest.fixture
def wished(doorman, monkeypatch, tmp_path):
    """Runs `watch` with a settings file up to where sources would be opened; gives the cameras and their wishes."""
    (tmp_path / "home.toml").write_text("""
        lookahead = 9.0
        detect_every = 4
        [[camera]]
        name = "door"
        source = "rtsp://door"
        [[camera]]
        name = "garden"
        source = "1"
        detect_every = 2
    """)

    def call(*arguments: str) -> list[tuple[str, int | None, float]]:
        seen = []

        def open_feeds(cameras):
            seen.extend((camera.called, camera.detect_every, camera.lookahead) for camera in cameras)
            raise StreamError("That is enough.")

        monkeypatch.setattr(watch, "open_feeds", open_feeds)
        assert doorman("watch", "--config", str(tmp_path / "home.toml"), *arguments)[0] == 1
        return seen

    return call


def test_a_settings_file_tells_cameras_and_options(db, wished):
    assert wished() == [("door", 4, 9.0), ("garden", 2, 9.0)]


def test_the_command_line_goes_before_the_settings_file(db, wished):
    assert wished("--detect-every", "7") == [("door", 7, 9.0), ("garden", 7, 9.0)]
    assert wished("yard=0", "--lookahead", "1") == [("yard", 4, 1.0)]


def test_a_settings_file_to_begin_with_is_printed(doorman):
    _, told, _ = doorman("export-settings")
    assert "# Cosine from which a face gets a name" in told
    assert "# threshold = " in told


def test_without_any_source_the_first_webcam_is_watched(db, doorman, monkeypatch):
    seen = []
    monkeypatch.setattr(watch, "open_feeds", lambda cameras: seen.extend(cameras) or sys.exit(0))
    doorman("watch")
    assert [(camera.source, camera.called) for camera in seen] == [("0", "camera0")]


def test_a_file_that_is_no_database_is_told(tmp_path, doorman):
    (tmp_path / "notes.txt").write_text("no database" * 100)
    status, _, error = doorman("people", "list", "--db", str(tmp_path / "notes.txt"))
    assert status == 1
    assert "is not a database" in error


@pytest.fixture
def own_embedder(tmp_path, monkeypatch) -> ModelEntry:
    """An embedder that made the gallery of `db`, and its score set."""
    size = ModelInput(112, 112, "rgb", (0, 0, 0), (1, 1, 1))
    entry = ModelEntry("own", "embedding", tmp_path / "own.onnx", DIGEST, size)
    scores = np.random.default_rng(0).normal(0.2, 0.1, (40, 1, 40)).astype(np.float32)
    scores[np.arange(40), :, np.arange(40)] = np.nan
    ScoreSet(DIGEST, np.array([1]), scores, np.arange(40)).write(scores_path(entry.path))
    monkeypatch.setattr(gallery_commands, "find", lambda task, name: entry)
    return entry


def test_a_gallery_is_calibrated(db, own_embedder, doorman, tmp_path):
    status, out, _ = doorman("calibrate", "--far", "0.05", "--out", str(tmp_path / "report"))
    assert status == 0
    assert "the 2 people enrolled is then about 5 %" in out
    assert (tmp_path / "report" / "calibration.json").is_file()
    told = json.loads(doorman("calibrate", "--json")[1])["calibration"]
    with Database.open(db) as database:
        assert stored(database, DIGEST).threshold.value == told["threshold"]["value"]


def test_a_threshold_whose_report_cannot_be_written_is_not_in_force(db, own_embedder, doorman, tmp_path):
    (tmp_path / "report").touch()
    status, _, error = doorman("calibrate", "--out", str(tmp_path / "report"))
    assert (status, "cannot be written" in error) == (1, True)
    with Database.open(db) as database:
        assert stored(database, DIGEST) is None


def test_a_gallery_is_rebuilt_for_another_embedder(db, own_embedder, doorman, monkeypatch):
    class Network:
        def __init__(self, entry):
            self.entry = entry

        def run(self, batch):
            return [batch.reshape(len(batch), -1)[:, :512]]

    for name in ("Ada", "Bob"):
        doorman("people", "remove", name, "--yes")
    crop = to_jpeg(np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8))
    with Database.open(db) as database:
        database.add_samples("Eve", [new_sample(1, crop=crop)])
    doorman("calibrate")
    monkeypatch.setattr(
        gallery_commands, "find", lambda task, name: replace(own_embedder, name="better", sha256="b" * 64)
    )
    monkeypatch.setattr(gallery_commands, "Network", Network)
    assert "doorman reembed" in doorman("calibrate")[2]
    status, out, _ = doorman("reembed", "--embedder", "better")
    assert status == 0
    assert out.startswith("Embedded 1 pictures anew with better.\nThe calibrated threshold is dropped")
    with Database.open(db) as database:
        assert len(database.gallery("b" * 64).embeddings) == 1


def test_doctor_tells_what_is_wrong(db, doorman, tmp_path):
    status, out, _ = doorman("doctor", "--json", "--db", str(tmp_path))
    assert status == 1
    findings = {finding["subject"]: finding for finding in json.loads(out)}
    assert findings["database"]["problem"]
    assert findings["disk"]["state"]


def single_commands(commands):
    """The commands of groups, and of groups in them, by name; a group that is a command by itself is one, too."""
    for name, command in commands.items():
        inside = getattr(command, "commands", {})
        if not inside or getattr(command, "invoke_without_command", False):
            yield name, command
        yield from single_commands(inside)


def test_every_command_has_help_with_an_example():
    loaded = {name: command.load() for name, command in commands.commands.items()}
    single = list(single_commands(loaded))
    assert [name for name, command in single if "Example: doorman " not in command.help] == []


def test_what_a_command_does_is_told_the_same_before_it_is_loaded():
    told = {name: sentence for name, _, sentence in COMMANDS}
    assert told == {name: command.load().help.partition("\n")[0] for name, command in commands.commands.items()}


def test_it_runs_as_a_program():
    done = subprocess.run([sys.executable, "run.py", "--help"], capture_output=True, text=True, check=True)
    assert "watch" in done.stdout


@pytest.mark.parametrize("command", [["enroll"], ["identify"], ["compare", "a.jpg"], ["detect", "--csv", "a.csv"]])
def test_an_address_in_the_place_of_a_picture_is_told_without_its_password(doorman, db, command):
    status, _, told = doorman(*command, "rtsp://me:secret@cam/live")
    assert status == 2
    assert "…@cam/live is an address" in told
    assert "secret" not in told


def test_a_folder_that_is_gone_is_told(tmp_path):
    (tmp_path / "gone").mkdir()
    leave = "import os, sys, run; os.chdir('gone'); os.rmdir('../gone')"
    command = f"{leave}; sys.argv = ['doorman', 'doctor']; run.main()"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "DOORMAN_DB": "sqlite://"}
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "The folder in which you are is gone: change into another one." in done.stderr
    assert "Traceback" not in done.stderr
