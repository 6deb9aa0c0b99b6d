"""What a calibration has measured, and how the database keeps it."""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from db import Database, DatabaseDamagedError, DatabaseError
from db.people.counting import picture_counts

SETTING = "calibration"
GROWN = 1.5  # times as many people or pictures, or as few, ask for a new calibration


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 90 % interval: how it comes out for galleries and strangers drawn anew."""

    value: FiniteFloat  # what is not a number names nobody
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured, and is kept in the database.

    Attributes:
        digest: sha256 of the embedder's file.
        date: ISO 8601 with zone.
        far: the wanted false-accept rate per search.
        threshold: cosine, for the gallery as it was; `stream.gallery.calibration.threshold` tells that for the gallery
            as it is.
        rate: the false-accept rate at that threshold; its value is the wanted one.
        named: share of the gallery's pictures that would be named, each searched for with itself left out; None where
            nobody has two pictures.
        people, pictures: the size of the gallery.
        repeated: people with two pictures or more, whom `named` rests on.
        strangers: people who stood for strangers; the gallery's own where the embedder has no score set.
        shift: by how much more alike than strangers its people are, as Fisher's z; None in what 0.1.0 has kept.
    """

    digest: str
    date: str
    far: FiniteFloat
    threshold: Estimate
    rate: Estimate
    named: Estimate | None
    people: int
    pictures: int
    repeated: int
    strangers: int
    shift: FiniteFloat | None = None

    def fits(self, people: int, pictures: int) -> bool:
        """Whether a gallery of this size is about the one that was measured."""
        ratios = people / self.people, pictures / self.pictures
        return all(1 / GROWN <= ratio <= GROWN for ratio in ratios)


AS_STORED = TypeAdapter[Calibration | None](Calibration | None)


def stored(database: Database, digest: str) -> Calibration | None:
    """The calibration that the database holds for an embedder.

    Raises:
        DatabaseError: it is damaged, and there is somebody to make it anew for.
    """
    try:
        kept = AS_STORED.validate_python(database.setting(SETTING))
    except (DatabaseDamagedError, ValidationError) as error:
        if not picture_counts(database):  # the remedy would ask for people, and nobody could be enrolled
            return None
        raise DatabaseError(
            f"The calibration in the database {database.place} is damaged: make it anew with `doorman calibrate`."
        ) from error
    return kept if kept is not None and kept.digest == digest else None


def put_in_force(database: Database, calibration: Calibration) -> None:
    """Keep a calibration in the database: from now on its threshold holds there.

    Raises:
        DatabaseError: it cannot be kept.
    """
    database.set_setting(SETTING, asdict(calibration))


@dataclass(frozen=True, slots=True)
class Choice:
    """A false-accept rate, the threshold for it, and the share of the gallery's pictures that it would name."""

    far: float
    threshold: Estimate
    named: float | None


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """A calibration and what it was chosen from.

    Attributes:
        choices: by falling rate.
        alike: pairs of people who would be taken for each other at the threshold, with their score, highest first.
        own: what the gallery's pictures score by their person's other pictures (cosine).
        rival: what they score by the most similar other person.
    """

    calibration: Calibration
    choices: list[Choice]
    alike: list[tuple[str, str, float]]
    own: list[float]
    rival: list[float]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: all but the single scores."""
        told = asdict(self)
        return {name: told[name] for name in ("calibration", "choices", "alike")}
