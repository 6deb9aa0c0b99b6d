"""What holds for all commands: log, help, usage, and how they end."""

import io
import logging
import re
import subprocess
import sys

import pytest

from db import Database
from stream.cli.main import COMMANDS, commands
from stream.cli.terminal import PARTS


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


@pytest.mark.parametrize(
    "arguments",
    [
        ("enroll", ""),
        ("identify", "a.jpg", ""),
        ("detect", "a.jpg", "--csv", ""),
        ("people", "import", ""),
        ("watch", "0", "--snapshots="),
    ],
)
def test_an_empty_path_is_not_the_folder_in_which_one_is(db, doorman, arguments):
    status, _, error = doorman(*arguments)
    assert status == 2
    assert "it is empty; check the variable" in " ".join(error.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("calibrate", "--far"),
        ("compare", "a.jpg", "b.jpg", "--threshold"),
        ("detect", "a.jpg", "--csv", "a.csv", "--min-score"),
        ("archive", "a.mp4", "--chunk"),
        ("today", "--gap"),
        ("prune", "--days"),
    ],
)
def test_what_is_no_number_is_in_no_range(db, doorman, arguments):
    status, _, error = doorman(*arguments, "nan")
    assert status == 2
    assert "nan is no number" in error


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


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_letters_that_the_output_does_not_have_are_written_as_in_json(db, doorman, monkeypatch, options):
    doorman("people", "rename", "Bob", "José")
    narrow = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    assert doorman("people", "list", *options)[0] == 0
    narrow.flush()
    assert b"Jos\\u00e9" in narrow.buffer.getvalue()


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
        ["detect", "a.jpg", "--csv", "faces.csv", "--size", "31"],
        ["detect", "a.jpg", "--csv", "faces.csv", "--size", "large"],
        ["detect", "a.jpg", "--csv", "faces.csv", "--tiles", "0"],
        ["detect", "a.jpg", "--csv", "faces.csv", "--tiles", "many"],
    ],
)
def test_wrong_usage_is_status_2(db, doorman, arguments):
    assert doorman(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["serve", "--port", "8765"], "(Possible options: --web)"),
        (["sightings", "--from", "2026-11-24"], "(Possible options: --since)"),
        (["people", "list", "--from", "2026-11-24"], "No such option: --from "),  # it has nothing of the kind
    ],
)
def test_an_option_as_others_call_it_is_told_by_our_name(db, doorman, arguments, meant):
    assert meant in doorman(*arguments)[2]


def test_a_file_that_is_no_database_is_told(tmp_path, doorman):
    (tmp_path / "notes.txt").write_text("no database" * 100)
    status, _, error = doorman("people", "list", "--db", str(tmp_path / "notes.txt"))
    assert status == 1
    assert "is not a database" in error


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


@pytest.mark.parametrize("command", [["enroll"], ["identify"], ["compare", "a.jpg"], ["detect", "--csv", "a.csv"]])
def test_an_address_in_the_place_of_a_picture_is_told_without_its_password(doorman, db, command):
    status, _, told = doorman(*command, "rtsp://me:secret@cam/live")
    assert status == 2
    assert "…@cam/live is an address" in told
    assert "secret" not in told
