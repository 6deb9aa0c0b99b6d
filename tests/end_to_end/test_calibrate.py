"""Calibration with the shipped embedder and its score set."""

from datetime import UTC, datetime

import pytest

from models.embedder import Embedder
from models.images import read_image, to_jpeg
from models.manifest import MANIFEST, read_manifest
from models.runtime import Network
from models.scores import read_scores
from stream import Recognizer
from stream.cli.demo import CLIP, NAME, cut_out
from stream.gallery.calibration.calibrate import calibrate_database
from stream.gallery.calibration.calibration import put_in_force, stored
from stream.tools.reembed import reembed

pytestmark = pytest.mark.end_to_end

EMBEDDERS = [entry for entry in read_manifest(MANIFEST) if entry.task == "embedding"]


@pytest.mark.parametrize("entry", EMBEDDERS, ids=lambda entry: entry.name)
def test_every_shipped_embedder_has_its_score_set(entry):
    scores = read_scores(entry)
    assert scores is not None, "python -m training.scores makes it"
    assert len(scores.strangers) >= 30


def test_a_gallery_is_calibrated_and_rebuilt(tmp_path):
    portrait = tmp_path / "portrait.jpg"
    portrait.write_bytes(to_jpeg(cut_out(CLIP)))
    with Recognizer.open(tmp_path / "people.db") as recognizer:
        recognizer.enroll(NAME, [portrait])
        database, entry = recognizer.database, recognizer.analyzer.embedder.network.entry
        far = calibrate_database(database, entry, 0.01, datetime.now(UTC)).calibration
        put_in_force(database, far)
        assert 0 < far.threshold.low < far.threshold.value < far.threshold.high <= 1
        with Recognizer.open(tmp_path / "people.db") as again:
            assert again.rule.threshold == far.threshold.value
        before = database.gallery(entry.sha256).embeddings
        assert reembed(database, recognizer.analyzer.embedder).calibration_dropped
        assert stored(database, entry.sha256) is None
        cosine = (before * database.gallery(entry.sha256).embeddings).sum()
        assert cosine > 0.99  # the crop has been through JPEG


def test_a_gallery_goes_on_with_its_embedder_until_it_is_rebuilt(tmp_path):
    portrait = tmp_path / "portrait.jpg"
    portrait.write_bytes(to_jpeg(cut_out(CLIP)))
    default, other = sorted(EMBEDDERS, key=lambda entry: not entry.default)
    with Recognizer.open(tmp_path / "people.db", embedder=other.name) as recognizer:
        recognizer.enroll(NAME, [portrait])
    with Recognizer.open(tmp_path / "people.db") as recognizer:
        assert recognizer.analyzer.embedder.network.entry == other
        assert recognizer.identify(read_image(portrait))[0].identity.name == NAME
        reembed(recognizer.database, Embedder(Network(default)))
    with Recognizer.open(tmp_path / "people.db") as recognizer:
        assert recognizer.analyzer.embedder.network.entry == default
        assert recognizer.identify(read_image(portrait))[0].identity.name == NAME
