"""Files are whole or not there; the pictures of a folder are in order, without what systems put beside them."""

import stat
from pathlib import Path

import pytest

from models.files import PRIVATE, files_in, groups_in, in_order, part_of, whole
from models.images import pictures_in
from tests.db.conftest import unprivileged  # noqa: F401 - a fixture


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


def pictures(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_numbers_are_in_the_order_of_their_values():
    names = ["IMG_10.jpg", "IMG_2.jpg", "2024/9.jpg", "2024/10.jpg", "2023/11.jpg"]
    assert [str(path) for path in in_order(map(Path, names))] == [
        *("2023/11.jpg", "2024/9.jpg", "2024/10.jpg"),
        *("IMG_2.jpg", "IMG_10.jpg"),
    ]


def test_folders_are_entered_however_deep(tmp_path):
    pictures(tmp_path, "b.jpg", "a/2/x.png", "a/10/y.webp", "a/notes.txt")
    assert [str(path.relative_to(tmp_path)) for path in pictures_in(tmp_path)] == ["a/2/x.png", "a/10/y.webp", "b.jpg"]


@pytest.mark.parametrize(
    "litter",
    [
        *("._a.jpg", ".hidden.jpg", ".thumbnails/a.jpg", "__MACOSX/a.jpg", "@eaDir/a.jpg", "#recycle/a.jpg"),
        *("x/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "x/.git/a.png", "$RECYCLE.BIN/a.jpg"),
    ],
)
def test_what_systems_put_there_is_passed_over(tmp_path, litter):
    pictures(tmp_path, "x/real.jpg", litter)
    assert pictures_in(tmp_path) == [tmp_path / "x/real.jpg"]


def test_a_link_that_leads_back_is_not_followed(tmp_path):
    pictures(tmp_path, "x/real.jpg")
    (tmp_path / "x" / "again").symlink_to(tmp_path)
    assert pictures_in(tmp_path) == [tmp_path / "x/real.jpg"]


def test_a_folder_of_folders_alone_may_be_a_group_of_people(tmp_path: Path) -> None:
    for place in ("team/Ada/1.jpg", "team/Bob/1.jpg", "Cleo/2025/1.jpg", "Dora/1.jpg", "Dora/old/1.jpg", ".x/a/1", "f"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    assert groups_in(tmp_path) == {tmp_path / "team": ["Ada", "Bob"]}


def test_a_folder_that_cannot_be_read_is_passed_over_which_is_told(
    unprivileged: Path,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("Ada", "secret"):
        (unprivileged / name).mkdir()
        (unprivileged / name / "1.jpg").touch()
    (unprivileged / "secret").chmod(0)
    assert files_in(unprivileged) == [unprivileged / "Ada" / "1.jpg"]
    assert f"The folder {unprivileged / 'secret'} is passed over (Permission denied): allow it" in caplog.text
    assert groups_in(unprivileged) == {}
    (unprivileged / "secret").chmod(0o700)
