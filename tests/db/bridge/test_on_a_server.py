"""The same with a PostgreSQL server that is stopped, is full, or refuses, and a watch that is killed meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from db import Database, DatabaseError, Event, SightingWriter
from db.bridge.leaving import Writers
from db.events.audience import Audience
from db.events.outbox import Outbox
from tests.db.bridge.runs import DOOR, ROOT, nobody, stored
from tests.people import at, enrol, untold
from tests.postgresql import Server, running_or_skipped
from tests.waiting import wait_for

DISK = 128 * 2**20  # bytes; a server takes 60 million


def writer_of(database: Database, folder: Path) -> SightingWriter:
    """A hasty one, that would not wait for long."""
    writers = writers_of(database, folder)
    return SightingWriter(database, interval=0.05, patience=0.5, audience=writers.audience, bridge=writers.bridge())


def writers_of(database: Database, folder: Path) -> Writers:
    return Writers(database, nobody, 10.0, Audience(outboxes=[Outbox(database, DOOR)]), folder=folder)


def come_by(writer: SightingWriter, person: int, number: int) -> None:
    """Somebody comes and goes, the number tells when."""
    key = writer.open("door", at(100 * number))
    writer.name(key, person, 0.5)
    writer.note(Event(at(100 * number), "door", "named", number, name="Ada", similarity=0.5), key, untold)
    writer.close(key, at(100 * number + 5))


def visits(count: int) -> Any:
    """What is stored of so many who came by."""
    sightings = [("Ada", at(100 * number), at(100 * number + 5)) for number in range(count)]
    return sightings, [(number, number) for number in range(count)], count


def found(database: Database) -> Any:
    sightings, events, messages = stored(database)
    return (
        [(one.person, one.first_seen, one.last_seen) for one in sightings],
        [([one.id for one in sightings].index(event.sighting), event.track) for event in events],
        messages,
    )


def test_an_outage_longer_than_its_patience_ends_no_watch(server: Server, database: Database, tmp_path: Path) -> None:
    (ada,) = enrol(database, "Ada")
    with writer_of(database, tmp_path) as writer:
        come_by(writer, ada, 0)
        wait_for(database.sightings)
        server.stop()
        began = time.monotonic()
        for number in range(1, 20):
            come_by(writer, ada, number)
            time.sleep(0.1)
        assert time.monotonic() - began > 1
        server.start()
        wait_for(lambda: len(database.sightings()) == 20)
        come_by(writer, ada, 20)
    assert found(database) == visits(21)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from db import Database
from tests.db.bridge.test_on_a_server import come_by, writer_of

with Database.open(sys.argv[1], timeout=2.0) as database, writer_of(database, Path(sys.argv[2])) as writer:
    ada = database.person("Ada").id
    for number in range(10_000):
        come_by(writer, ada, number)
        while writer._in_memory:  # what is on disk, or stored, is acknowledged
            time.sleep(0.001)
        print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kill_9_while_the_server_is_away_loses_nothing(
    server: Server,
    database: Database,
    url: str,
    tmp_path: Path,
) -> None:
    enrol(database, "Ada")
    command = [sys.executable, "-c", KILLED, url, tmp_path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        for _ in range(5):
            watch.stdout.readline()
        server.stop()
        for _ in range(5):
            last = watch.stdout.readline()
        watch.kill()
        last = (watch.stdout.read() or last).split()[-1]
    assert watch.returncode == -signal.SIGKILL
    server.start()
    writers_of(database, tmp_path).store_left_behind()
    count = int(last) + 1
    sightings, events, messages = found(database)
    assert (sightings[:count], events[:count]) == visits(count)[:2]
    # The visit after it may have come on disk unheard, wholly or in part.
    assert len(sightings) <= count + 1 and count <= len(events) == messages <= count + 1


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a disk of its own, of some megabytes."""
    with TemporaryDirectory(prefix="pg-") as folder:
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "small", folder]
        if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True).returncode:
            pytest.skip("needs the right to mount a disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    """Leave not a byte of a disk free."""
    with suppress(OSError), file.open("wb", buffering=0) as growing:
        while growing.write(bytes(4096)) == 4096:
            pass


def test_a_full_disk_of_the_server_is_told_in_one_sentence_and_waited_for(
    small_disk: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_or_skipped(folder=small_disk) as server, Database.open(server.new_database()) as database:
        (ada,) = enrol(database, "Ada")
        ballast = small_disk / "ballast"
        with writer_of(database, tmp_path) as writer:
            fill(ballast)
            for number in range(3):
                come_by(writer, ada, number)
                wait_for(lambda: not writer._in_memory)
            assert database.sightings() == []
            with pytest.raises(DatabaseError, match=r"^The database .* cannot grow because the disk is full: [^\n]*$"):
                database.set_setting("large", os.urandom(1_000_000).hex())
            ballast.unlink()
        assert found(database) == visits(3)
        told, back = [record.getMessage() for record in caplog.records]
        assert told.startswith(f"The database {database.place} cannot grow because the disk is full: free some space")
        assert back == f"The database {database.place} is back: what has waited for it is stored."


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("tester@127.0.0.1:1/people", "Connection refused"),
        ("tester@nowhere.invalid/people", "nowhere.invalid"),
        ("tester:s3cret@/people?host=/nowhere", "No such file or directory"),
    ],
)
def test_a_wrong_address_is_told_in_one_sentence(address: str, cause: str) -> None:
    with pytest.raises(DatabaseError, match=r"^The database .* cannot be reached \(.*\): check that") as raised:
        Database.open(f"postgresql+psycopg://{address}")
    assert cause in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_wrong_database_of_a_server_is_told_in_one_sentence(server: Server) -> None:
    with pytest.raises(DatabaseError, match=r'cannot be reached \(.*database "nobodys" does not exist\): check that'):
        Database.open(server.url("nobodys"))
