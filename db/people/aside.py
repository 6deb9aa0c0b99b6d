"""Pictures and people that are set aside: nobody is recognized by them until they are restored."""

from sqlalchemy.orm import Session

from db.errors import DatabaseError, NotThereError
from db.history.journal import Journal
from db.people import people
from db.records import Aside
from db.schema.tables import PersonRow, SampleRow

DECIDED: dict[Aside | None, str] = {"dropped": "drop", "aside": "set picture aside", None: "restore picture"}


def find_sample(session: Session, number: int) -> tuple[SampleRow, PersonRow]:
    """A picture and whose it is, also where it was dropped.

    Raises:
        DatabaseError: there is none of this number.
    """
    sample = session.get(SampleRow, number)
    if sample is None:
        raise _no_picture(number)
    return sample, session.get_one(PersonRow, sample.person_id)


def find_kept(session: Session, number: int) -> tuple[SampleRow, PersonRow]:
    """The same, of a picture that was not dropped."""
    sample, person = find_sample(session, number)
    if sample.aside == "dropped":
        raise _no_picture(number)
    return sample, person


def put_sample(journal: Journal, number: int, aside: Aside | None) -> PersonRow:
    """Set a picture aside, drop it, or restore it; returns whose it is.

    Raises:
        DatabaseError: there is none of this number, it was dropped, or nothing would change.
    """
    sample, person = find_kept(journal.session, number)
    if sample.aside == aside:
        raise DatabaseError(
            f"Picture {number} of {person.name} is {_where(aside is not None)}: there is nothing to do."
        )
    journal.update(SampleRow, SampleRow.id == number, aside=aside)
    journal.decide(DECIDED[aside], [person.id], picture=number, name=person.name)
    return person


def put_person(journal: Journal, name: str, aside: bool) -> PersonRow:
    """Set somebody aside, or restore them.

    Raises:
        UnknownPersonError: nobody has this name.
        DatabaseError: nothing would change.
    """
    person = people.find(journal.session, name)
    if person.aside == aside:
        raise DatabaseError(f"{person.name} is {_where(aside)}: there is nothing to do.")
    journal.update(PersonRow, PersonRow.id == person.id, aside=aside)
    journal.decide("set aside" if aside else "restore", [person.id], name=person.name)
    return person


def _no_picture(number: int) -> NotThereError:
    return NotThereError(f"There is no picture {number}, or not any more: `doorman people show NAME` lists a person's.")


def _where(aside: bool) -> str:
    return "set aside already" if aside else "not set aside"
