"""One sighting, erased for good with all that is kept of it."""

from sqlalchemy import delete, func, select

from db.database import Database
from db.history.deciding import changing
from db.records import Erased
from db.schema.history import DecisionRow, NegativeRow, SuggestionRow
from db.schema.tables import EventRow, MessageRow, SightingRow, StayRow
from db.sightings.sightings import sighting_of
from db.sightings.snapshots import erase_snapshots
from db.unknowns.aging import erase_stays


def erase_sighting(database: Database, number: int) -> Erased:
    """Erase a sighting: its snapshot, looks and events, what is kept of a stranger, and what was decided about it.

    Whoever it was held against may be taken for that face again. Pictures that were enrolled from it are the person's.

    Raises:
        NotThereError: there is none.
        DatabaseError: the snapshot cannot be deleted, and the sighting is kept; or see `Database.forget_history`.
    """
    with changing(database) as session:
        snapshot = sighting_of(session, number).snapshot
        waiting = select(func.count()).select_from(MessageRow).join(EventRow).where(EventRow.sighting_id == number)
        messages = session.scalars(waiting).one()
        stays = session.scalars(select(StayRow.id).where(StayRow.sighting_id == number)).all()
        strangers = erase_stays(session, stays)
        for table in (NegativeRow, SuggestionRow):  # they hold the face, and would stay
            session.execute(delete(table).where(table.sighting_id == number))
        told = session.execute(select(DecisionRow.id, DecisionRow.told)).all()
        about = [decision for decision, what in told if what.get("sighting") == number]
        session.execute(delete(DecisionRow).where(DecisionRow.id.in_(about)))
        snapshots = erase_snapshots(session, [snapshot])
        session.execute(delete(SightingRow).where(SightingRow.id == number))  # all the rest goes: ON DELETE CASCADE
    return Erased(0, 1, snapshots, messages, copies=database.forget_traces(), strangers=strangers)
