"""Nothing leaves the machine: the libraries beneath neither name it nor tell what runs on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_layout import PACKAGES, ROOT, imports

CODE = [*ROOT.glob("*.py"), *(file for package in sorted(PACKAGES) for file in (ROOT / package).rglob("*.py"))]
ON_ONNX_RUNTIME = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in CODE if "onnxruntime" in imports(file)
]
SESSION = "import onnxruntime; onnxruntime.InferenceSession('models/weights/resnet18-landmarks.onnx')"


def left_behind(code: str, home: Path) -> list[str]:
    """The files that a program leaves below an empty home."""
    watched = {"CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}
    environment = {key: value for key, value in os.environ.items() if key not in watched}
    environment |= {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment, timeout=120)
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(name, marks=pytest.mark.training if name.startswith("training.") else ())
        for name in ON_ONNX_RUNTIME
    ],
)
def test_onnx_runtime_identifies_nobody(module, tmp_path):
    assert not [path for path in left_behind(f"import {module}; {SESSION}", tmp_path) if "icrosoft" in path]


@pytest.mark.parametrize("first", ["run", "stream", "tests.conftest"])
def test_nor_after_any_beginning(first, tmp_path):
    assert left_behind(f"import {first}; {SESSION}", tmp_path) == []


@pytest.mark.training
def test_ultralytics_and_albumentations_ask_nobody():
    code = (
        "import socket; socket.getaddrinfo = socket.socket.connect = None\n"
        "import training, albumentations\n"
        "from ultralytics.utils import ONLINE; from ultralytics.utils.events import events\n"
        "assert not ONLINE and not events.enabled"
    )
    asks = {"NO_ALBUMENTATIONS_UPDATE", "YOLO_OFFLINE"}
    environment = {key: value for key, value in os.environ.items() if key not in asks} | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment, timeout=120)
