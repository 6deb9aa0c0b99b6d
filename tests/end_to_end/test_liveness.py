"""A user's own network that tells living faces from pictures, beside the shipped ones."""

import pytest

from models.images import to_jpeg
from stream import Recognizer
from stream.cli.demo import CLIP, NAME, cut_out
from stream.service.evidence import Why
from tests.networks import described

pytestmark = pytest.mark.end_to_end

HOW = {"scale": 2.7, "live": 0}
SECONDS = 5.0  # of the clip: he is in the first shot, which is over after .7 s, and in the third, from 2.7 s on


@pytest.fixture
def watched(tmp_path):
    """The clip's sightings, watched with a network that takes faces of a score from so much on for living ones."""
    (tmp_path / "portrait.jpg").write_bytes(to_jpeg(cut_out(CLIP)))
    network = tmp_path / "own.onnx"

    def run(threshold: float) -> Recognizer:
        described(network, "liveness", liveness=HOW, threshold=threshold)
        recognizer = Recognizer.open("sqlite://", detector="yolov5n-face", liveness=network)
        recognizer.enroll(NAME, [tmp_path / "portrait.jpg"])
        for _ in recognizer.watch(str(CLIP), max_seconds=SECONDS):
            pass
        return recognizer

    return run


def seconds(recognizer: Recognizer) -> float:
    """For how long he was seen."""
    seen = recognizer.database.sightings(name=NAME)
    return sum((one.last_seen - one.first_seen).total_seconds() for one in seen)


def test_its_score_is_evidence_and_where_two_looks_have_a_low_one_a_face_is_a_pictures(watched):
    with watched(-1.0) as recognizer:
        assert seconds(recognizer) > 4
        (sighting, *_) = recognizer.database.sightings(name=NAME)
        _, looks = Why(recognizer.database, recognizer.analyzer.embedder.digest).show(sighting.id)
        assert looks
        assert all(0 <= look.liveness <= 1 for look in looks)
    with watched(2.0) as recognizer:
        assert seconds(recognizer) < 3  # the first shot is too short for two looks
