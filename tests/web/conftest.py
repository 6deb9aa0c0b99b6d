"""The web application over a service without networks."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from db import Database
from models.images import to_jpeg
from tests.web.fakes import FakeService
from web.access.access import Access
from web.application import create_app


@pytest.fixture
def service(fresh_db: Database, tmp_path: Path) -> FakeService:
    return FakeService(fresh_db, tmp_path)


@pytest.fixture
def access(fresh_db: Database) -> Access:
    return Access(fresh_db)


@pytest.fixture
def client(service: FakeService, access: Access) -> Iterator[FlaskClient]:
    """A browser on this machine, where nobody is asked for a password."""
    app = create_app(service, access)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.test_client() as client:
        yield client


@pytest.fixture
def picture() -> BytesIO:
    return a_picture()


def a_picture(height: int = 40, width: int = 60) -> BytesIO:
    """The bytes of a JPEG, as a browser sends them."""
    return BytesIO(to_jpeg(np.full((height, width, 3), 128, np.uint8)))
