"""The threshold for a wanted false-accept rate per search, measured for the user's own gallery.

A search asks who of the gallery a track is. Its false-accept rate is the chance that a stranger's track gets any name;
it grows with every person enrolled. How strangers' scores spread tells the embedder's score set. How alike people are
on pictures like these tell the gallery's own, each searched for as if not enrolled: by the difference of the means, in
Fisher's z, the threshold is moved. (Galleries of LFW's people, whom the score set does not know, named 1.7 % of LFW's
strangers where 1 % was wanted, and 1.0 % once the threshold was moved.) A name also needs a lead and agreeing looks,
which make false accepts rarer still.
"""

import math
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from db import Database
from db.people.counting import totals
from models.manifest import ModelEntry
from models.scores import ScoreSet, read_scores
from stream.errors import StreamError
from stream.gallery.calibration.calibration import Calibration, CalibrationReport, Choice, Estimate
from stream.gallery.calibration.false_accepts import Curve, FalseAccepts, fisher, pair_matrix, pair_mean
from stream.gallery.calibration.leave_one_out import LeftOut, Searched, leave_one_out
from stream.gallery.identity import MARGIN

RATES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)  # told beside the wanted one
REPEATS = 200
PRIOR = 5.0  # people with whom the gallery's own word counts as much as the score set's
ALONE = 10  # least people of a gallery that is its own score set


def calibrate_database(database: Database, embedder: ModelEntry, far: float, now: datetime) -> CalibrationReport:
    """Measure the threshold of a database's gallery; it is not yet in force.

    Raises:
        DatabaseError: the gallery was made with another embedder.
        ModelError: the embedder's score set cannot be used.
        StreamError: the gallery is too small.
    """
    digest = embedder.sha256
    searched = Searched.of_database(database, digest)  # first: another embedder's is told before its score set
    return calibrate(searched, read_scores(embedder), digest, far, now)


def calibrate(
    searched: Searched, scores: ScoreSet | None, digest: str, far: float, now: datetime, repeats: int = REPEATS
) -> CalibrationReport:
    """Measure the threshold of a gallery.

    Args:
        scores: the embedder's score set; without one the gallery's own people are the only strangers.
        digest: the embedder's, which made the gallery.
        far: the wanted false-accept rate per search.
        repeats: of the bootstrap.

    Raises:
        StreamError: nobody is enrolled, or too few people to do without a score set.
    """
    if not searched.gallery.people:
        raise StreamError("Nobody is enrolled, and the threshold depends on who is: enrol people first.")
    left_out = leave_one_out(searched)
    people, pictures = totals(searched.counts)
    trust = people / (people + PRIOR)
    if scores is None:
        scores = own_set(left_out, digest)
        trust = 0.0
    accepts = FalseAccepts(scores, searched.counts)
    bootstrap = _Bootstrap(accepts, left_out, trust, repeats, most=accepts.expected(0.0).threshold(far))

    threshold = bootstrap.estimate(lambda curve, _: curve.threshold(far))
    repeated = left_out.repeated()
    calibration = Calibration(
        digest=digest,
        date=now.isoformat(timespec="seconds"),
        far=far,
        threshold=threshold,
        rate=bootstrap.estimate(lambda curve, _: curve.rate(threshold.value)),
        named=bootstrap.estimate(lambda _, times: left_out.named(threshold.value, MARGIN, times)) if repeated else None,
        people=people,
        pictures=pictures,
        repeated=repeated,
        strangers=len(np.unique(scores.strangers)),
        shift=bootstrap.shift,
    )
    return CalibrationReport(
        calibration,
        [bootstrap.choice(rate) for rate in sorted({far, *RATES}, reverse=True)],
        left_out.alike(threshold.value),
        left_out.own[~np.isnan(left_out.own)].tolist(),
        left_out.rival[left_out.rival > -1].tolist(),
    )


class _Bootstrap:
    """The measurement, and how it comes out with other people.

    People are drawn, not scores, since all scores of a person rise and fall together: people of the score set as a
    gallery and as its strangers, and people of the own gallery.

    Args:
        most: cosine, as which pairs of the own gallery count that are more alike. These may be one person under two
            names, by whom a small gallery would get a threshold that nobody reaches; the report tells of them.
    """

    def __init__(self, accepts: FalseAccepts, left_out: LeftOut, trust: float, repeats: int, most: float) -> None:
        self._accepts = accepts
        self._left_out = left_out
        self._trust = trust
        self._pairs = np.minimum(pair_matrix(left_out.scores, left_out.owners), fisher(most))
        everybody = np.ones(len(left_out.people), np.int64)
        self.shift = self._shift(everybody, np.ones(accepts.people, np.int64))
        self._measured = accepts.expected(self.shift), everybody
        random = np.random.default_rng(0)
        self._repeats = [self._repeat(random) for _ in range(repeats)]

    def _repeat(self, random: np.random.Generator) -> tuple[Curve, NDArray[np.int64]]:
        own = random.multinomial(len(self._left_out.people), self._measured[1] / len(self._left_out.people))
        gallery, strangers = self._accepts.draw(random)
        return self._accepts.drawn(gallery, strangers, self._shift(own, strangers)), own

    def _shift(self, own: NDArray[np.int64], strangers: NDArray[np.int64]) -> float:
        """How much more alike than strangers the gallery's people are, each counted so many times."""
        more = pair_mean(self._pairs, own) - self._accepts.alikeness(strangers)
        return 0.0 if math.isnan(more) else self._trust * more  # one person alone tells nothing of it

    def estimate(self, figure: Callable[[Curve, NDArray[np.int64]], float]) -> Estimate:
        """A figure of the curve and of the gallery's people, counted so many times."""
        low, high = np.nanquantile([figure(*repeat) for repeat in self._repeats], [0.05, 0.95])
        return Estimate(figure(*self._measured), float(low), float(high))

    def choice(self, far: float) -> Choice:
        threshold = self.estimate(lambda curve, _: curve.threshold(far))
        named = self._left_out.named(threshold.value, MARGIN, self._measured[1])
        return Choice(far, threshold, None if math.isnan(named) else named)


def own_set(left_out: LeftOut, digest: str) -> ScoreSet:
    """The people of the gallery as the only strangers.

    Raises:
        StreamError: they are too few.
    """
    if len(left_out.people) < ALONE:
        raise StreamError(
            f"No score set belongs to this embedder: enrol {ALONE} people or more ({len(left_out.people)} by now), or "
            "make a set beside its file with `python -m training.scores`."
        )
    return ScoreSet(digest, np.array([1]), left_out.scores[:, None], left_out.owners)
