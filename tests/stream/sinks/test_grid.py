"""Pictures of several cameras beside each other."""

import numpy as np
import pytest

from stream.sinks.grid import ACCENT, DARK, HEIGHT, WIDTH, Grid
from stream.sinks.naming import selected_face
from stream.sources.cameras.state import State
from tests.cameras import FakeCamera
from tests.clips import make_faces, make_view, picture


def grid_of(*names: str) -> tuple[Grid, list[FakeCamera]]:
    cameras = [FakeCamera(name) for name in names]
    return Grid(cameras), cameras


def put(grid: Grid, camera: str, size: tuple[int, int] = (640, 360), index: int = 9, faces=None) -> None:
    grid.put(make_view(size=size, camera=camera, faces=faces), picture(index, size))


def test_recordings_are_shown_as_they_are():
    grid = Grid(None)
    put(grid, "clip", (64, 48))
    assert (grid.draw() == picture(9)).all()


def test_a_single_camera_keeps_the_size_of_its_pictures_and_is_labelled():
    grid, _ = grid_of("door")
    put(grid, "door", (320, 240))
    drawn = grid.draw()
    assert drawn.shape == (240, 320, 3)
    assert (drawn != picture(9, (320, 240))).any()
    assert (drawn[120:] == picture(9, (320, 240))[120:]).all()


@pytest.mark.parametrize(("count", "shape"), [(2, (360, 1280)), (3, (720, 1280)), (4, (720, 1280)), (9, (720, 1278))])
def test_several_cameras_share_the_window(count, shape):
    names = [f"camera{number}" for number in range(count)]
    grid, _ = grid_of(*names)
    for name in names:
        put(grid, name)
    assert grid.draw().shape[:2] == shape


def test_each_picture_is_in_its_own_pane():
    grid, _ = grid_of("a", "b")
    put(grid, "a", index=1)
    put(grid, "b", index=8)
    drawn = grid.draw()
    assert (drawn[200, 300] == picture(1)[0, 0]).all()
    assert (drawn[200, 940] == picture(8)[0, 0]).all()


def test_cameras_come_and_go():
    grid, _ = grid_of("a")
    put(grid, "a", (320, 240))
    put(grid, "b")  # its picture may come before it is told of
    assert grid.draw().shape[:2] == (240, 320)
    grid.add(FakeCamera("b"))
    put(grid, "b")
    assert grid.draw().shape[:2] == (360, 1280)
    grid.select(700, 100)
    grid.remove("b")
    put(grid, "b")  # or after it has gone
    assert [pane.view.frame.camera for pane in grid.chosen()] == ["a"]
    assert grid.fresh()
    assert grid.draw().shape[:2] == (240, 320)
    grid.remove("a")
    assert (grid.draw() == DARK).all()
    assert not grid.fresh()


def test_a_camera_without_a_picture_yet_is_dark_and_says_how_it_is():
    grid, (camera,) = grid_of("door")
    camera.state = State.CONNECTING
    drawn = grid.draw()
    assert drawn.shape == (HEIGHT, WIDTH, 3)
    assert drawn[HEIGHT // 2 - 60 : HEIGHT // 2 + 60].max() > 200


def test_a_camera_that_is_just_coming_back_has_no_problem_and_no_picture_yet():
    grid = Grid([FakeCamera("door", State.RECONNECTING)])
    assert grid.draw().max() > 200


def test_a_lost_cameras_last_picture_is_dimmed_until_it_is_back():
    grid, (camera,) = grid_of("door")
    grid.put(make_view(), np.full((480, 640, 3), (0, 0, 200), np.uint8))
    assert tuple(grid.draw()[400, 320]) == (0, 0, 200)
    camera.state, camera.problem = State.RECONNECTING, "The camera is lost. Trying again in 5 s."
    assert grid.fresh()
    lost = grid.draw()
    assert lost[400, 320].max() < 50
    assert len(set(lost[400, 320].tolist())) == 1
    assert not grid.fresh()
    camera.problem = "The camera is lost. Trying again in 9 s."
    assert grid.fresh()
    camera.state, camera.problem = State.LIVE, None
    assert tuple(grid.draw()[400, 320]) == (0, 0, 200)


def test_a_pane_that_is_clicked_is_chosen_and_marked():
    grid, _ = grid_of("a", "b")
    for name in ("a", "b"):
        put(grid, name)
    plain = grid.draw()
    assert len(grid.chosen()) == 2
    grid.select(700, 100)
    assert [pane.view.frame.camera for pane in grid.chosen()] == ["b"]
    assert grid.fresh()
    marked = grid.draw()
    assert (marked[:, :640] == plain[:, :640]).all()
    assert (marked[:, 640:] != plain[:, 640:]).any()


def test_a_face_is_found_where_it_was_clicked_in_a_smaller_picture_with_bars():
    grid, _ = grid_of("a", "b", "c", "d")
    faces = make_faces([None, "Ada"])
    faces.xyxy = np.array([[0, 0, 500, 500], [600, 1200, 700, 1400]], np.float32)
    put(grid, "a", (1080, 1920), faces=faces)  # stands upright: 202 of the pane's 640 columns
    put(grid, "b", faces=make_faces([None]))
    left, scale = (640 - 202) // 2, 360 / 1920
    grid.select(left + round(650 * scale), round(1300 * scale))
    pane, row = selected_face(grid.chosen())
    assert (pane.view.frame.camera, row) == ("a", 1)


def test_the_face_that_was_clicked_is_meant_wherever_it_goes_and_no_other_once_it_is_gone():
    grid, _ = grid_of("a", "b")
    faces = make_faces([None, None])  # 8 pixels wide, at 0 and at 10
    put(grid, "a", faces=faces)
    grid.select(14, 10)
    moved = make_faces([None, None])
    moved.xyxy = moved.xyxy[::-1].copy()
    moved.xyxy[0] += 60
    put(grid, "a", faces=moved)
    pane, row = selected_face(grid.chosen())
    assert pane.track(row) == 2
    put(grid, "a", faces=make_faces([None]))
    assert selected_face(grid.chosen()) is None


def test_a_face_that_is_meant_is_marked_until_the_next_picture():
    grid, _ = grid_of("a")
    faces = make_faces([None])
    faces.xyxy = np.array([[100, 100, 200, 200]], np.float32)
    put(grid, "a", faces=faces)
    plain = grid.draw().copy()
    grid.chosen()[0].mark(0)
    assert tuple(grid.draw()[100, 150]) == ACCENT
    put(grid, "a", faces=faces)
    assert (grid.draw() == plain).all()


def test_without_a_click_the_largest_face_of_all_is_selected():
    grid, _ = grid_of("a", "b")
    large = make_faces([None])
    large.xyxy = np.array([[0, 0, 300, 300]], np.float32)
    put(grid, "a", faces=make_faces([None, None]))
    put(grid, "b", faces=large)
    pane, row = selected_face(grid.chosen())
    assert (pane.view.frame.camera, row) == ("b", 0)


@pytest.mark.parametrize("name", ["Tür", "дверь", "門", "x" * 200])
@pytest.mark.parametrize("size", [(1, 1), (3000, 20), (20, 3000)])
def test_any_name_and_size_can_be_drawn(name, size):
    camera = FakeCamera(name, State.FAILED, "word " * 50)
    grid = Grid([camera])
    put(grid, name, size)
    assert grid.draw().shape[1::-1] == size
