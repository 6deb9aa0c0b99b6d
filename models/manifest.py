"""Which networks there are, what each expects, and whether its file is the one that was measured."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from models.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "manifest.json"

Task = Literal["detection", "landmarks", "embedding"]
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a network's input looks like; a size of None is free."""

    width: int | None
    height: int | None
    color: Literal["rgb", "bgr"]
    mean: Triple
    std: Triple


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One network: its file, its input, and what is known of it.

    Attributes:
        int8_of: sha256 of the network that this one is in 8-bit integers; None for a network of its own.
    """

    name: str
    task: Task
    path: Path
    sha256: str
    input: ModelInput
    threshold: float | None = None
    default: bool = False
    int8_of: str | None = None
    metrics: dict[str, Any] = field(default_factory=dict, hash=False)

    def verified(self) -> "ModelEntry":
        """This entry, once its file is known to be there and unaltered.

        Raises:
            ModelError: the file is missing or its digest differs.
        """
        if not self.path.is_file():
            raise ModelError(f"The weights file {self.path} is missing: fetch it again (git checkout, or reinstall).")
        if digest(self.path) != self.sha256:
            raise ModelError(
                f"The weights file {self.path} is not the one its manifest entry describes (its sha256 differs): "
                "fetch it again, or correct the entry if you replaced the file on purpose."
            )
        return self


def shipped(task: Task, name: str | None = None) -> ModelEntry:
    """The shipped network for a task: the named one, or the default.

    Raises:
        ModelError: there is none, or its file is missing or altered.
    """
    entries = all_shipped(task)
    wanted = [entry for entry in entries if (entry.name == name if name else entry.default)]
    if not wanted:
        known = ", ".join(entry.name for entry in entries) or "none"
        raise ModelError(f"No shipped network for {task} is called {name or 'the default'}; there are: {known}.")
    return wanted[0].verified()


def all_shipped(task: Task) -> list[ModelEntry]:
    """Every shipped network for a task; their files are not looked at."""
    return [entry for entry in read_manifest(MANIFEST) if entry.task == task]


def beside(path: Path) -> ModelEntry:
    """A user's own network, described by the manifest entry in FILE.json beside it.

    Raises:
        ModelError: the network or its entry is missing, or the entry lacks fields.
    """
    description = path.with_name(path.name + ".json")
    if not path.is_file():
        raise ModelError(f"There is no network file {path}.")
    if not description.is_file():
        raise ModelError(
            f"{path.name} needs a description beside it: write {description.name} with the fields of a manifest entry "
            f"({', '.join(REQUIRED)})."
        )
    return _entry(_read_json(description), path.parent, str(description), file=path.name).verified()


def find(task: Task, which: str | None) -> ModelEntry:
    """The network a user names: nothing (the default), a shipped name, or the path of an ONNX file."""
    if which and (which.endswith(".onnx") or Path(which).is_file()):
        entry = beside(Path(which))
        if entry.task != task:
            raise ModelError(f"{which} is described as a network for {entry.task}, not for {task}.")
        return entry
    return shipped(task, which)


def digest(path: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns)


@cache  # a weights file is some 30 MB: hash it once per process and version of the file
def _digest(path: Path, _size: int, _modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


REQUIRED = ("name", "task", "sha256", "input")


def read_manifest(path: Path) -> list[ModelEntry]:
    if not path.is_file():
        raise ModelError(f"The manifest of the shipped weights, {path}, is missing: reinstall the project.")
    entries = _read_json(path).get("models")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ModelError(f'{path} must hold a list of objects under "models".')
    return [_entry(entry, path.parent, str(path)) for entry in entries]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read as JSON ({error}).") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} must hold a JSON object.")
    return content


def _entry(raw: dict[str, Any], folder: Path, origin: str, file: str | None = None) -> ModelEntry:
    missing = [name for name in REQUIRED if name not in raw]
    if missing:
        raise ModelError(f"{origin} lacks the field{'s' * (len(missing) > 1)} {', '.join(missing)}.")
    try:
        size = raw["input"]
        return ModelEntry(
            name=raw["name"],
            task=raw["task"],
            path=folder / (file or raw["file"]),
            sha256=raw["sha256"],
            input=ModelInput(size["width"], size["height"], size["color"], tuple(size["mean"]), tuple(size["std"])),
            threshold=raw.get("threshold"),
            default=raw.get("default", False),
            int8_of=raw.get("int8_of"),
            metrics=raw.get("metrics", {}),
        )
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{origin} describes {raw['name']} incompletely: {error} is missing or of the wrong kind."
        ) from error
