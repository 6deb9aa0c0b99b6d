"""One frame's journey, with made-up faces."""

import itertools

import cv2
import numpy as np
import pytest
import supervision as sv

from models.analysis import Face
from stream.evidence import looks
from stream.evidence.pictures import PictureFinder
from stream.frame import Frame
from stream.pipeline.schedule import Schedule
from stream.pipeline.workers import Look
from stream.pipeline.zones import Area
from tests.fakes import boxes, make_face, unit
from tests.stream.pipeline.scenes import BESIDE, FPS, LEFT, RIGHT, make_pipeline, run
from tracker import Track


def test_every_third_frame_is_scanned_and_the_box_is_carried_between():
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    views = run(pipeline, 7)
    assert [view.detected for view in views] == [True, False, False, True, False, False, True]
    for view in views:
        np.testing.assert_allclose(view.faces.xyxy, [LEFT], atol=0.5)


def test_a_live_source_is_scanned_when_the_picture_moves_and_the_view_says_why():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), schedule=Schedule(1, coverage=5.0, stirred=3, sizes=(320, 640)))
    pictures = [spots(0)] * 20 + [spots(9)] * 2
    views = [pipeline.step(Frame(picture, i, i / FPS, "door")) for i, picture in enumerate(pictures)]
    assert [view.frame.index for view in views if view.detected][-2:] == [2, 20]
    assert str(views[19].scan) == "unsure, 640 px, 160x160 at 50,5"
    assert str(views[21].scan) == "motion, 320 px"
    assert pipeline.detector.scans[0].size == 640


def test_a_face_is_named_after_two_looks_and_keeps_its_track():
    views = run(make_pipeline(lambda frame: boxes(LEFT)), 10)
    assert [view.faces.data["state"][0] for view in views] == ["probable"] * 6 + ["named"] * 4
    assert views[0].faces.data["name"][0] is None
    assert views[-1].faces.data["name"][0] == "Ada"
    assert {int(view.faces.tracker_id[0]) for view in views} == {1}


def test_a_stranger_stays_unknown_with_the_similarity_told():
    views = run(make_pipeline(lambda frame: boxes(LEFT), lambda track: make_face(unit(0.2, 1))), 10)
    assert {view.faces.data["state"][0] for view in views} == {"unknown"}
    assert views[-1].faces.data["similarity"][0] == pytest.approx(0.196, abs=1e-3)


def test_a_view_has_the_good_looks_at_those_who_are_there_or_have_just_left(monkeypatch):
    monkeypatch.setattr(looks, "LINGER", 1.0)
    pipeline = make_pipeline(lambda frame: boxes(LEFT) if frame.index < 8 else boxes())
    views = run(pipeline, 120)
    assert [len(view.looks.get(1, ())) for view in views[:8]] == [1] * 6 + [2] * 2
    gone = next(view.frame.index for view in views[8:] if not len(view.faces))
    assert len(views[gone + 20].looks[1]) == 2 and views[-1].looks == {}


def test_no_look_is_in_memory_of_what_a_mask_touches():
    beside = Area(masks=(((0, 0), (LEFT[0] + 1, 0), (LEFT[0] + 1, 200), (0, 200)),))
    pipeline = make_pipeline(lambda frame: boxes(LEFT), area=beside)
    look = Look(1, 0.0, make_face(unit(1)), Frame(np.zeros((360, 640, 3), np.uint8), 0, 0.0, "door"))
    pipeline.embedder.submit = lambda *_: None
    pipeline.embedder.finished = lambda: [look]
    assert all(view.looks == {} for view in run(pipeline, 3))


def test_a_refused_face_tells_why():
    views = run(make_pipeline(lambda frame: boxes(LEFT), lambda track: make_face(None, refused="blurred")), 2)
    assert views[-1].faces.data["refused"][0] == "blurred"


