"""What the tests of decisions share."""

import pytest

from db import Database
from db.history.history import History


@pytest.fixture
def history(fresh_db: Database) -> History:
    return History(fresh_db)
