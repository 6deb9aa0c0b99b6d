"""A queue on disk: in order, over restarts, bounded, one process at a time."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from db import DatabaseError
from db.sightings.outbox import Outbox


def taken(outbox: Outbox) -> list[str]:
    """All messages, which are taken off."""
    texts = []
    while (message := outbox.oldest()) is not None:
        outbox.remove(message[0])
        texts.append(message[1])
    return texts


def test_messages_come_out_in_order_and_wait_until_they_are_removed(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as outbox:
        assert [outbox.put(text) for text in ("one", "two")] == [0, 0]
        assert outbox.oldest() == outbox.oldest() == (1, "one")
        assert len(outbox) == 2
        assert taken(outbox) == ["one", "two"]
        assert len(outbox) == 0


def test_they_outlive_a_restart(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as outbox:
        outbox.put("one")
    with Outbox.open(tmp_path, "door") as outbox:
        outbox.put("two")
        assert taken(outbox) == ["one", "two"]


def test_what_must_not_be_told_any_more_is_forgotten_in_every_queue_that_is_free(tmp_path: Path) -> None:
    for name in ("door", "garden"):
        with Outbox.open(tmp_path, name) as outbox:
            for text in ("Ada came", "Bob came"):
                outbox.put(text)
    with Outbox.open(tmp_path, "door") as used:
        forgotten = [outbox.forget(lambda text: text.startswith("Ada")) for outbox in Outbox.every(tmp_path)]
        assert (forgotten, len(used)) == ([1], 2)
    with Outbox.open(tmp_path, "garden") as outbox:
        assert taken(outbox) == ["Bob came"]
    assert list(Outbox.every(tmp_path / "nowhere")) == []


CRASH = """
import os, sys
from pathlib import Path
from db.sightings.outbox import Outbox
Outbox.open(Path(sys.argv[1]), "door").put("one")
os._exit(9)
"""


def test_they_outlive_a_crash(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", CRASH, tmp_path], cwd=Path(__file__).parents[3]).returncode == 9
    with Outbox.open(tmp_path, "door") as outbox:
        assert taken(outbox) == ["one"]


def test_one_too_many_costs_the_oldest(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door", limit=2) as outbox:
        assert [outbox.put(text) for text in ("one", "two", "three")] == [0, 0, 1]
        outbox.remove(2)
        assert outbox.put("four") == 0
        assert taken(outbox) == ["three", "four"]


def test_a_second_process_gets_a_queue_of_its_own(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as first, Outbox.open(tmp_path, "door") as second:
        first.put("one")
        second.put("two")
        assert (taken(first), taken(second)) == (["one"], ["two"])


def test_what_waits_in_queues_that_nobody_uses_is_taken_over_in_order(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as first, Outbox.open(tmp_path, "door") as second:
        for outbox, messages in ((second, ("three", "four")), (first, ("one", "two"))):
            for message in messages:
                outbox.put(message)
    with Outbox.open(tmp_path, "door") as outbox:
        assert taken(outbox) == ["one", "two", "three", "four"]
    with Outbox.open(tmp_path, "door") as outbox:
        assert taken(outbox) == []


def test_a_queue_in_use_or_of_another_name_is_left_alone(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door-side") as side:
        side.put("side")
    with Outbox.open(tmp_path, "door") as first, Outbox.open(tmp_path, "door") as second:
        second.put("two")
        first.close()
        with Outbox.open(tmp_path, "door") as third:
            assert (taken(third), taken(second)) == ([], ["two"])
    with Outbox.open(tmp_path, "door-side") as side:
        assert taken(side) == ["side"]


def test_a_file_that_is_no_queue_leaves_the_others_free(tmp_path: Path) -> None:
    (tmp_path / "door-2.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError, match=r"door-2\.db is not a database: move that file away\."):
        Outbox.open(tmp_path, "door")
    (tmp_path / "door-2.db").unlink()
    with Outbox.open(tmp_path, "door") as outbox:
        assert outbox.place == str(tmp_path / "door-1.db")


def test_another_name_is_another_queue(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as door, Outbox.open(tmp_path, "hall") as hall:
        door.put("one")
        assert len(hall) == 0


def test_several_threads_may_use_it(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, "door") as outbox:
        threads = [threading.Thread(target=outbox.put, args=(str(number),)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(int, taken(outbox))) == list(range(20))


def test_a_file_that_is_no_queue_is_told(tmp_path: Path) -> None:
    (tmp_path / "door-1.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError, match=r"is not a database: move that file away\."):
        Outbox.open(tmp_path, "door")


def test_a_queue_that_cannot_be_opened_is_told_with_a_remedy_that_moves_it(tmp_path: Path) -> None:
    (tmp_path / "door-1.db").mkdir()
    with pytest.raises(DatabaseError, match=r"check that it is a file in a folder you may write to\."):
        Outbox.open(tmp_path, "door")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match=r"cannot be made \(.*\): make it yourself, so that you may write to it\."):
        Outbox.open(tmp_path / "file", "door")
