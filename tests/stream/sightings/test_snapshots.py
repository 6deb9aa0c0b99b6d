"""Pictures of those who are named."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from db import Person
from db.sightings.snapshots import write_picture
from models.images import read_image
from stream.errors import StreamError
from stream.frame import Frame
from stream.gallery.identity import UNKNOWN, Identity
from stream.sightings.snapshots import Snapshots
from tracker import Track

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ADA = Identity("named", Person(1, "Ada", MOMENT, 1), 0.7)
FRAME = Frame(np.full((90, 120, 3), 200, np.uint8), 0, 0.0, "front door/left")


def track(*box: float) -> Track:
    return Track(1, np.array(box, np.float32), 0.9, 0.0, 0.0, 3)


def keep(snapshots: Snapshots, of: Track) -> Path:
    """Take a picture and write it; where it is."""
    taken = snapshots(FRAME, of, ADA, MOMENT)
    assert taken is not None
    assert not Path(taken.path).exists()
    write_picture(taken)
    return Path(taken.path)


def test_the_face_is_kept_with_what_is_around_it(tmp_path):
    path = keep(Snapshots(tmp_path / "pictures"), track(40, 30, 60, 50))
    assert read_image(path).shape == (40, 40, 3)


def test_a_face_at_the_edge_is_cut_at_the_edge(tmp_path):
    path = keep(Snapshots(tmp_path), track(-10, -10, 10, 10))
    assert read_image(path).shape == (20, 20, 3)


@pytest.mark.parametrize("box", [(210, 30, 230, 50), (-60, 30, -40, 50), (40, 180, 60, 200), (40, -60, 60, -40)])
def test_a_face_that_has_left_the_picture_gives_none_of_those_who_are_still_in_it(tmp_path, box):
    assert Snapshots(tmp_path)(FRAME, track(*box), ADA, MOMENT) is None
    assert list(tmp_path.iterdir()) == []


def test_strangers_are_not_kept(tmp_path):
    assert Snapshots(tmp_path)(FRAME, track(40, 30, 60, 50), UNKNOWN, MOMENT) is None
    assert list(tmp_path.iterdir()) == []


def test_a_camera_with_any_name_stays_in_the_folder(tmp_path):
    path = keep(Snapshots(tmp_path), track(40, 30, 60, 50))
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StreamError, match="file"):
        Snapshots(tmp_path / "file" / "pictures")


def test_pictures_are_for_their_keeper_alone(tmp_path):
    path = keep(Snapshots(tmp_path / "pictures"), track(40, 30, 60, 50))
    assert (mode(tmp_path / "pictures"), mode(path)) == (0o700, 0o600)


def test_what_was_readable_before_is_closed(tmp_path):
    folder = tmp_path / "pictures"
    path = keep(Snapshots(folder), track(40, 30, 60, 50))
    path.chmod(0o644)
    folder.chmod(0o755)
    Snapshots(folder)
    assert (mode(folder), mode(path)) == (0o700, 0o600)


def test_a_folder_of_other_things_stays_as_it_is_but_for_the_snapshots(tmp_path):
    path, other = keep(Snapshots(tmp_path), track(40, 30, 60, 50)), tmp_path / "holiday.jpg"
    other.write_text("")
    link = tmp_path / path.name.replace("2026", "2025")
    link.symlink_to(other)
    for place, open_to in ((path, 0o644), (other, 0o644), (tmp_path, 0o755)):
        place.chmod(open_to)
    Snapshots(tmp_path)
    assert (mode(tmp_path), mode(path), mode(other)) == (0o755, 0o600, 0o644)


def test_what_is_shared_with_a_group_stays_shared(tmp_path):
    folder = tmp_path / "pictures"
    path = keep(Snapshots(folder), track(40, 30, 60, 50))
    path.chmod(0o640)
    folder.chmod(0o750)
    Snapshots(folder)
    assert (mode(folder), mode(path)) == (0o750, 0o640)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
