"""The cosine from which a face counts as a person, when nobody has told it."""

from dataclasses import dataclass
from functools import lru_cache

from db import Database
from db.people.counting import picture_counts, totals
from models.embedder import Embedder
from models.errors import ModelError
from models.manifest import ModelEntry
from models.scores import ScoreSet, read_scores
from stream.gallery.calibration.calibrate import ALONE, own_set
from stream.gallery.calibration.calibration import Calibration, stored
from stream.gallery.calibration.false_accepts import Curve, FalseAccepts, fisher
from stream.gallery.calibration.leave_one_out import Searched, leave_one_out
from stream.gallery.identity import Rule

FAR = 0.01  # share of strangers' tracks that may get a name
RARE = 0.001  # and of newcomers who may be refused for looking like somebody else, by the score set; see the model card
CHANCE = 0.1  # share of pairs of two people's pictures that may pass for one's by chance; see the model card
HALF = 0.5  # of the threshold in force, where nothing is known of such pairs

Enrolled = tuple[tuple[int, int], ...]
"""Numbers of pictures, and how many people have so many."""

A_PAIR: Enrolled = ((1, 1),)  # one picture against one: a gallery of one person


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines that tell what becomes of a picture.

    Attributes:
        named: from which a face counts as a person of the gallery.
        sure: from which a newcomer is hardly anybody but that person.
        unlike: below which two pictures are hardly of one person.
    """

    named: float
    sure: float
    unlike: float


def threshold_for(
    embedder: Embedder, database: Database, wanted: float | None = None, far: float | None = None
) -> float:
    """The threshold in force: wanted, or for the gallery as it is now, as far as it is known how alike its people are.

    Every enrolled person is one more chance of a mistake: what is right for a thousand names too few of two. So a
    calibration does not tell the threshold, but for which rate it is and how alike the people are.

    Args:
        far: another false-accept rate than that which was calibrated for, or is usual.

    Raises:
        ModelError: there is no threshold, or the embedder's score set cannot be used.
        DatabaseError: the gallery was made with another embedder, or the calibration is damaged.
    """
    if wanted is not None:
        return wanted
    entry = embedder.network.entry
    calibration = stored(database, embedder.digest)
    wanted_far = far or (calibration.far if calibration else FAR)
    enrolled = picture_counts(database)
    if enrolled and (scores := _scores(entry)):
        return _curve(entry, tuple(sorted(enrolled.items())), _shift(scores, calibration)).threshold(wanted_far)
    if calibration and totals(enrolled)[0] >= ALONE:
        strangers = own_set(leave_one_out(Searched.of_database(database, embedder.digest)), embedder.digest)
        return FalseAccepts(strangers, enrolled).expected(shift=0.0).threshold(wanted_far)
    usual = calibration.threshold.value if calibration else entry.threshold
    if usual is None:
        raise ModelError(
            f'The embedder {entry.name} has no threshold: add "threshold" (a cosine; 0.5 until `calibrate` finds '
            f"another) to the JSON file beside {entry.path.name}, or give --threshold where the command has it."
        )
    return usual


def sure_threshold_for(embedder: Embedder, database: Database, usual: float) -> float:
    """The cosine from which a newcomer is hardly anybody but that person; it follows the gallery, too.

    Args:
        usual: the threshold in force.

    Raises:
        ModelError, DatabaseError: see `threshold_for`.
    """
    if _scores(embedder.network.entry) is None:
        return Rule(usual).for_one_look.threshold  # nothing is known of rates
    return max(usual, threshold_for(embedder, database, far=RARE))


def unlike_threshold_for(embedder: Embedder, database: Database, usual: float) -> float:
    """The cosine below which two pictures are hardly of one person.

    It does not follow the gallery: whether they are does not depend on who else is enrolled.

    Args:
        usual: the threshold in force.

    Raises:
        ModelError, DatabaseError: see `threshold_for`.
    """
    entry = embedder.network.entry
    scores = _scores(entry)
    if scores is None:
        return HALF * usual
    return _curve(entry, A_PAIR, _shift(scores, stored(database, embedder.digest))).threshold(CHANCE)


@lru_cache(maxsize=2)
def _scores(entry: ModelEntry) -> ScoreSet | None:
    return read_scores(entry)


@lru_cache(maxsize=8)
def _curve(entry: ModelEntry, enrolled: Enrolled, shift: float) -> Curve:
    """The false-accept rates of a gallery of people with so many pictures each."""
    scores = _scores(entry)
    assert scores is not None
    return FalseAccepts(scores, dict(enrolled)).expected(shift)


def _shift(scores: ScoreSet, calibration: Calibration | None) -> float:
    """By how much more alike than strangers the people of the gallery are, as Fisher's z."""
    if calibration is None:
        return 0.0
    if calibration.shift is not None:
        return calibration.shift
    # 0.1.0 has kept the threshold alone: how far it lay from the usual one of a gallery of that size.
    each = round(calibration.pictures / calibration.people)
    usual = FalseAccepts(scores, {each: calibration.people}).expected(shift=0.0).threshold(calibration.far)
    return fisher(calibration.threshold.value) - fisher(usual)
