"""Recorded video is shown late enough that a name is there from a track's first frame on."""

import numpy as np
import pytest

from stream.pipeline.lookahead import LookAhead
from tests.clips import make_faces, make_view


def names(views) -> list[str | None]:
    return [view.faces.data["name"][0] for view in views]


def run(ahead: LookAhead, sequence: list[str | None]) -> list[str | None]:
    shown = []
    for index, name in enumerate(sequence):
        shown += ahead.push(make_view(index, t=index * 0.5, faces=make_faces([name], similarity=0.7)))
    return names([*shown, *ahead.flush()])


def test_a_name_labels_the_views_held_back():
    assert run(LookAhead(2.0), [None, None, "Ada", "Ada"]) == ["Ada"] * 4


def test_a_name_that_comes_too_late_leaves_the_earlier_views_alone():
    assert run(LookAhead(1.0), [None] * 4 + ["Ada"]) == [None, None, "Ada", "Ada", "Ada"]


def test_without_look_ahead_a_view_passes_as_it_is():
    assert run(LookAhead(0.0), [None, "Ada"]) == [None, "Ada"]


def test_a_name_taken_back_before_it_is_shown_is_not_handed_on():
    assert run(LookAhead(2.0), [None, "Ada", None, None]) == [None, "Ada", None, None]


def test_views_come_out_in_order_and_late_by_the_given_seconds():
    ahead = LookAhead(1.0)
    out = [[view.frame.index for view in ahead.push(make_view(i, t=i * 0.5))] for i in range(4)]
    assert out == [[], [], [0], [1]]
    assert [view.frame.index for view in ahead.flush()] == [2, 3]


def test_no_two_faces_of_a_view_share_a_name():
    """The second track lost the name to the first, which got it by looks at a later moment."""
    ahead = LookAhead(2.0)
    shown = []
    for index, together in enumerate(([None, "Ada"], [None, "Ada"], ["Ada", None])):
        shown += ahead.push(make_view(index, t=index * 0.5, faces=make_faces(together)))
    views = [*shown, *ahead.flush()]
    assert [view.faces.data["name"].tolist() for view in views] == [["Ada", None]] * 3
    assert [view.faces.data["state"].tolist() for view in views] == [["named", "unknown"]] * 3


@pytest.mark.parametrize(
    ("together", "later", "shown"),
    [
        (["Ada", None], {2: 0.9}, ["Ada", None]),  # whoever had it then, and has not lost it, keeps it
        (["Ada", None], {1: None, 2: 0.9}, [None, "Ada"]),
        ([None, None], {1: 0.7, 2: 0.6}, ["Ada", None]),  # of two who got it one after the other the surer
        ([None, None], {1: 0.6, 2: 0.7}, [None, "Ada"]),
    ],
)
def test_two_faces_of_which_each_has_had_the_name_do_not_share_it_where_they_are_seen_together(together, later, shown):
    ahead = LookAhead(2.0)
    views = list(ahead.push(make_view(0, t=0.0, faces=make_faces(together))))
    for index, (track, similarity) in enumerate(later.items(), 1):  # each is there alone
        faces = make_faces(["Ada" if similarity else None], similarity or 0.0)
        faces.tracker_id = np.array([track])
        views += ahead.push(make_view(index, t=index * 0.5, faces=faces))
    assert next(iter([*views, *ahead.flush()])).faces.data["name"].tolist() == shown


def test_no_more_bytes_of_pictures_are_held_than_there_is_room_for_however_large_they_are():
    image = make_view().frame.image
    ahead = LookAhead(2.0, most=3 * image.nbytes)
    out = [[view.frame.index for view in ahead.push(make_view(i, t=i * 0.1))] for i in range(5)]
    assert out == [[], [], [], [0], [1]]
    assert [view.frame.index for view in ahead.flush()] == [2, 3, 4]
    assert list(LookAhead(2.0, most=1).push(make_view()))


def test_similarity_and_state_come_with_the_name():
    ahead = LookAhead(2.0)
    list(ahead.push(make_view(0, t=0.0, faces=make_faces([None]))))
    list(ahead.push(make_view(1, t=0.1, faces=make_faces(["Ada"], similarity=0.7))))
    first = next(ahead.flush()).faces.data
    assert first["state"][0] == "named"
    np.testing.assert_allclose(first["similarity"][0], 0.7)
