"""Whose pictures lie where."""

import pytest

from stream.errors import StreamError
from stream.gallery.folders import pictures_of


def test_pictures_of_one_person_and_of_many(tmp_path):
    for name in ("Ada/1.jpg", "Ada/2.PNG", "Ada/notes.txt", "Grace.webp", "empty/readme.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = pictures_of(tmp_path)
    assert {who: [path.name for path in paths] for who, paths in found.items()} == {
        "Ada": ["1.jpg", "2.PNG"],
        "Grace": ["Grace.webp"],
    }
    assert [len(paths) for paths in pictures_of(tmp_path, "Eve").values()] == [3]
    assert list(pictures_of(tmp_path / "Grace.webp")) == ["Grace"]


def test_a_place_without_pictures_is_told(tmp_path):
    with pytest.raises(StreamError, match="no pictures"):
        pictures_of(tmp_path)
    with pytest.raises(StreamError, match="no picture or folder"):
        pictures_of(tmp_path / "nowhere")
