"""The manifest names the networks, and a file that is not the measured one is refused."""

import hashlib
import json

import pytest

from models import manifest
from models.errors import ModelError
from models.manifest import ModelInput, all_shipped, beside, find, read_manifest, shipped

CONTENT = b"a network"
ENTRY = {
    "name": "first",
    "task": "embedding",
    "file": "first.onnx",
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "input": {"width": 112, "height": 112, "color": "rgb", "mean": [127.5] * 3, "std": [127.5] * 3},
    "default": True,
    "threshold": 0.4,
    "metrics": {"lfw": 0.9},
}


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A weights folder whose manifest holds the given entries."""
    monkeypatch.setattr(manifest, "MANIFEST", tmp_path / "manifest.json")
    (tmp_path / "first.onnx").write_bytes(CONTENT)

    def write(*entries):
        (tmp_path / "manifest.json").write_text(json.dumps({"models": list(entries)}))
        return tmp_path

    return write


def test_the_default_of_a_task_and_one_by_name(weights):
    weights(ENTRY, {**ENTRY, "name": "second", "default": False})
    assert shipped("embedding").name == "first"
    assert shipped("embedding", "second").name == "second"


def test_all_of_a_task_are_told_also_where_a_file_is_missing(weights):
    weights(ENTRY, {**ENTRY, "name": "second", "file": "second.onnx"}, {**ENTRY, "name": "third", "task": "detection"})
    assert [entry.name for entry in all_shipped("embedding")] == ["first", "second"]


def test_an_entry_tells_what_the_network_expects(weights):
    weights(ENTRY)
    entry = shipped("embedding")
    assert entry.input == ModelInput(112, 112, "rgb", (127.5,) * 3, (127.5,) * 3)
    assert (entry.threshold, entry.metrics) == (0.4, {"lfw": 0.9})


def test_an_unknown_name_is_told_with_those_there_are(weights):
    weights(ENTRY)
    with pytest.raises(ModelError, match=r"called other.*there are: first"):
        shipped("embedding", "other")
    with pytest.raises(ModelError, match="there are: none"):
        shipped("detection")


def test_an_altered_file_is_refused(weights):
    folder = weights(ENTRY)
    (folder / "first.onnx").write_bytes(b"another network")
    with pytest.raises(ModelError, match="sha256 differs"):
        shipped("embedding")


def test_a_missing_file_is_told(weights):
    folder = weights(ENTRY)
    (folder / "first.onnx").unlink()
    with pytest.raises(ModelError, match=r"first\.onnx is missing"):
        shipped("embedding")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"models": [{"name": "x"}]}', '{"models": [7]}', '{"models": 7}'])
def test_a_broken_manifest_is_told(weights, content):
    folder = weights()
    (folder / "manifest.json").write_text(content)
    with pytest.raises(ModelError, match=r"manifest\.json"):
        shipped("embedding")


def test_a_network_of_ones_own_is_described_beside_it(tmp_path):
    own = tmp_path / "own.onnx"
    own.write_bytes(CONTENT)
    with pytest.raises(ModelError, match=r"own\.onnx\.json"):
        beside(own)
    own.with_name("own.onnx.json").write_text(json.dumps({"name": "own", "task": "embedding"}))
    with pytest.raises(ModelError, match="lacks the fields sha256, input"):
        beside(own)
    own.with_name("own.onnx.json").write_text(json.dumps({key: ENTRY[key] for key in ENTRY if key != "file"}))
    assert beside(own).path == own
    assert find("embedding", str(own)).name == "first"
    with pytest.raises(ModelError, match="for embedding, not for detection"):
        find("detection", str(own))


def test_a_network_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"no network file .*own\.onnx"):
        find("detection", str(tmp_path / "own.onnx"))


def test_every_twin_that_ships_is_that_of_a_network_as_it_ships():
    entries = read_manifest(manifest.MANIFEST)
    outdated = {entry.name for entry in entries if entry.int8_of not in {None, *(each.sha256 for each in entries)}}
    assert not outdated, f"{outdated}: make them anew with python -m training.export int8"
