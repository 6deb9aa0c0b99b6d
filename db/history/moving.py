"""Pictures that are somebody else's, given to whom they show."""

from collections.abc import Sequence

from sqlalchemy import select

from db.database import Database
from db.errors import DatabaseError
from db.history.deciding import deciding
from db.history.journal import Journal
from db.names import clean_name
from db.people import people
from db.people.aside import find_kept
from db.records import Person
from db.schema.tables import LikenessRow, PersonRow, SampleRow


def move(database: Database, numbers: Sequence[int], name: str) -> Person:
    """Give pictures, by their numbers, to whom they show, who is created when needed; from now on they are used.

    Returns:
        Whose they are now.

    Raises:
        DatabaseError: there is none of a number, all are that person's already, the person is set aside, or the name
            is none.
    """
    name = clean_name(name)
    with deciding(database) as journal:
        session = journal.session
        owners = {number: find_kept(session, number)[1] for number in numbers}
        right = people.lookup(session, name)
        wrong = {owner.id: owner for owner in owners.values() if owner is not right}
        moved = [number for number, owner in owners.items() if owner is not right]
        if not moved:
            raise DatabaseError(f"{_called(numbers)} of {name} {_are(numbers)} there already: there is nothing to do.")
        if right is None:
            right = people.create(session, name)
            journal.added(right)
        people.refuse_aside(right)
        _give(journal, moved, right)
        told = {"pictures": _called(moved), "name": " and ".join(owner.name for owner in wrong.values())}
        journal.decide("move", [*wrong, right.id], **told, right=right.name)
        return people.record(session, right)


def _give(journal: Journal, numbers: Sequence[int], right: PersonRow) -> None:
    """Nobody is like themselves: where a picture was like whom it shows, that is not told any more."""
    journal.update(SampleRow, SampleRow.id.in_(numbers), person_id=right.id, aside=None)
    like = LikenessRow.sample_id.in_(numbers) & (LikenessRow.person_id == right.id)
    journal.delete(*journal.session.scalars(select(LikenessRow).where(like)).all())


def _called(numbers: Sequence[int]) -> str:
    return f"Picture {numbers[0]}" if len(numbers) == 1 else f"Pictures {', '.join(map(str, numbers))}"


def _are(numbers: Sequence[int]) -> str:
    return "is" if len(numbers) == 1 else "are"
