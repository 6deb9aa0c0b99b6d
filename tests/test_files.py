"""Files are whole or not there."""

import stat
from pathlib import Path

import pytest

from files import PRIVATE, part_of, whole


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("before")
    with whole(path, PRIVATE) as part:
        part.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == PRIVATE
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_after_an_error_what_was_there_stays_and_nothing_else_is_left(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("before")
    with pytest.raises(error):
        write_half(path, error)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def write_half(path: Path, error: type[BaseException]) -> None:
    with whole(path) as part:
        part.write_text("ha")
        raise error


def test_nothing_is_written_through_a_link_that_lies_in_wait(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    part_of(tmp_path / "a.json").symlink_to(precious)
    with whole(tmp_path / "a.json") as part:
        part.write_text("whole")
    assert precious.read_text() == "precious"
    assert (tmp_path / "a.json").read_text() == "whole"
