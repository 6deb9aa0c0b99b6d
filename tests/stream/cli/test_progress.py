"""The progress bar."""

import io

from rich.console import Console

from stream.cli import progress
from stream.cli.progress import with_progress
from stream.sources.source import open_source
from tests.clips import make_clip, make_view


def test_progress_is_shown_whatever_brackets_a_source_has_in_its_name(tmp_path, monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(progress, "Console", lambda **_: terminal)
    source = open_source(str(make_clip(tmp_path / "clip.mp4")), name="a[/b]")
    assert len(list(with_progress((make_view(index, index / 25, camera="a[/b]") for index in range(6)), [source]))) == 6
    assert "a[/b]" in terminal.file.getvalue()
