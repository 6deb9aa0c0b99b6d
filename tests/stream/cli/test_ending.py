"""How the program ends when it is interrupted, and when nobody can take what it prints."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db import Database
from tests.people import new_sample

PROGRAM = [sys.executable, "run.py"]
FULL = Path("/dev/full")


@pytest.fixture
def db(tmp_path) -> str:
    with Database.open(tmp_path / "people.db") as database:
        database.add_samples("Ada", [new_sample(1)])
    return str(tmp_path / "people.db")


def begun(*arguments: str, **more) -> subprocess.Popen:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*PROGRAM, *arguments], **{**pipes, **more})


INTERRUPTED = """
import os, signal, sys
import run

class Interrupting:
    def find_spec(self, name, *_):
        if name == MODULE:
            os.kill(os.getpid(), signal.SIGINT)

MODULE = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupting())
run.main()
"""


@pytest.mark.parametrize("module", ["typer", "sqlalchemy", "onnxruntime"])
def test_an_interruption_while_it_loads_is_told_by_its_status_alone(db, module):
    """It comes when this module begins to be imported."""
    command = [sys.executable, "-c", INTERRUPTED, module, "watch", "rtsp://127.0.0.1:1/", "--db", db]
    done = subprocess.run(command, capture_output=True, timeout=200, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 130)


def test_an_interruption_at_a_question_is_told_by_its_status_alone(db):
    process = begun("people", "remove", "Ada", "--db", db)
    asked = b""
    while b"[y/N]" not in asked:
        asked += process.stdout.read(1) or pytest.fail(process.stderr.read().decode())
    process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=200)[1], process.returncode) == (b"", 130)


def test_the_end_of_the_input_at_a_question_erases_nobody(db):
    done = subprocess.run([*PROGRAM, "people", "remove", "Ada", "--db", db], stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    with Database.open(db) as database:
        assert database.people()


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["people", "list", "--json"]])
def test_a_full_disk_at_the_output_is_told(db, arguments):
    with FULL.open("w") as full:
        process = begun(*arguments, stdout=full, env={**os.environ, "DOORMAN_DB": db})
        _, error = process.communicate(timeout=200)
    assert process.returncode == 1
    assert error.startswith(b"Standard output cannot be written (No space left on device)")
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["people", "list", "--json"]])
def test_an_output_that_nobody_reads_ends_it_in_silence(db, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    process = begun(*arguments, stdout=writer, env={**os.environ, "DOORMAN_DB": db})
    os.close(writer)
    assert (process.communicate(timeout=200)[1], process.returncode) == (b"", 1)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
def test_what_is_to_be_ignored_stays_ignored():
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); import run; run.set_signals(run.at_once);"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    )
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"True"


ASKED = """
import os, sys, threading, time
from stream.cli.ending import asked_to_end
stopping = threading.Event()
with asked_to_end(stopping.set):
    print(flush=True)
    stopping.wait()
    print("what was begun is done", flush=True)
    while sys.argv[1:]:
        time.sleep(0.1)
print("never")
"""


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_is_asked_to_end_breaks_nothing_off(sent, status):
    process = subprocess.Popen([sys.executable, "-c", ASKED], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(sent)
    assert process.communicate(timeout=200)[0] == b"what was begun is done\n"
    assert process.returncode == status


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send to other programs")
def test_who_does_not_end_is_ended_by_one_more_signal():
    process = subprocess.Popen([sys.executable, "-c", ASKED, "never"], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=200)[0] == b""
    assert process.returncode == 130
