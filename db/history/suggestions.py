"""Further pictures that are offered, as the rest of the program sees them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.database import Database
from db.errors import NotThereError
from db.history.deciding import deciding
from db.people import gallery, people
from db.records import NewSample, Person
from db.schema.history import SuggestionRow
from db.schema.tables import PersonRow
from db.text.wording import how_many


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A look at somebody, offered as a further picture of theirs.

    Attributes:
        time: when it was offered.
        similarity: cosine to the person.
        quality: 0 to 1.
        sighting: its id, while that is kept.
    """

    id: int
    person: str
    time: datetime
    quality: float
    similarity: float
    sighting: int | None


class Suggestions:
    """Those that wait for an answer; every method is one transaction, and raises DatabaseError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> list[Suggestion]:
        """All of them, by people's names, the best first."""
        query = select(SuggestionRow, PersonRow.name).join(PersonRow).where(~SuggestionRow.refused)
        with self._database.reading() as session:
            rows = session.execute(query.order_by(PersonRow.key, SuggestionRow.quality.desc(), SuggestionRow.id))
            return [
                Suggestion(row.id, name, row.time, row.quality, row.similarity, row.sighting_id) for row, name in rows
            ]

    def crop(self, number: int) -> bytes:
        """The JPEG of the aligned 112x112 face."""
        with self._database.reading() as session:
            crop = _find(session, [number])[0].crop
        assert crop is not None
        return crop

    def refuse(self, numbers: Collection[int]) -> None:
        """Never offer these, or what is like them, again: all of them, or none if one is not there."""
        with self._database.writing() as session:
            _find(session, numbers)
            refused = update(SuggestionRow).where(SuggestionRow.id.in_(list(numbers)))
            session.execute(refused.values(refused=True, crop=None))

    def accept(self, name: str, numbers: Collection[int], samples: Sequence[NewSample]) -> Person:
        """Enrol pictures of a person that were offered, and offer them no more.

        Args:
            samples: made of them.
        """
        with deciding(self._database) as journal:
            session = journal.session
            _find(session, numbers)
            person = gallery.enrol(journal, name, samples)
            session.execute(delete(SuggestionRow).where(SuggestionRow.id.in_(list(numbers))))
            journal.decide("accept", [person.id], name=person.name, pictures=how_many(len(samples), "picture"))
            return people.record(session, person)


def _find(session: Session, numbers: Collection[int]) -> list[SuggestionRow]:
    wanted = SuggestionRow.id.in_(list(numbers)) & ~SuggestionRow.refused
    rows = session.scalars(select(SuggestionRow).where(wanted).order_by(SuggestionRow.id)).all()
    if missing := sorted(set(numbers) - {row.id for row in rows}):
        raise NotThereError(
            f"There is no suggestion {', '.join(map(str, missing))}, or not any more: "
            "`doorman people suggestions list` shows those there are."
        )
    return list(rows)
