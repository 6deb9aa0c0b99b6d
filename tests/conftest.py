"""Fixtures that several test files use."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import models  # noqa: F401 - before any test imports ONNX Runtime, which would report it
from db import Database


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """A shell's background job ignores SIGINT, as do the programs it starts; tests of an interruption need it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def fresh_db() -> Iterator[Database]:
    """An empty database in memory."""
    with Database.open("sqlite://") as database:
        yield database


@pytest.fixture
def shared() -> Path:
    """The folder of data that is not part of the project, beside the checkout; the test is skipped without it."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the data folder {folder} is not here")
    return folder
