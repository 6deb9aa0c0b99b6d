"""The same database on a PostgreSQL server: several processes, an outage, and what SQLite takes and it does not."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from db import (
    Database,
    DatabaseAwayError,
    DatabaseError,
    DatabaseLockedError,
    Event,
    SearchIndex,
    SightingWriter,
    prune,
)
from db.events.audience import Audience
from db.events.outbox import Outbox, digest
from db.events.telling import Telling
from db.history.history import History
from db.unknowns.unknowns import Unknowns
from models.scores import person_scores
from tests.fakes import unit
from tests.people import DIGEST, at, enrol, new_sample, picture, untold
from tests.postgresql import Server
from tests.strangers import keep, new_stay

ROOT = Path(__file__).parents[2]


START = """
import sys
from db import Database
with Database.open(sys.argv[1]) as database:
    print(database.generation())
"""


def test_three_first_starts_at_once(url: str) -> None:
    command = [sys.executable, "-c", START, url]
    starts = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(3)]
    assert [start.communicate()[0].strip() for start in starts] == [b"0"] * 3


def test_of_two_embedders_that_enrol_at_once_one_is_refused(database: Database, url: str) -> None:
    with Database.open(url) as other:
        ready = threading.Barrier(2)

        def enrol_with(who: Database, digest: str) -> str:
            ready.wait()
            try:
                who.add_samples("Ada", [new_sample(0, digest)])
            except DatabaseError as error:
                return str(error)
            return ""

        for _ in range(10):
            with ThreadPoolExecutor(2) as pool:
                told = list(pool.map(enrol_with, (database, other), ("a" * 64, "b" * 64)))
            assert sorted(map(bool, told)) == [False, True], told
            assert "enrolled with another embedder" in "".join(told)
            database.remove("Ada")


def test_people_enrolled_by_two_at_once_are_all_there(database: Database, url: str) -> None:
    def enrol_ten(who: Database) -> None:
        for seed in range(10):
            who.add_samples("Both", [new_sample(seed)])

    with Database.open(url) as other, ThreadPoolExecutor(2) as pool:
        list(pool.map(enrol_ten, (database, other)))
    assert database.person("Both").samples == 20
    assert database.generation() == 20


def test_the_gallery_is_whole_while_somebody_is_removed(database: Database, url: str) -> None:
    enrol(database, *(f"person {number}" for number in range(30)))

    def remove_all() -> None:
        with Database.open(url) as other:
            for number in range(30):
                other.remove(f"person {number}")

    with ThreadPoolExecutor(1) as thread:
        removing = thread.submit(remove_all)
        while not removing.done():
            gallery = database.gallery(DIGEST)
            assert len(gallery.people) == len(gallery.embeddings) == 30 - (gallery.generation - 30)
        removing.result()


def test_a_watch_goes_on_over_one_second_of_outage(server: Server, database: Database) -> None:
    (ada,) = enrol(database, "Ada")
    index = SearchIndex(database, DIGEST, person_scores)
    box = Outbox(database, digest("https://door/"))
    with SightingWriter(database, interval=0.1, audience=Audience(outboxes=[box])) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5)
        while not database.sightings():
            time.sleep(0.01)
        server.stop()
        began = time.monotonic()
        with pytest.raises(DatabaseAwayError, match=r"cannot be reached .*: check that its server runs"):
            database.people()
        while time.monotonic() < began + 1:
            writer.extend(key, at(5), 0.6)
            assert [match.person.name for match in index.search(new_sample(0).embedding[None])[0]] == ["Ada"]
            time.sleep(0.05)
        server.start()
        writer.note(Event(at(6), "door", "left", 1, name="Ada", similarity=0.6), key, untold)
    (sighting,) = database.sightings()
    assert (sighting.last_seen, sighting.similarity, sighting.person) == (at(6), 0.6, "Ada")
    assert (message := box.claim()) is not None
    assert message.event.name == "Ada"


def test_who_waits_for_another_writer_for_too_long_is_told(database: Database, url: str) -> None:
    with Database.open(url, timeout=0.1) as other, database.writing() as session:
        session.connection()
        with pytest.raises(DatabaseLockedError, match="is locked by another program"):
            enrol(other, "Ada")


@pytest.mark.parametrize("camera", ["d" * 300, "d\0or", "caf\udce9" * 40, "ü" * 201])
def test_a_cameras_name_may_be_anything(database: Database, camera: str) -> None:
    with SightingWriter(database) as writer:
        key = writer.open(camera, at(0))
        writer.note(Event(at(0), camera, "entered", 1), key, untold)
        writer.open(camera[:-1], at(100))
    (sighting,) = database.sightings(camera=camera)
    assert (sighting.first_seen, len(sighting.camera) <= 200) == (at(0), True)
    assert [event.event for event in database.events(camera=camera)] == ["entered"]


def test_a_path_may_be_anything(database: Database, tmp_path: Path) -> None:
    sample = new_sample()
    database.add_samples("Ada\0", [type(sample)(sample.embedding, DIGEST, 0.5, "a\0b" * 1000, b"crop")])
    assert database.samples("ada")[0].source.startswith("a\\x00b")


def test_all_of_a_person_goes(database: Database, tmp_path: Path) -> None:
    (ada,) = enrol(database, "Ada")
    box = Outbox(database, digest("https://door/"))
    with SightingWriter(database, audience=Audience(outboxes=[box])) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5, picture(tmp_path / "1.jpg"))
        writer.note(Event(at(0), "door", "named", 1, name="Ada", similarity=0.5), key, untold)
    erased = database.remove("Ada")
    assert (erased.samples, erased.sightings, erased.snapshots, erased.messages) == (1, 1, 1, 1)
    assert (database.people(), database.sightings(), database.events(), len(box)) == ([], [], [], 0)
    assert list(tmp_path.iterdir()) == []
    prune(database, at(0))
    database.check()


def test_senders_share_a_queue(database: Database, url: str) -> None:
    with Database.open(url) as other:
        boxes = [Outbox(each, digest("https://door/")) for each in (database, other)]
        with SightingWriter(database, audience=Audience(outboxes=boxes[:1])) as writer:
            for second in range(30):
                writer.note(Event(at(second), "door", "camera_lost"), None, untold)

        def send(box: Outbox) -> list[int]:
            sent = []
            while len(box):
                if (message := box.claim()) is not None:
                    sent.append(message.id)
                    box.remove(message)
            return sent

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(send, boxes)
    assert sorted(first + second) == list(range(1, 31))


def test_one_that_is_not_there_is_read_as_an_empty_one(url: str) -> None:
    with Database.open_to_read(url) as database:
        assert database.people() == []
    with Database.open(url) as database:
        enrol(database, "Ada")
    with Database.open_to_read(url) as database:
        assert [person.name for person in database.people()] == ["Ada"]
        with pytest.raises(DatabaseError, match="is read-only"):
            database.remove("Ada")


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://ada:s3cret@/people?host={tmp_path}"
    with pytest.raises(DatabaseError, match="cannot be reached") as raised:
        Database.open(url)
    assert "s3cret" not in str(raised.value)


def test_decisions_are_taken_back(database: Database) -> None:
    enrol(database, "Ada", "Bob")
    keep(database, new_stay(unit(1)), new_stay(unit(0, 1)), new_stay(unit(1)))
    unknowns, history = Unknowns(database), History(database)
    unknowns.split(1, [1])
    unknowns.merge(2, 1)
    unknowns.name(1, "Cleo", [new_sample(5)])
    database.merge("Ada", "Bob")
    for decision in history.decisions(limit=4):
        history.undo(decision.id)
    assert [person.name for person in database.people()] == ["Ada", "Bob"]
    assert sorted((one.id, one.visits) for one in unknowns.everybody()) == [(1, 2), (2, 1)]


def test_a_visit_before_the_cameras_of_two_programs_is_told_once(database: Database, url: str) -> None:
    (ada,) = enrol(database, "Ada")
    visits, told, clock = Telling(by_visit=True, gap=timedelta(seconds=60), shared=True), [], [at(0)]

    def see(writer: SightingWriter, camera: str, t: int) -> None:
        clock[0] = at(t + 5)
        key = writer.open(camera, at(t))
        writer.name(key, ada, 0.7)
        for event, moment in (("named", at(t)), ("left", at(t + 5))):
            writer.note(Event(moment, camera, event, t, name="Ada"), key, told.append)  # type: ignore[arg-type]
        writer.close(key, at(t + 5))

    with Database.open(url) as other:
        for camera, where, t in (("door", database, 0), ("hall", other, 30), ("door", database, 200)):
            with SightingWriter(where, audience=Audience(telling=visits), now=lambda: clock[0]) as writer:
                see(writer, camera, t)
    assert [(event.camera, event.event, event.time) for event in told] == [
        ("door", "named", at(0)),
        ("hall", "left", at(35)),
        ("door", "named", at(200)),
    ]
