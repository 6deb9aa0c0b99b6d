"""The manifest names the networks, and a file that is not the measured one is refused."""

import hashlib
import json
import re
from dataclasses import fields

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
    with pytest.raises(ModelError, match=r"called other \(there are: first\): name one"):
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


@pytest.fixture
def own(tmp_path):
    """A network of the user's own, and its description without what only shipped ones need."""
    path = tmp_path / "own.onnx"
    path.write_bytes(CONTENT)
    return path, {key: ENTRY[key] for key in ("name", "task", "sha256", "input", "threshold")}


@pytest.mark.parametrize("name", ["own.onnx.json", "own.json"])
def test_a_network_of_ones_own_is_described_beside_it(own, name):
    path, entry = own
    path.with_name(name).write_text(json.dumps(entry))
    assert beside(path).path == path
    assert find("embedding", str(path)).name == "first"
    with pytest.raises(ModelError, match=r"for embedding, not for detection: name another"):
        find("detection", str(path))


def test_the_description_with_the_whole_name_comes_first(own):
    path, entry = own
    path.with_name("own.json").write_text(json.dumps({**entry, "name": "other"}))
    path.with_name("own.onnx.json").write_text(json.dumps(entry))
    assert beside(path).name == "first"


def test_a_network_without_a_description_is_told_what_to_write_where(own):
    path, _ = own
    with pytest.raises(ModelError, match=r"own\.onnx\.json or own\.json .*name, task, sha256") as told:
        beside(path)
    path.with_name("own.json").write_text("{}")
    with pytest.raises(ModelError, match=r"own\.json cannot be used \((.*)\): correct") as lacking:
        beside(path)
    missing = re.findall(r"([\w.]+) is missing", str(lacking.value))
    assert missing == ["name", "task", "sha256", *(f"input.{field.name}" for field in fields(ModelInput))]
    assert all(name.removeprefix("input.") in str(told.value) for name in missing)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"threshold": "0.5"}, "threshold should be a valid number"),
        ({"threshold": float("nan")}, "threshold should be a finite number"),
        ({"task": "detect"}, "task should be 'detection', 'landmarks', 'embedding' or 'liveness'"),
        ({"name": 7}, "name should be a valid string"),
        ({"input": "rgb"}, "input should be a JSON object"),
        ({"input": {**ENTRY["input"], "color": "RGB"}}, r"input\.color should be 'rgb' or 'bgr'"),
        ({"input": {**ENTRY["input"], "width": "640"}}, r"input\.width should be a valid integer"),
        ({"input": {**ENTRY["input"], "height": 0}}, r"input\.height should be greater than 0"),
        ({"input": {**ENTRY["input"], "mean": [0, 0]}}, r"input\.mean\.2 is missing"),
        ({"input": {**ENTRY["input"], "mean": [0, 0, 0, 0]}}, r"input\.mean should have at most 3 items"),
        ({"input": {**ENTRY["input"], "std": [1, 0, 1]}}, r"input\.std\.1 should be greater than 0"),
        ({"liveness": {"scale": 0, "live": 1}}, r"liveness\.scale should be greater than 0"),
        ({"liveness": {"scale": 2.7}}, r"liveness\.live is missing"),
        ({"input": {"color": "RGB"}, "threshold": "0.5"}, r"input\.width is missing.*color should.*threshold should"),
    ],
)
def test_a_wrong_value_of_a_description_is_told(own, wrong, told):
    path, entry = own
    path.with_name("own.json").write_text(json.dumps({**entry, **wrong}))
    with pytest.raises(ModelError, match=rf"own\.json cannot be used \(.*{told}.*\): correct"):
        beside(path)


def test_an_input_of_free_size_is_described_by_null(own):
    path, entry = own
    taken = {**entry["input"], "width": None, "height": None, "mean": [0, 0, 0]}
    path.with_name("own.json").write_text(json.dumps({**entry, "input": taken, "threshold": None}))
    assert beside(path).input == ModelInput(None, None, "rgb", (0, 0, 0), (127.5,) * 3)


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_a_description_that_is_no_json_object_is_told(own, content):
    path, _ = own
    path.with_name("own.json").write_text(content, encoding="latin-1")
    with pytest.raises(ModelError, match=r"own\.json .*: (correct|write)"):
        beside(path)


def test_the_wrong_entry_of_a_manifest_is_told(weights):
    weights(ENTRY, {**ENTRY, "default": "perhaps"})
    with pytest.raises(ModelError, match=r"models\.1\.default should be a valid boolean"):
        shipped("embedding")


def test_a_network_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"no network file .*own\.onnx: check the path"):
        find("detection", str(tmp_path / "own.onnx"))


def test_every_twin_that_ships_is_that_of_a_network_as_it_ships():
    entries = read_manifest(manifest.MANIFEST)
    outdated = {entry.name for entry in entries if entry.int8_of not in {None, *(each.sha256 for each in entries)}}
    assert not outdated, f"{outdated}: make them anew with python -m training.export int8"
