"""Who is hidden, and who does not count, on one frame's journey."""

import numpy as np
import supervision as sv

from stream.frame import Frame
from stream.pipeline.schedule import LIVE, Schedule
from stream.pipeline.zones import Area
from tests.fakes import boxes, make_face, unit
from tests.stream.pipeline.scenes import BESIDE, FPS, LEFT, RIGHT, make_pipeline, run
from tracker import Tracker


def test_discreetly_all_are_hidden_on_what_is_kept_who_have_no_name_or_one_in_doubt():
    def see(frame: Frame) -> sv.Detections:
        return boxes(BESIDE if frame.index >= 30 else LEFT, RIGHT)

    def hidden(picture, box) -> bool:
        x1, y1, x2, y2 = (int(side) for side in box)
        return bool((picture[y1:y2, x1:x2] != image[y1:y2, x1:x2]).any())

    pipeline = make_pipeline(
        see, lambda track: make_face(unit(1, 0) if track.box[0] < 300 else unit(0, 1)), discreet=True
    )
    image = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    for index in range(31):
        if index == 30:
            pipeline.embedder.submit = lambda frame, tracks: (
                None
            )  # what a look would show of the other is not yet known
        pipeline.step(Frame(image, index, index / FPS, "door"))
    before, after = pipeline.books.log.pictures[29:31]
    assert (hidden(before, LEFT), hidden(before, RIGHT)) == (False, True)
    assert hidden(after, BESIDE)


def test_faces_that_do_not_count_are_followed_to_be_hidden_and_neither_shown_nor_looked_at_nor_logged():
    def see(frame: Frame) -> sv.Detections:
        return boxes(LEFT, [side + 2 * frame.index for side in RIGHT])  # to the right, and down

    left_half = Area(zones=(((0, 0), (0.5, 0), (0.5, 1), (0, 1)),))
    pipeline = make_pipeline(see, area=left_half, discreet=True, bystanders=Tracker())
    image = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    views = [pipeline.step(Frame(image, index, index / FPS, "door")) for index in range(31)]
    for view in views:
        assert len(view.faces) == len(view.unseen) == 1
    np.testing.assert_allclose(views[30].unseen, [[side + 60 for side in RIGHT]], atol=8)
    assert {track.id for _, tracks in pipeline.embedder.submitted for track in tracks} == {1}
    assert {tuple(tracks) for _, tracks in pipeline.books.log.seen} == {(1,)}
    hidden = pipeline.books.log.pictures[-1] != image
    assert hidden[120:150, 470:510].any()
    assert not hidden[60:110, 110:150].any()  # Ada has a name by now


def test_faces_that_do_not_count_are_left_alone_where_nobody_is_to_be_hidden():
    right_half = Area(masks=(((0.5, 0), (1, 0), (1, 1), (0.5, 1)),))
    pipeline = make_pipeline(lambda frame: boxes(LEFT, RIGHT), area=right_half)
    assert all(len(view.unseen) == 0 for view in run(pipeline, 7))


def test_who_is_hidden_behind_something_and_has_no_name_is_told_apart_from_who_is_shown():
    pipeline = make_pipeline(lambda frame: boxes(LEFT) if frame.index < 9 else boxes(), lambda track: make_face(None))
    views = run(pipeline, 33)
    assert [(len(view.faces), len(view.unseen)) for view in (views[8], views[32])] == [(1, 0), (0, 1)]


def test_a_camera_shows_a_face_that_it_misses_a_few_frames_longer_and_still_waits_for_it():
    every_frame = Schedule(1, linger=LIVE.linger)
    pipeline = make_pipeline(lambda frame: boxes(LEFT) if frame.index < 9 else boxes(), schedule=every_frame)
    views = run(pipeline, 15)
    assert [len(views[index].faces) for index in (8, 10, 13)] == [1, 1, 0]
    assert [track.id for track in pipeline.whereabouts.at(14 / FPS)] == [1]
