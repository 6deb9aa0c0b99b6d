"""A user's own YOLO checkpoint as a detector: exported once, and kept in the cache folder with its manifest entry."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

from models.errors import without_extra
from models.manifest import digest
from training.errors import TrainingError

TRUST = (
    "{} is a program as well as a network: to read it is to let whoever made it do with this computer what you can. "
    "If you trust them, give --trust."
)
EXTRA = f"{{}} is an Ultralytics checkpoint: to use it, {without_extra('train')}"


def as_onnx(detector: str | None, trust: bool = False, cache: Path | None = None) -> str | None:
    """The detector that a user names, with an Ultralytics checkpoint (FILE.pt) turned into an ONNX file.

    Args:
        trust: whether a checkpoint that was not exported yet may be read, which runs the code in it.
        cache: the folder that keeps the export; by default the user's own.

    Raises:
        TrainingError: the checkpoint is missing, not trusted or not a detector, or the training extra is not installed.
    """
    if detector is None or not detector.endswith(".pt"):
        return detector
    checkpoint = Path(detector)
    if not checkpoint.is_file():
        raise TrainingError(f"There is no checkpoint {checkpoint}.")
    cache = cache or user_cache_path("doorman", appauthor=False)
    exported = cache / f"{checkpoint.stem}-{digest(checkpoint)[:16]}.onnx"
    description = exported.with_name(exported.name + ".json")
    if not description.is_file():
        if not trust:
            raise TrainingError(TRUST.format(checkpoint))
        _export(checkpoint, exported)
        entry = {"name": checkpoint.stem, "task": "detection", "sha256": digest(exported), "input": INPUT}
        description.write_text(json.dumps(entry, indent=2), encoding="utf-8")
    return str(exported)


INPUT = {"width": None, "height": None, "color": "rgb", "mean": [0, 0, 0], "std": [255, 255, 255]}  # Ultralytics' own


def _export(checkpoint: Path, path: Path) -> None:
    """Let Ultralytics export the checkpoint, which knows every kind of its own; it writes beside the file it reads."""
    try:
        from ultralytics import YOLO
    except ModuleNotFoundError as error:
        raise TrainingError(EXTRA.format(checkpoint)) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        copied = shutil.copy(checkpoint, folder)
        try:
            exported = YOLO(copied, task="detect").export(format="onnx", dynamic=True, simplify=False)
        except Exception as error:  # whatever reading somebody's file may raise
            raise TrainingError(f"{checkpoint} is not an Ultralytics checkpoint that can be used ({error}).") from error
        Path(exported).replace(path)
