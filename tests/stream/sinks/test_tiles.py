"""Pictures of several cameras beside each other."""

import numpy as np
import pytest

from stream.sinks.naming import selected_face
from stream.sinks.tiles import ACCENT, HEIGHT, WIDTH, Tiles
from stream.sources.state import State
from tests.clips import make_faces, make_view, picture


class FakeCamera:
    def __init__(self, name: str, state: State = State.LIVE, problem: str | None = None) -> None:
        self.name, self.state, self.problem = name, state, problem


def tiles_of(*names: str) -> tuple[Tiles, list[FakeCamera]]:
    cameras = [FakeCamera(name) for name in names]
    return Tiles(cameras), cameras


def put(tiles: Tiles, camera: str, size: tuple[int, int] = (640, 360), index: int = 9, faces=None) -> None:
    tiles.put(make_view(size=size, camera=camera, faces=faces), picture(index, size))


def test_recordings_are_shown_as_they_are():
    tiles = Tiles([])
    put(tiles, "clip", (64, 48))
    assert (tiles.draw() == picture(9)).all()


def test_a_single_camera_keeps_the_size_of_its_pictures_and_is_labelled():
    tiles, _ = tiles_of("door")
    put(tiles, "door", (320, 240))
    drawn = tiles.draw()
    assert drawn.shape == (240, 320, 3)
    assert (drawn != picture(9, (320, 240))).any()
    assert (drawn[120:] == picture(9, (320, 240))[120:]).all()


@pytest.mark.parametrize(("count", "shape"), [(2, (360, 1280)), (3, (720, 1280)), (4, (720, 1280)), (9, (720, 1278))])
def test_several_cameras_share_the_window(count, shape):
    names = [f"camera{number}" for number in range(count)]
    tiles, _ = tiles_of(*names)
    for name in names:
        put(tiles, name)
    assert tiles.draw().shape[:2] == shape


def test_each_picture_is_in_its_own_tile():
    tiles, _ = tiles_of("a", "b")
    put(tiles, "a", index=1)
    put(tiles, "b", index=8)
    drawn = tiles.draw()
    assert (drawn[200, 300] == picture(1)[0, 0]).all()
    assert (drawn[200, 940] == picture(8)[0, 0]).all()


def test_a_camera_without_a_picture_yet_is_dark_and_says_how_it_is():
    tiles, (camera,) = tiles_of("door")
    camera.state = State.CONNECTING
    drawn = tiles.draw()
    assert drawn.shape == (HEIGHT, WIDTH, 3)
    assert drawn[HEIGHT // 2 - 60 : HEIGHT // 2 + 60].max() > 200


def test_a_camera_that_is_just_coming_back_has_no_problem_and_no_picture_yet():
    tiles = Tiles([FakeCamera("door", State.RECONNECTING)])
    assert tiles.draw().max() > 200


def test_a_lost_cameras_last_picture_is_dimmed_until_it_is_back():
    tiles, (camera,) = tiles_of("door")
    tiles.put(make_view(), np.full((480, 640, 3), (0, 0, 200), np.uint8))
    assert tuple(tiles.draw()[400, 320]) == (0, 0, 200)
    camera.state, camera.problem = State.RECONNECTING, "The camera is lost. Trying again in 5 s."
    assert tiles.fresh()
    lost = tiles.draw()
    assert lost[400, 320].max() < 50
    assert len(set(lost[400, 320].tolist())) == 1
    assert not tiles.fresh()
    camera.problem = "The camera is lost. Trying again in 9 s."
    assert tiles.fresh()
    camera.state, camera.problem = State.LIVE, None
    assert tuple(tiles.draw()[400, 320]) == (0, 0, 200)


def test_a_tile_that_is_clicked_is_chosen_and_marked():
    tiles, _ = tiles_of("a", "b")
    for name in ("a", "b"):
        put(tiles, name)
    plain = tiles.draw()
    assert len(tiles.chosen()) == 2
    tiles.select(700, 100)
    assert [tile.view.frame.camera for tile in tiles.chosen()] == ["b"]
    assert tiles.fresh()
    marked = tiles.draw()
    assert (marked[:, :640] == plain[:, :640]).all()
    assert (marked[:, 640:] != plain[:, 640:]).any()


def test_a_face_is_found_where_it_was_clicked_in_a_smaller_picture_with_bars():
    tiles, _ = tiles_of("a", "b", "c", "d")
    faces = make_faces([None, "Ada"])
    faces.xyxy = np.array([[0, 0, 500, 500], [600, 1200, 700, 1400]], np.float32)
    put(tiles, "a", (1080, 1920), faces=faces)  # stands upright: 202 of the tile's 640 columns
    put(tiles, "b", faces=make_faces([None]))
    left, scale = (640 - 202) // 2, 360 / 1920
    tiles.select(left + round(650 * scale), round(1300 * scale))
    tile, row = selected_face(tiles.chosen())
    assert (tile.view.frame.camera, row) == ("a", 1)


def test_the_face_that_was_clicked_is_meant_wherever_it_goes_and_no_other_once_it_is_gone():
    tiles, _ = tiles_of("a", "b")
    faces = make_faces([None, None])  # 8 pixels wide, at 0 and at 10
    put(tiles, "a", faces=faces)
    tiles.select(14, 10)
    moved = make_faces([None, None])
    moved.xyxy = moved.xyxy[::-1].copy()
    moved.xyxy[0] += 60
    put(tiles, "a", faces=moved)
    tile, row = selected_face(tiles.chosen())
    assert tile.track(row) == 2
    put(tiles, "a", faces=make_faces([None]))
    assert selected_face(tiles.chosen()) is None


def test_a_face_that_is_meant_is_marked_until_the_next_picture():
    tiles, _ = tiles_of("a")
    faces = make_faces([None])
    faces.xyxy = np.array([[100, 100, 200, 200]], np.float32)
    put(tiles, "a", faces=faces)
    plain = tiles.draw().copy()
    tiles.chosen()[0].mark(0)
    assert tuple(tiles.draw()[100, 150]) == ACCENT
    put(tiles, "a", faces=faces)
    assert (tiles.draw() == plain).all()


def test_without_a_click_the_largest_face_of_all_is_selected():
    tiles, _ = tiles_of("a", "b")
    large = make_faces([None])
    large.xyxy = np.array([[0, 0, 300, 300]], np.float32)
    put(tiles, "a", faces=make_faces([None, None]))
    put(tiles, "b", faces=large)
    tile, row = selected_face(tiles.chosen())
    assert (tile.view.frame.camera, row) == ("b", 0)


@pytest.mark.parametrize("name", ["Tür", "дверь", "門", "x" * 200])
@pytest.mark.parametrize("size", [(1, 1), (3000, 20), (20, 3000)])
def test_any_name_and_size_can_be_drawn(name, size):
    camera = FakeCamera(name, State.FAILED, "word " * 50)
    tiles = Tiles([camera])
    put(tiles, name, size)
    assert tiles.draw().shape[1::-1] == size
