"""What the tests of the pages share: a browser, and somebody to enrol."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.images import to_jpeg
from stream.cli.demo import CLIP, cut_out
from tests.browser import chromium, opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """A page of the module's own site."""
    with opened(browser, site) as page:
        yield page


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """A picture of the man of the demo clip."""
    file = tmp_path / "portrait.jpg"
    file.write_bytes(to_jpeg(cut_out(CLIP)))
    return file
