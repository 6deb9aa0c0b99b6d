"""How tables are shown: nothing of them is cut."""

import io

import pytest
from rich.console import Console
from rich.table import Table

from stream.cli import terminal
from stream.cli.terminal import show_table

LONG = "the-camera-above-the-entrance-of-the-library-and-of-the-reading-room-behind-it"


@pytest.fixture
def table() -> Table:
    table = Table("who", "camera", "from")
    table.add_row("Ada Lovelace", LONG, "2026-11-30 19:28:41")
    return table


def test_in_a_pipe_each_row_is_one_line(table, capsys):
    show_table(table)
    assert f"│ Ada Lovelace │ {LONG} │ 2026-11-30 19:28:41 │" in capsys.readouterr().out


def test_on_a_narrow_terminal_a_text_goes_on_in_the_next_line(table, monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(terminal, "console", Console(file=screen, width=40, color_system=None))
    show_table(table)
    cells = [line.strip("│\n").split("│") for line in screen.getvalue().splitlines() if line.startswith("│")]
    assert ["".join(part.strip() for part in column) for column in zip(*cells, strict=True)] == [
        "AdaLovelace",
        LONG,
        "2026-11-3019:28:41",
    ]


def test_a_table_without_rows_is_a_sentence(capsys):
    show_table(Table("who"), "Nobody was seen.")
    assert capsys.readouterr().out == "Nobody was seen.\n"
