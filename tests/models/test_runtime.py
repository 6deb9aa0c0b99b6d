"""What goes into a network, and within which limits it runs."""

import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models import runtime
from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput, digest
from models.runtime import CHOICE, Network, chosen_providers, cpus, letterbox, preprocess, resize
from tests.networks import floats, model, part

RGB = ModelInput(None, None, "rgb", (10, 20, 30), (1, 2, 4))


def test_preprocessing_orders_colours_scales_and_puts_channels_first():
    image = np.full((2, 3, 3), (130, 120, 110), np.uint8)  # blue, green, red
    batch = preprocess([image, image], RGB)
    assert batch.shape == (2, 3, 2, 3)
    assert batch.dtype == np.float32
    assert batch.flags.c_contiguous
    assert batch[0, :, 0, 0].tolist() == [100, 50, 25]


def test_a_network_that_wants_blue_first_gets_it():
    image = np.full((1, 1, 3), (1, 2, 3), np.uint8)
    assert preprocess([image], ModelInput(None, None, "bgr", (0, 0, 0), (1, 1, 1))).ravel().tolist() == [1, 2, 3]


def test_shrinking_averages():
    checkers = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (8, 8))[..., None].repeat(3, axis=2)
    assert np.abs(resize(checkers, 4, 4).astype(int) - 127).max() <= 1
    assert resize(checkers, 16, 16) is checkers


def test_a_file_that_is_no_network_is_told(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("no network")
    with pytest.raises(ModelError, match=r"not a network that ONNX Runtime can run \(.*\): export it"):
        Network(ModelEntry("text", "embedding", path, digest(path), RGB))


def test_a_network_whose_weights_lie_elsewhere_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "own.onnx"
    path.write_bytes(doubling(weights_in="weights.bin"))
    (tmp_path / "weights.bin").write_bytes(np.float32(2).tobytes())
    monkeypatch.chdir(tmp_path)  # where ONNX Runtime would look for them
    with pytest.raises(ModelError, match="keeps its weights in other files, which no sha256 covers"):
        Network(entry_of(path))
    path.write_bytes(doubling(weights_in=None))
    assert Network(entry_of(path)).run(np.ones(1, np.float32))[0] == 2


def entry_of(path: Path) -> ModelEntry:
    return ModelEntry("own", "detection", path, digest(path), RGB)


def doubling(weights_in: str | None) -> bytes:
    """An ONNX file whose output is its input (1,) times a weight of 2, kept in it or in another."""
    elsewhere = part(13, part(1, "location") + part(2, weights_in)) + part(14, 1) if weights_in else None
    weight = part(1, 1) + part(2, 1) + part(8, "w") + (elsewhere or part(9, np.float32(2).tobytes()))
    node = part(1, "x") + part(1, "w") + part(2, "y") + part(4, "Mul")
    return model(part(1, node), part(5, weight), part(11, floats("x", 1)), part(12, floats("y", 1)))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "max 100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
        ({}, 8),
    ],
)
def test_threads_are_capped_by_a_containers_quota(tmp_path, monkeypatch, files, expected):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.setattr(runtime, "CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert cpus() == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(None, ["CUDA", "CPU"]), ("CPU", ["CPU"]), ("Azure, CPU", ["Azure", "CPU"]), ("", ["CUDA", "CPU"])],
)
def test_networks_run_where_it_is_swiftest_or_where_the_environment_says(monkeypatch, wanted, expected):
    there = [f"{name}ExecutionProvider" for name in ("Azure", "CUDA", "CPU")]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: there)
    monkeypatch.delenv(CHOICE, raising=False)
    if wanted is not None:
        monkeypatch.setenv(CHOICE, wanted)
    assert chosen_providers() == expected


def test_a_provider_that_is_not_there_is_told_with_those_that_are(monkeypatch):
    monkeypatch.setenv(CHOICE, "Abacus,CPU")
    with pytest.raises(ModelError, match=r"no Abacus here, which DOORMAN_PROVIDERS asks for: it has .*CPU"):
        chosen_providers()


@pytest.mark.parametrize(
    ("size", "inside"),
    [((100, 50), (slice(0, 40), slice(0, 80))), ((40, 80), (slice(0, 40), slice(30, 50)))],
)
def test_a_letterboxed_picture_is_in_the_middle(size, inside):
    framed = letterbox(np.full((size[1], size[0], 3), 200, np.uint8), 80, 40)
    expected = np.zeros((40, 80, 3), np.uint8)
    expected[inside] = 200
    assert (framed == expected).all()


def test_a_picture_that_lacks_a_pixel_keeps_its_own():
    image = np.random.default_rng(0).integers(0, 255, (47, 63, 3), np.uint8)
    assert (letterbox(image, 64, 48)[:47, :63] == image).all()


def test_it_may_lie_in_the_corner_on_grey():
    framed = letterbox(np.full((50, 100, 3), 200, np.uint8), 80, 60, fill=114, middle=False)
    assert (framed[:40] == 200).all()
    assert (framed[40:] == 114).all()
