"""People who are enrolled, as programs read them."""

from dataclasses import asdict
from typing import Any

from db import Person
from db.sightings.visits import LastSeen


def as_dict(person: Person, last: LastSeen | None) -> dict[str, Any]:
    """A person, with when and where they were seen last; null where they never were."""
    return {**asdict(person), "last_seen": last and last.time, "camera": last and last.camera}
