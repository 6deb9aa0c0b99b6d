"""A sighting that has the wrong name, put right."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.database import Database
from db.errors import DatabaseError
from db.history.deciding import deciding
from db.history.journal import Journal
from db.people import people
from db.records import Sighting
from db.schema.history import NegativeRow, SuggestionRow
from db.schema.tables import EvidenceRow, PersonRow, SightingRow
from db.sightings.sightings import sighting_of


def correct(database: Database, number: int, name: str | None = None) -> tuple[Sighting, int]:
    """Let a sighting be a stranger's, or the right person's, and its looks stand against the wrong one from now on.

    Looks that stand against others since earlier corrections of it are the right person's now, too: against that one
    they stand no more.

    Returns:
        The sighting as it is now, and how many looks stand against the wrong person.

    Raises:
        UnknownPersonError: nobody has this name.
        DatabaseError: there is no such sighting, or nothing would change; or the right person is set aside.
    """
    with deciding(database) as journal:
        session = journal.session
        before = sighting_of(session, number)
        wrong = None if before.person is None else people.find(session, before.person)
        right = None if name is None else people.find(session, name)
        if wrong is right:
            raise DatabaseError(_nothing_to_do(before))
        if right is not None:
            people.refuse_aside(right)
        journal.update(
            SightingRow, SightingRow.id == number, person_id=None if right is None else right.id, similarity=None
        )
        journal.update(NegativeRow, NegativeRow.sighting_id == number, right_id=None if right is None else right.id)
        negatives = [] if wrong is None else _new_negatives(session, number, wrong, right)
        session.execute(delete(SuggestionRow).where(SuggestionRow.sighting_id == number))
        session.add_all(negatives)
        journal.added(*negatives)
        _decide(journal, before, wrong, right)
        return sighting_of(session, number), 0 if wrong is None else _against(session, number, wrong)


def _against(session: Session, sighting: int, wrong: PersonRow) -> int:
    """How many of a sighting's looks stand against somebody."""
    of_it = (NegativeRow.sighting_id == sighting) & (NegativeRow.person_id == wrong.id)
    return session.scalars(select(func.count()).where(of_it)).one()


def _new_negatives(session: Session, sighting: int, wrong: PersonRow, right: PersonRow | None) -> list[NegativeRow]:
    if _against(session, sighting, wrong):
        return []  # they are there from an earlier correction, which was corrected meanwhile
    looks = select(EvidenceRow.digest, EvidenceRow.embedding, EvidenceRow.crop).order_by(EvidenceRow.id)
    return [
        NegativeRow(
            person_id=wrong.id,
            right_id=right and right.id,
            sighting_id=sighting,
            digest=look.digest,
            embedding=look.embedding,
            crop=look.crop,
        )
        for look in session.execute(looks.where(EvidenceRow.sighting_id == sighting))
    ]


def _decide(journal: Journal, sighting: Sighting, wrong: PersonRow | None, right: PersonRow | None) -> None:
    concerned = [person.id for person in (wrong, right) if person is not None]
    told = {"sighting": sighting.id, "name": sighting.person, "right": right and right.name}
    if right is None:
        what = "wrong"
    elif wrong is None:
        what = "unnamed"
    else:
        what = "right"
    journal.decide(what, concerned, **told)


def _nothing_to_do(sighting: Sighting) -> str:
    if sighting.person is None:
        return f"Sighting {sighting.id} has no name: say whose it is with --is NAME."
    return f"Sighting {sighting.id} is {sighting.person}'s already: there is nothing to do."