def test_newcomers_are_looked_at_before_those_who_have_a_name():
    pipeline = make_pipeline(lambda frame: boxes(LEFT, RIGHT) if frame.index >= 66 else boxes(LEFT))
    run(pipeline, 72)
    looks = [(frame.index, [track.id for track in tracks]) for frame, tracks in pipeline.embedder.submitted if tracks]
    assert looks == [(0, [1]), (6, [1]), (66, [2]), (69, [1])]


def test_those_who_have_a_name_are_not_queued_for_a_look_while_one_is_under_way_but_newcomers_are():
    pipeline = make_pipeline(lambda frame: boxes(LEFT, RIGHT) if frame.index >= 69 else boxes(LEFT))
    image, somebody = np.zeros((360, 640, 3), np.uint8), Track(99, np.array(RIGHT, np.float32), 0.9, 0.0, 0.0, hits=9)
    for index in range(75):
        pipeline.embedder.under_way = [[somebody]] if 60 <= index < 72 else []
        pipeline.step(Frame(image, index, index / FPS, "door"))
    looks = [(frame.index, [track.id for track in tracks]) for frame, tracks in pipeline.embedder.submitted if tracks]
    assert looks == [(0, [1]), (6, [1]), (69, [2]), (72, [1])]


def test_a_track_of_which_a_look_is_under_way_waits_for_what_that_shows():
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    answers, pipeline.embedder.finished = pipeline.embedder.finished, list
    image = np.zeros((360, 640, 3), np.uint8)
    for index in range(12):
        # a look that has not begun is taken back for a newer one
        pipeline.embedder.under_way = [pipeline.embedder.submitted[6][1]] if 7 <= index <= 10 else []
        if index == 10:
            pipeline.embedder.finished = answers
        pipeline.step(Frame(image, index, index / FPS, "door"))
    looks = [frame.index for frame, tracks in pipeline.embedder.submitted if tracks]
    assert looks == [0, 3, 6]


def test_landmarks_are_told_where_a_face_was_looked_at():
    views = run(make_pipeline(lambda frame: boxes(LEFT)), 2)
    assert np.isfinite(views[0].faces.data["landmarks"]).all()
    assert np.isnan(views[1].faces.data["landmarks"]).all()


def test_faces_are_looked_at_only_where_the_detector_has_just_seen_them():
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    run(pipeline, 12)
    assert {frame.index % 3 for frame, tracks in pipeline.embedder.submitted if tracks} == {0}


@pytest.mark.parametrize(
    ("after", "name"), [(unit(0.9, 0.1), "Ada"), (unit(0, 1), None)], ids=["the same face", "another face"]
)
def test_a_cut_ends_tracks_and_scans_at_once_and_a_name_comes_back_only_with_its_face(after, name):
    pipeline = make_pipeline(
        lambda frame: boxes(LEFT), lambda track: make_face(unit(1, 0) if track.id == 1 else after, box=track.box)
    )
    run(pipeline, 10)
    pipeline.shots.is_cut = lambda image: True
    view = pipeline.step(Frame(np.zeros((360, 640, 3), np.uint8), 10, 10 / FPS, "door"))
    assert view.detected
    assert view.shot == 1
    assert view.faces.tracker_id.tolist() == [2]
    assert view.faces.data["name"].tolist() == [name]


@pytest.mark.parametrize(
    ("after", "track", "state"),
    [
        (make_face(unit(0, 1)), 2, "unknown"),  # somebody else is another track
        (make_face(unit(1, 0.2)), 1, "named"),  # it was but a jump
        (make_face(None, refused="blurred"), 1, "probable"),  # nobody can tell
    ],
)
def test_a_track_that_may_have_passed_to_another_face_is_looked_at_at_once_and_nobody_is_given_the_name_on_trust(
    after, track, state
):
    pipeline = make_pipeline(
        lambda frame: boxes(BESIDE if frame.index >= 30 else LEFT),
        lambda track: after if track.box[0] > 112 else make_face(unit(1, 0)),
    )
    views = run(pipeline, 34)
    assert [view.faces.data["state"][0] for view in views[29:]] == ["named"] + [state] * 4
    assert [view.faces.tracker_id[0] for view in views[29:]] == [1] + [track] * 4
    assert pipeline.books.log.seen[-1][1] == {track: None if track == 2 else "Ada"}  # a doubt alone is not logged


