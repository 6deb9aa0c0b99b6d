"""The pictures of a folder: in the order that people expect, and nothing that systems put beside them."""

from pathlib import Path

import pytest

from models.folders import in_order
from models.images import pictures_in


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
