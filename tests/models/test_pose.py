import numpy as np
import pytest

from models.align import TEMPLATE
from models.errors import ModelError
from models.pose import pose

HEAD = np.column_stack([TEMPLATE - TEMPLATE.mean(0), [0, 0, -19.4, 0.7, 0.7]])  # pixels of the template, z away


def turned(yaw: float = 0, pitch: float = 0) -> np.ndarray:
    """The head as a camera far away sees it after looking `pitch` up, then `yaw` to the picture's right."""
    y, p = np.radians([-yaw, -pitch])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    return (HEAD @ (about_y @ about_x).T)[:, :2]


def test_the_template_looks_straight_ahead():
    straight = pose(TEMPLATE)
    assert [straight.yaw, straight.pitch, straight.roll] == pytest.approx([0, 0, 0], abs=1e-3)


@pytest.mark.parametrize(("yaw", "pitch"), [(30, 0), (-45, 0), (0, 20), (0, -20), (25, -15)])
def test_a_turned_head_is_measured(yaw, pitch):
    found = pose(turned(yaw, pitch))
    assert [found.yaw, found.pitch] == pytest.approx([yaw, pitch], abs=1)


def test_a_nose_to_the_right_is_a_positive_yaw_and_a_raised_nose_a_positive_pitch():
    assert pose(TEMPLATE + [[0, 0], [0, 0], [6, 0], [0, 0], [0, 0]]).yaw > 10
    assert pose(TEMPLATE - [[0, 0], [0, 0], [0, 5], [0, 0], [0, 0]]).pitch > 10


def test_size_place_and_roll_do_not_change_yaw():
    angle = np.radians(40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = pose(3 * turned(yaw=30) @ turn.T + 500)
    assert [found.yaw, found.roll] == pytest.approx([30, 40], abs=1)


@pytest.mark.parametrize("points", [np.ones((5, 2)), np.full((5, 2), np.nan), np.outer(np.arange(5.0), [1, 2])])
def test_points_without_a_pose_are_refused(points):
    with pytest.raises(ModelError, match="no pose"):
        pose(points)
