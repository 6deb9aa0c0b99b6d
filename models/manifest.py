"""Which networks there are, what each expects, and whether its file is the one that was measured."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, FiniteFloat, Strict, TypeAdapter, ValidationError

from models.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "manifest.json"

T = TypeVar("T")
Task = Literal["detection", "landmarks", "embedding", "liveness"]
Pixels = Annotated[int, Strict(), Field(gt=0)]
Number = Annotated[FiniteFloat, Strict()]
Positive = Annotated[Number, Field(gt=0)]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a network's input looks like; a size of None is free."""

    width: Pixels | None
    height: Pixels | None
    color: Literal["rgb", "bgr"]
    mean: tuple[Number, Number, Number]
    std: tuple[Positive, Positive, Positive]


@dataclass(frozen=True, slots=True)
class LivenessInput:
    """How a face is shown to a network that tells living faces from pictures, and which of its classes is the former.

    Attributes:
        scale: of the part of the picture that is shown, over the face's box.
        live: the class's number, from 0.
    """

    scale: Positive
    live: Annotated[int, Strict(), Field(ge=0)]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One network: its file, its input, and what is known of it.

    Attributes:
        int8_of: sha256 of the network that this one is in 8-bit integers; None for a network of its own.
        liveness: of a network for that task.
    """

    name: str
    task: Task
    path: Annotated[Path, Field(validation_alias="file")]
    sha256: str
    input: ModelInput
    threshold: Number | None = None
    default: bool = False
    int8_of: str | None = None
    liveness: LivenessInput | None = None
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
        raise ModelError(
            f"No shipped network for {task} is called {name or 'the default'} (there are: {known}): "
            "name one of these, or FILE.onnx."
        )
    return wanted[0].verified()


def all_shipped(task: Task) -> list[ModelEntry]:
    """Every shipped network for a task; their files are not looked at."""
    return [entry for entry in read_manifest(MANIFEST) if entry.task == task]


def beside(path: Path) -> ModelEntry:
    """A user's own network, described by the manifest entry beside it, in FILE.onnx.json or FILE.json.

    Raises:
        ModelError: the network or its entry is missing, or fields of the entry are missing or wrong.
    """
    if not path.is_file():
        raise ModelError(f"There is no network file {path}: check the path.")
    names = (f"{path.name}.json", f"{path.stem}.json")
    description = next(filter(Path.is_file, map(path.with_name, names)), None)
    if description is None:
        raise ModelError(
            f"{path.name} needs a description beside it: write {' or '.join(names)} with the fields of an entry in "
            f"{MANIFEST} (name, task, sha256, input with width, height, color, mean, std)."
        )
    own: dict[str, Any] = {"input": {}}  # where there is none, each of its fields is told to be missing
    entry = _validated(_ENTRY, own | _read_json(description) | {"file": path.name}, description)
    return replace(entry, path=path).verified()


def find(task: Task, which: str | None) -> ModelEntry:
    """The network a user names: nothing (the default), a shipped name, or the path of an ONNX file.

    Raises:
        ModelError: there is none, or it is for another task.
    """
    if which and (which.endswith(".onnx") or Path(which).is_file()):
        entry = beside(Path(which))
        if entry.task != task:
            raise ModelError(
                f"{which} is described as a network for {entry.task}, not for {task}: "
                "name another file, or correct its description."
            )
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


def read_manifest(path: Path) -> list[ModelEntry]:
    """The networks that a manifest lists, which lie beside it. Raises ModelError: it is missing, or damaged."""
    if not path.is_file():
        raise ModelError(f"The manifest of the shipped weights, {path}, is missing: reinstall the project.")
    entries = _validated(_MANIFEST, _read_json(path), path).models
    return [replace(entry, path=path.parent / entry.path) for entry in entries]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read as JSON ({error}): correct the file, or fetch it again.") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} holds no JSON object: write its fields between {{ and }}.")
    return content


@dataclass(frozen=True, slots=True)
class _Manifest:
    models: list[ModelEntry]


_ENTRY = TypeAdapter(ModelEntry)
_MANIFEST = TypeAdapter(_Manifest)


def _validated(kind: TypeAdapter[T], raw: dict[str, Any], origin: Path) -> T:
    """What a JSON file describes. Raises ModelError, which says all that is missing or wrong in it."""
    try:
        return kind.validate_python(raw)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))} {_said(problem['type'], problem['msg'])}"
            for problem in error.errors(include_url=False)
        )
        raise ModelError(f"{origin} cannot be used ({problems}): correct what is named.") from error


def _said(kind: str, message: str) -> str:
    """What is wrong with a field, to be said after its name."""
    known = {"missing": "is missing", "dataclass_type": "should be a JSON object"}
    return known.get(kind, message.partition(" ")[2])  # "Input should be 'rgb' or 'bgr'"
