"""A person carried from one database to another by commands."""

import json


def test_an_exported_person_is_imported_again(db, doorman, tmp_path):
    doorman("people", "export", "Ada", str(tmp_path))
    doorman("people", "remove", "Ada", "--yes")
    imported = doorman("people", "import", str(tmp_path / "Ada-1"), "--snapshots", str(tmp_path / "seen"))
    assert imported[:2] == (0, "Ada now has 2 pictures.\n")
    assert json.loads(doorman("sightings", "--json")[1])[0]["person"] == "Ada"
    status, _, error = doorman("people", "import", str(tmp_path))
    assert (status, error) == (1, f"{tmp_path} holds exports, and is none itself: give one, as {tmp_path / 'Ada-1'}.\n")
    status, _, error = doorman("people", "import", str(tmp_path / "seen"))
    assert (status, "is not what `doorman people export` has written" in error) == (1, True)
