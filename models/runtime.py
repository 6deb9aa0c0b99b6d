"""Networks on ONNX Runtime, within the CPUs that this process may use."""

import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput

CGROUP = Path("/sys/fs/cgroup")
TASKS = Path("/proc/self/task")
PROVIDERS = ("CUDA", "OpenVINO", "CoreML", "CPU")  # of ONNX Runtime, the preferred ones first
THREADS = "OMP_NUM_THREADS"  # the environment's, as batch systems and Ray set it
CHOICE = "DOORMAN_PROVIDERS"  # the environment's: some of these, as in OpenVINO,CPU

onnxruntime.disable_telemetry_events()  # Windows asks no environment, and a program may have imported it before us

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Network:
    """A verified ONNX file, ready to run.

    Args:
        entry: what the network is and expects.
        threads: threads for one operation; by default the CPUs that this process may use.

    Attributes:
        helpers: the system's ids of ONNX Runtime's own threads, which share the work of the one that calls `run`, as
            far as Linux tells; with those of other networks that are loaded at the same time.

    Raises:
        ModelError: the file is missing, altered, or not a network that ONNX Runtime can run; or the environment asks
            for a provider that is not there.
    """

    def __init__(self, entry: ModelEntry, threads: int | None = None) -> None:
        self.entry = entry.verified()
        self.threads = threads or cpus()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        # Spinning threads burn the core that the display needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        # Weights in other files are in no folder that there is: the digest would not cover them.
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(entry.path))
        providers = [f"{name}ExecutionProvider" for name in chosen_providers()]
        before = _native_threads()
        try:
            self._session = onnxruntime.InferenceSession(entry.path.read_bytes(), options, providers=providers)
        except Exception as error:  # ONNX Runtime's own exceptions share no base class
            if "External data" in str(error):
                raise ModelError(
                    f"{entry.path} keeps its weights in other files, which no sha256 covers: save it as one file."
                ) from error
            raise ModelError(
                f"{entry.path} is not a network that ONNX Runtime can run ({error}): export it as ONNX again."
            ) from error
        self.helpers = _native_threads() - before
        self._input = self._session.get_inputs()[0].name

    @property
    def providers(self) -> list[str]:
        """The execution providers in use."""
        return list(self._session.get_providers())

    def run(self, batch: Floats) -> list[Floats]:
        """The network's outputs for a batch (N, 3, H, W). Raises ModelError: it takes no such batch."""
        try:
            return list(self._session.run(None, {self._input: batch}))
        except Exception as error:
            raise ModelError(
                f"The network {self.entry.name} failed on an input of shape {batch.shape} ({error}): "
                "correct width and height in its description if it takes another size."
            ) from error


def chosen_providers() -> list[str]:
    """Where networks run: the providers that the environment names, or else those of `PROVIDERS` that are there.

    Raises:
        ModelError: one of those that the environment names is not there.
    """
    available = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    wanted = [name.strip() for name in os.environ.get(CHOICE, "").split(",") if name.strip()]
    if missing := [name for name in wanted if name not in available]:
        raise ModelError(
            f"ONNX Runtime has no {missing[0]} here, which {CHOICE} asks for: it has {', '.join(available)}. "
            "Install the package that brings it, or name another."
        )
    return wanted or [name for name in PROVIDERS if name in available]


def preprocess(images: Sequence[Image], expected: ModelInput) -> Floats:
    """Pictures (H, W, 3) uint8 BGR of one size -> a batch (N, 3, H, W) as the network expects it.

    Training and serving both come through here.
    """
    planes = np.stack(images).transpose(0, 3, 1, 2)
    if expected.color == "rgb":
        planes = planes[:, ::-1]
    batch = planes.astype(np.float32, order="C")  # arithmetic on whole planes is many times as fast as on pixels
    batch -= np.array(expected.mean, np.float32).reshape(3, 1, 1)
    batch /= np.array(expected.std, np.float32).reshape(3, 1, 1)
    return batch


def resize(image: Image, width: int, height: int) -> Image:
    """The picture at another size, averaging when it shrinks."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = image.shape[0] * image.shape[1] > width * height
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


def shrunk(image: Image, longest: int) -> Image:
    """The picture with a longer side of at most so many pixels; smaller ones stay."""
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    return resize(image, max(1, round(width * scale)), max(1, round(height * scale)))


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in a larger one, in pixels, and how many times as large as before it is there."""

    left: int
    top: int
    columns: int
    rows: int
    scale: float


def fit(columns: int, rows: int, width: int, height: int, middle: bool = True) -> Fit:
    """How a picture of so many columns and rows fits into width and height, in the middle or the top left corner.

    One that lacks a pixel keeps its own size.
    """
    scale = 1.0
    if not (0 <= width - columns <= 1 and 0 <= height - rows <= 1):
        scale = min(width / columns, height / rows)
        columns, rows = max(1, round(columns * scale)), max(1, round(rows * scale))
    left, top = ((width - columns) // 2, (height - rows) // 2) if middle else (0, 0)
    return Fit(left, top, columns, rows, scale)


def letterbox(image: Image, width: int, height: int, fill: int = 0, middle: bool = True) -> Image:
    """The picture (H, W, 3) scaled to fit, with a grey of `fill` (black) where it leaves room."""
    rows, columns = image.shape[:2]
    place = fit(columns, rows, width, height, middle)
    framed = np.full((height, width, 3), fill, np.uint8)
    framed[place.top : place.top + place.rows, place.left : place.left + place.columns] = resize(
        image, place.columns, place.rows
    )
    return framed


def _native_threads() -> frozenset[int]:
    """The threads of this process that Python knows nothing of, by the system's ids; none where Linux does not tell."""
    if not TASKS.is_dir():
        return frozenset()
    known = {thread.native_id for thread in threading.enumerate()}
    return frozenset(int(task.name) for task in TASKS.iterdir()) - known


def cpus() -> int:
    """CPUs that this process may use: its affinity, capped by a container's quota, and by `OMP_NUM_THREADS`."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(affinity, _cgroup_quota(), _wished())))


def _wished() -> float:
    wished = os.environ.get(THREADS, "")
    return int(wished) if wished.isdecimal() else math.inf


def _cgroup_quota() -> float:
    """CPUs that the control group allows (cpu.max of version 2, cpu.cfs_* of version 1); infinite without a limit."""
    try:
        quota, period = (CGROUP / "cpu.max").read_text().split()
        return math.inf if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        pass
    try:
        quota_us = int((CGROUP / "cpu/cpu.cfs_quota_us").read_text())
        return math.inf if quota_us <= 0 else quota_us / int((CGROUP / "cpu/cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return math.inf
