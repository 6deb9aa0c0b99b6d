"""Imports go one way, from the program to the parts, and no part knows what it must not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"run", "stream", "models", "tracker", "db", "training"}
TRAINING_ONLY = {"torch", "torchvision", "timm", "ultralytics", "albumentations", "onnx", "onnxscript", "safetensors"}


@pytest.mark.parametrize(
    ("folder", "may_import", "must_not_know"),
    [
        ("stream", {"stream", "models", "tracker", "db"}, {"sqlalchemy", *TRAINING_ONLY}),
        ("models", {"models"}, {"av", "sqlalchemy", *TRAINING_ONLY}),
        ("tracker", {"tracker"}, {"cv2", "PIL", "sqlalchemy", *TRAINING_ONLY}),
        ("db", {"db"}, {"av", "cv2", "onnxruntime", *TRAINING_ONLY}),
        ("training", {"training", "models", "tracker"}, {"av", "sqlalchemy"}),
        ("training/evaluate", {"training", "models", "tracker"}, TRAINING_ONLY),
    ],
)
def test_a_part_imports_only_what_lies_below_it(folder, may_import, must_not_know):
    for file in (ROOT / folder).rglob("*.py"):
        imported = set(imports(file))
        assert imported & PACKAGES <= may_import, f"{file} imports {imported & PACKAGES - may_import}"
        assert not imported & must_not_know, f"{file} imports {imported & must_not_know}"


def imports(file: Path) -> Iterator[str]:
    """The top-level names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