def test_who_was_hidden_by_another_face_has_the_name_back_at_the_first_look():
    def see(frame: Frame) -> sv.Detections:
        return boxes(*((LEFT,), (BESIDE,), (BESIDE, RIGHT))[(frame.index >= 30) + (frame.index >= 36)])

    pipeline = make_pipeline(
        see, lambda track: make_face(unit(0, 1)) if 112 < track.box[0] < 300 else make_face(unit(1, 0))
    )
    faces = run(pipeline, 37)[-1].faces
    assert faces.data["name"].tolist() == [None, "Ada"]


def spots(index: int, size: tuple[int, int] = (640, 360)) -> np.ndarray:
    """A picture of soft spots that moves 4 pixels to the right in each frame."""
    noise = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), np.uint8)
    return np.roll(cv2.GaussianBlur(noise, (0, 0), 3), 4 * index, axis=1)


def test_a_box_follows_the_picture_between_detections():
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    views = [pipeline.step(Frame(spots(index), index, index / FPS, "door")) for index in range(3)]
    np.testing.assert_allclose(views[2].faces.xyxy[0, ::2], np.array(LEFT[::2]) + 8, atol=2)


def test_a_box_that_a_late_detection_begins_is_where_the_face_is_now():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), delay=1)
    views = [pipeline.step(Frame(spots(index), index, index / FPS, "door")) for index in range(4)]
    np.testing.assert_allclose(views[3].faces.xyxy[0, ::2], np.array(LEFT[::2]) + 12, atol=2)


@pytest.mark.parametrize(
    ("size", "t"), [((1280, 720), 10 / FPS), ((640, 360), 2.0)], ids=["another size", "after a gap"]
)
def test_nothing_goes_on_where_the_picture_is_another_or_time_has_passed(size, t):
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    run(pipeline, 10)
    view = pipeline.step(Frame(spots(0, size), 10, t, "door"))
    assert (view.shot, view.faces.tracker_id.tolist()) == (1, [2])


def test_a_source_of_few_frames_is_no_series_of_shots_but_one_that_falls_silent_is_interrupted():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), schedule=Schedule(detect_every=1))
    image = np.zeros((360, 640, 3), np.uint8)
    times = [1.4 * index for index in range(8)] + [14.4]
    views = [pipeline.step(Frame(image, index, t, "door")) for index, t in enumerate(times)]
    assert [view.shot for view in views] == [0] + [1] * 7 + [2]
    assert views[7].faces.data["name"].tolist() == ["Ada"]


def test_whoever_was_there_when_no_pictures_come_any_more_has_left_at_once_and_once():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), delay=1)
    run(pipeline, 10)
    pipeline.pause("It is lost.")
    pipeline.pause("It is still lost.")
    assert pipeline.books.log.ended == ["It is lost."]
    view = pipeline.step(Frame(np.zeros((360, 640, 3), np.uint8), 10, 10 / FPS, "door"))
    assert (view.shot, len(view.faces)) == (2, 0)  # what was found before the pause is not there


def test_a_face_that_has_gone_is_shown_for_half_a_second_at_most():
    pipeline = make_pipeline(lambda frame: boxes(LEFT) if frame.index < 9 else boxes())
    views = run(pipeline, 60)
    last_shown = max(view.frame.index for view in views if len(view.faces))
    assert 6 <= last_shown <= 6 + FPS // 2


def test_two_faces_keep_their_own_names():
    pipeline = make_pipeline(
        lambda frame: boxes(RIGHT, LEFT) if frame.index % 2 else boxes(LEFT, RIGHT),
        lambda track: make_face(unit(1, 0) if track.box[0] < 300 else unit(0, 1), box=track.box),
    )
    faces = run(pipeline, 30)[-1].faces
    names = {float(box[0]): name for box, name in zip(faces.xyxy.round(), faces.data["name"], strict=True)}
    assert names == {LEFT[0]: "Ada", RIGHT[0]: None}


