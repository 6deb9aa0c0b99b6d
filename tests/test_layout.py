"""Imports go one way, from the program to the parts, and no part knows what it must not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEVELS = (  # of stream/: what stands in a line imports from the lines above it, or from its own folder
    {"errors", "files", "json_lines", "scan", "frame", "priority"},
    {"sources", "drawing", "gallery", "motion"},
    {"events", "unknowns", "evidence", "hygiene"},
    {"sightings"},
    {"pipeline", "sinks", "monitoring"},
    {"settings"},
    {"watching"},
    {"recognizer", "__init__"},
    {"service", "tools"},
    {"cluster"},
    {"cli"},
)
LONGEST = 300  # lines of a file
MOST = 14  # modules in a folder
PACKAGES = {"run", "web", "stream", "models", "tracker", "db", "training"}
TRAINING_ONLY = {"torch", "torchvision", "timm", "ultralytics", "albumentations", "onnx", "onnxscript", "safetensors"}


STREAM = {"stream", "models", "tracker", "db"}


@pytest.mark.parametrize(
    ("folder", "may_import", "must_not_know"),
    [
        *((f"stream/{room}", STREAM, {"sqlalchemy", *TRAINING_ONLY}) for room in set.union(*LEVELS) - {"cli"}),
        ("stream/cli", {*STREAM, "training"}, {"sqlalchemy", *TRAINING_ONLY}),
        ("web", {*STREAM, "web"}, {"onnxruntime", "sqlalchemy", *TRAINING_ONLY}),
        ("models", {"models"}, {"av", "sqlalchemy", *TRAINING_ONLY}),
        ("tracker", {"tracker"}, {"cv2", "PIL", "sqlalchemy", *TRAINING_ONLY}),
        ("db", {"db", "models.files"}, {"av", "cv2", "onnxruntime", *TRAINING_ONLY}),
        ("training", {"training", "models", "tracker"}, {"av", "sqlalchemy"}),
        ("training/evaluate", {"training", "models", "tracker"}, TRAINING_ONLY),
    ],
)
def test_a_part_imports_only_what_lies_below_it(folder, may_import, must_not_know):
    for file in (ROOT / folder).rglob("*.py"):
        ours = {module for module in modules(file) if top_level(module) in PACKAGES}
        beyond = {module for module in ours if not {module, top_level(module)} & may_import}
        assert not beyond, f"{file} imports {beyond}"
        known = {*imports(file)} & must_not_know
        assert not known, f"{file} imports {known}"


def test_a_room_of_stream_imports_from_lower_ones_only():
    for file in (ROOT / "stream").rglob("*.py"):
        room = file.relative_to(ROOT / "stream").with_suffix("").parts[0]
        for module in modules(file):
            package, _, rest = module.partition(".")
            if package != "stream":
                continue
            other = rest.partition(".")[0] or "__init__"
            modules_of_one_level = level(room) == level(other) and not (ROOT / "stream" / other).is_dir()
            assert room == other or modules_of_one_level or level(other) < level(room), f"{file} imports {module}"


def test_no_file_is_long_and_no_room_is_crowded():
    for folder in ("stream", "web", "models", "tracker", "db", "training"):
        files = [file for file in (ROOT / folder).rglob("*.py") if file.stem != "__init__"]
        for file in files:
            assert len(file.read_text("utf-8").splitlines()) <= LONGEST, f"{file} is too long to read in one go"
        for room in {file.parent for file in files} - {ROOT / "db/schema/migrations/versions"}:
            modules_in_it = [file for file in files if file.parent == room]
            assert len(modules_in_it) <= MOST, f"{room} holds {len(modules_in_it)} modules"


def level(room: str) -> int:
    return next(index for index, rooms in enumerate(LEVELS) if room in rooms)


def top_level(module: str) -> str:
    return module.partition(".")[0]


def imports(file: Path) -> Iterator[str]:
    """The top-level names that a file imports, wherever in it."""
    return map(top_level, modules(file))


def modules(file: Path) -> Iterator[str]:
    """The modules that a file imports, or imports from, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
