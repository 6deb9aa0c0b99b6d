"""A real browser for tests of the web pages: what fits the screen, and what everybody can use."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desktop": (1280, 800), "telephone": (390, 844)}
SOON = 60_000  # milliseconds after which a test has failed

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser (Debian: chromium)")


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, site: str, **kind: Any) -> Iterator[Any]:
    """A page of its own, whose console must stay silent."""
    context = browser.new_context(base_url=site, **kind)
    page = context.new_page()
    page.set_default_timeout(SOON)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def look_at(page: Any, size: str, file: Path) -> None:
    """See that a page fits a screen of this size and that everybody can use it, and take a picture of it."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.screenshot(path=file, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    serious = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not serious
