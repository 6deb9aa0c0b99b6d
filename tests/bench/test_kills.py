"""Processes that watch and decide are killed: nothing that they told of is lost, and nothing is left by halves."""

import sys
from pathlib import Path

import pytest

from tests.bench.kills import kills

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def test_what_was_acknowledged_is_there_after_a_kill_and_nothing_is_left_by_halves(tmp_path: Path) -> None:
    counts, wrong = kills(tmp_path, moments=20)
    assert wrong == []
    assert min(counts["enrolled"], counts["named"], counts["merged"], counts["event"]) > 20
