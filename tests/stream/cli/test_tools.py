"""The commands of tools: pruning, and what doctor finds."""

import json


def test_old_sightings_are_pruned(db, doorman):
    assert doorman("prune", "--days", "0")[:2] == (0, "Erased 1 sightings and 0 snapshots.\n")
    erased = {"samples": 0, "sightings": 0, "snapshots": 0, "messages": 0, "strangers": 0, "copies": []}
    assert json.loads(doorman("prune", "--days", "0", "--json")[1]) == erased


def test_doctor_tells_what_is_wrong(db, doorman, tmp_path):
    status, out, _ = doorman("doctor", "--json", "--db", str(tmp_path))
    assert status == 1
    findings = {finding["subject"]: finding for finding in json.loads(out)}
    assert findings["database"]["problem"]
    assert findings["disk"]["state"]
