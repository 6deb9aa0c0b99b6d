"""Where a network's twin in 8-bit integers takes its place."""

import hashlib
import json

import onnxruntime
import pytest

from models import integers, manifest
from models.integers import dot_products, swifter
from models.manifest import beside, shipped

VNNI, OLD = "flags : fpu avx2 avx512f avx512_vnni", "flags : fpu sse2 avx2"
INPUT = {"width": None, "height": None, "color": "rgb", "mean": [0] * 3, "std": [255] * 3}
FIELDS = {"task": "detection", "input": INPUT}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Makes this the machine with these CPU flags, None for unknown ones, and these providers of ONNX Runtime."""

    def become(flags, providers=("AzureExecutionProvider", "CPUExecutionProvider")):
        if flags is not None:
            (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n")
        monkeypatch.setattr(integers, "CPUINFO", tmp_path / "cpuinfo")
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(providers))

    return become


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A weights folder with the network m, its twin m-int8, and n, which has none."""
    monkeypatch.setattr(manifest, "MANIFEST", tmp_path / "manifest.json")
    entries = []
    for name in ("m", "m-int8", "n"):
        (tmp_path / f"{name}.onnx").write_text(name)
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        entries.append({**FIELDS, "name": name, "file": f"{name}.onnx", "sha256": sha256, "default": name == "m"})
    entries[1]["int8_of"] = entries[0]["sha256"]
    (tmp_path / "manifest.json").write_text(json.dumps({"models": entries}))
    return tmp_path


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (VNNI, {"avx512_vnni"}),
        ("flags : fpu avx2 avx_vnni", {"avx_vnni"}),
        ("Features : fp asimd asimddp", {"asimddp"}),
        (OLD, set()),
        (None, None),
    ],
)
def test_the_cpus_dot_products_are_found_where_its_flags_are_told(machine, flags, found):
    machine(flags)
    assert dot_products() == found


@pytest.mark.parametrize(("flags", "taken"), [(VNNI, "m-int8"), (OLD, "m"), (None, "m")])
def test_the_twin_is_taken_on_a_cpu_that_is_made_for_it(weights, machine, flags, taken):
    machine(flags)
    assert swifter(shipped("detection")).name == taken


@pytest.mark.parametrize("name", ["m-int8", "n"])
def test_a_network_without_a_twin_stays(weights, machine, name):
    machine(VNNI)
    assert swifter(shipped("detection", name)).name == name


def test_a_network_that_runs_on_a_gpu_stays(weights, machine):
    machine(VNNI, ("CUDAExecutionProvider", "CPUExecutionProvider"))
    assert swifter(shipped("detection")).name == "m"


def test_a_twin_whose_file_is_not_there_is_not_taken(weights, machine):
    machine(VNNI)
    (weights / "m-int8.onnx").unlink()
    assert swifter(shipped("detection")).name == "m"


def test_the_twin_of_a_network_as_it_was_before_is_not_taken(weights, machine):
    machine(VNNI)
    entries = json.loads((weights / "manifest.json").read_text())["models"]
    entries[0]["sha256"] = hashlib.sha256(b"trained on").hexdigest()
    (weights / "m.onnx").write_text("trained on")
    (weights / "manifest.json").write_text(json.dumps({"models": entries}))
    assert swifter(shipped("detection")).name == "m"


def test_a_users_own_file_stays_even_if_it_is_a_copy(weights, machine):
    machine(VNNI)
    own = weights / "own.onnx"
    own.write_text("m")
    entry = {**FIELDS, "name": "m", "sha256": hashlib.sha256(b"m").hexdigest(), "threshold": 0.2}
    own.with_name("own.onnx.json").write_text(json.dumps(entry))
    assert swifter(beside(own)).path == own
