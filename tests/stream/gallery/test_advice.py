"""Enrolment before a camera."""

from dataclasses import replace

import numpy as np
import pytest

from stream.errors import StreamError
from stream.frame import Frame
from stream.gallery.advice import ADVICE, from_camera
from tests.fakes import make_face, unit


def test_somebody_before_a_camera_is_told_what_to_do(enroller, analyzer, fresh_db):
    good = make_face(unit(1, 0))
    analyzer.known = {1: [good], 2: [], 3: [replace(good, embedding=unit(1, 0.1))]}
    frames = [
        Frame(
            np.full((8, 8, 3), 2 if index in (4, 5, 6) else 1 if index < 6 else 3, np.uint8),
            index,
            index * 0.5,
            "camera0",
        )
        for index in range(40)
    ]
    told = []
    verdicts = list(from_camera(enroller, "Ada", frames, told.append))
    assert len(verdicts) == len(ADVICE) == len(fresh_db.samples("Ada"))
    assert told == [*ADVICE[:2], "no face found", *ADVICE[2:]]


def looks(count: int = 40) -> list[Frame]:
    """Frames of somebody whom the analyzer knows by the grey level 1, two a second."""
    return [Frame(np.full((8, 8, 3), 1, np.uint8), index, index * 0.5, "camera0") for index in range(count)]


def test_a_look_at_somebody_else_is_no_look_that_was_taken_unless_forced(enroller, analyzer, picture, fresh_db):
    enroller.pictures("Bob", [picture(make_face(unit(1, 0)))])
    analyzer.known[1] = [make_face(unit(1, 0.1))]
    told = []
    with pytest.raises(StreamError, match="Ada is not enrolled"):
        list(from_camera(enroller, "Ada", looks(), told.append))
    assert told[0] == ADVICE[0]
    assert all("looks like Bob" in refusal for refusal in told[1:])
    verdicts = list(from_camera(enroller, "Ada", looks(), told.append, force=True))
    assert [verdict.refused for verdict in verdicts] == [None] * len(ADVICE)
    assert fresh_db.samples("Ada")[0].forced


def test_a_source_that_ends_early_keeps_the_looks_that_were_good(enroller, analyzer):
    analyzer.known[1] = [make_face(unit(1, 0))]
    assert len(list(from_camera(enroller, "Ada", looks(6), lambda _: None))) == 2