def test_what_is_shown_is_recorded():
    pipeline = make_pipeline(lambda frame: boxes(LEFT))
    run(pipeline, 10)
    assert pipeline.books.log.seen[-1] == (9 / FPS, {1: "Ada"})


def test_nothing_is_kept_of_tracks_that_ended():
    pipeline = make_pipeline(lambda frame: boxes(LEFT) if frame.index < 9 else boxes())
    run(pipeline, 120)
    assert pipeline.books.log.seen[-1] == (119 / FPS, {})
    assert pipeline.identities._histories == {}
    assert pipeline.identities.judge._tracks == {}
    assert len(pipeline.identities.judge._left) == 1  # for ten seconds more


def test_between_scans_of_the_whole_picture_known_faces_are_found_where_they_are_and_none_is_missed_elsewhere():
    pipeline = make_pipeline(
        lambda frame: boxes(LEFT, RIGHT), schedule=Schedule(1, coverage=1.0, sizes=(320, 640), legible=40.0, around=0.3)
    )
    views = run(pipeline, 60)
    whole = [scan.is_whole for scan in pipeline.detector.scans]
    assert whole[0]
    assert whole[1:] == [False, False, False, True]  # new tracks, one after the other until each is certain, and all
    assert all(view.faces.tracker_id.tolist() == [1, 2] for view in views)
    assert not any(track.misses for track in pipeline.whereabouts.at(59 / FPS))


def test_whoever_comes_apart_from_the_known_faces_is_found_as_soon_as_something_moves_there():
    pipeline = make_pipeline(
        lambda frame: boxes(LEFT, RIGHT) if frame.index >= 40 else boxes(LEFT),
        schedule=Schedule(1, coverage=9.0, share=0.9, sizes=(320, 640)),
    )
    before = np.full((360, 640, 3), 90, np.uint8)
    after = before.copy()
    after[50:120, 400:460] = 160
    views = [pipeline.step(Frame(after if i >= 40 else before, i, i / FPS, "door")) for i in range(42)]
    assert [len(view.faces) for view in views[38:]] == [1, 1, 2, 2]
    assert views[40].scan.is_whole


def test_of_two_faces_side_by_side_the_more_similar_one_has_the_name_in_view_and_log_alike():
    def show(track: Track) -> Face:
        return make_face(unit(1, 0.1) if track.id == 2 else unit(1, 0.6), box=track.box)

    pipeline = make_pipeline(lambda frame: boxes(LEFT, RIGHT), show)
    views = run(pipeline, 30)
    assert views[-1].faces.tracker_id.tolist() == [1, 2]
    assert views[-1].faces.data["name"].tolist() == [None, "Ada"]
    assert views[-1].faces.data["state"].tolist() == ["unknown", "named"]
    assert pipeline.books.log.seen[-1][1] == {1: None, 2: "Ada"}
    assert all(list(seen.values()).count("Ada") < 2 for _, seen in pipeline.books.log.seen)


def test_whoever_stands_beside_a_photograph_of_themselves_has_the_own_name_once_that_is_known_for_one():
    """On the photograph, which may be the one enrolled, they are more like themselves than before the camera."""
    turns = itertools.count()

    def show(track: Track) -> Face:
        turned = [0.0] * 7
        turned[2 + next(turns) % 5] = 0.6
        return make_face(unit(1, 0.1) if track.id == 2 else unit(1, *turned), box=track.box)

    pipeline = make_pipeline(lambda frame: boxes(LEFT, RIGHT), show)
    pipeline.pictures = PictureFinder()
    views = run(pipeline, 600)
    assert pipeline.books.log.retracted == [2]
    assert views[-1].faces.data["picture"].tolist() == [False, True]
    assert views[-1].faces.data["name"].tolist() == ["Ada", None]
