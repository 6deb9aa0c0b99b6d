"""Which sightings, or events, are asked for."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.people import people
from db.schema.tables import SightingRow

Moment = InstrumentedAttribute[datetime]


class Wanted(TypedDict, total=False):
    """What is to be found; what is not given, or None, may be anything.

    Attributes:
        since, until: the time that it overlaps.
        camera: before which it was.
        name: whose it is, in any spelling of case and Unicode form.
    """

    since: datetime | None
    until: datetime | None
    camera: str | None
    name: str | None


def conditions(
    session: Session, wanted: Wanted, began: Moment, ended: Moment, camera: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    """What a row with these columns, joined to its sighting, fulfils.

    Raises:
        UnknownPersonError: nobody has the name.
    """
    found = list[ColumnElement[bool]]()
    if (since := wanted.get("since")) is not None:
        found.append(ended >= since)
    if (until := wanted.get("until")) is not None:
        found.append(began <= until)
    if (place := wanted.get("camera")) is not None:
        found.append(camera == place)
    if (name := wanted.get("name")) is not None:
        found.append(SightingRow.person_id == people.find(session, name).id)
    return found
