"""The progress bar."""

import io

from rich.console import Console

from stream.cli.shown import progress
from stream.cli.shown.progress import ProgressBar
from stream.sources.source import open_source
from tests.clips import make_clip, make_view, write_all


def test_progress_is_shown_whatever_brackets_a_source_has_in_its_name(tmp_path, monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(progress, "Console", lambda **_: terminal)
    source = open_source(str(make_clip(tmp_path / "clip.mp4")), name="a[/b]")
    write_all(ProgressBar([source]), (make_view(index, index / 25, camera="a[/b]") for index in range(6)))
    assert "a[/b]" in terminal.file.getvalue()
