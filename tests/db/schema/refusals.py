"""How a database that cannot be used is told of."""

from pathlib import Path

import pytest

from db import Database, DatabaseError
from tests.people import new_sample


def refused(place: Path | str, **options: float) -> str:
    """The one sentence with which opening or first writing fails."""
    with pytest.raises(DatabaseError) as caught, Database.open(place, **options) as database:
        database.add_samples("Ada", [new_sample()])
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message
