"""The progress bar of what takes long."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from models.align import TEMPLATE
from training.data import progress
from training.data.progress import counted
from training.evaluate.faces import aligned, embed

PICTURES = SimpleNamespace(read=lambda name: np.zeros((140, 140, 3), np.uint8))
EMBEDDER = SimpleNamespace(embed=lambda crops, flip: np.zeros((len(crops), 512), np.float32))


@pytest.fixture
def shown(monkeypatch):
    """What a terminal is given."""

    def on(terminal):
        output = io.StringIO()
        console = Console(file=output, force_terminal=terminal, width=100)
        monkeypatch.setattr(progress, "Console", lambda **_: console)
        return output

    return on


def test_a_terminal_shows_it(shown):
    output = shown(True)
    assert list(counted(iter("abc"), "Measuring", 3)) == list("abc")
    assert "Measuring" in output.getvalue()


def test_elsewhere_nothing_is_shown(shown):
    output = shown(False)
    assert list(counted("abc", "Measuring")) == list("abc")
    assert output.getvalue() == ""


def test_faces_that_are_aligned_and_embedded_are_counted(shown):
    output = shown(True)
    embed(EMBEDDER, aligned(PICTURES, ["a"] * 3, np.repeat(TEMPLATE[None], 3, axis=0)))
    assert "Aligning" in output.getvalue() and "Embedding" in output.getvalue()
