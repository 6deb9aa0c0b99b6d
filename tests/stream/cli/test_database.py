"""The commands that concern the whole database: its copy, and what is old."""

import json


def test_a_backup_is_named_when_somebody_is_erased(db, doorman, tmp_path):
    copy = str(tmp_path / "copy.db")
    assert doorman("backup", copy)[0] == 0
    assert len(json.loads(doorman("people", "list", "--json", "--db", copy)[1])) == 2
    told = doorman("people", "remove", "Ada", "--yes")[1]
    assert told.endswith(f"still in these copies, for you to delete: {copy}\n")


def test_old_sightings_are_pruned(db, doorman):
    assert doorman("prune", "--days", "0")[:2] == (0, "Erased 1 sighting and 0 snapshots.\n")
    erased = {"samples": 0, "sightings": 0, "snapshots": 0, "messages": 0, "strangers": 0, "copies": []}
    assert json.loads(doorman("prune", "--days", "0", "--json")[1]) == erased
