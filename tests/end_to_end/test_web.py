"""The web pages in a real browser, over the shipped networks and a clip that plays as a camera."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.cli.demo import CLIP
from stream.sources.source import open_source

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desktop": (1280, 800), "telephone": (390, 844)}
PAGES = ("live", "photo", "people", "sightings")
SOON = 60_000  # milliseconds after which a test has failed

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(CHROMIUM is None, reason="needs a browser (Debian: chromium)"),
]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The man of the demo clip, cut out of the frame from which the demo enrols him."""
    from models.images import to_jpeg

    frame = next(frame for frame in open_source(str(CLIP)) if frame.index == 170)
    path = tmp_path_factory.mktemp("pictures") / "lin.jpg"
    path.write_bytes(to_jpeg(frame.image))
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `doorman watch --web`, playing the demo clip as a camera."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, ROOT / "run.py", "watch", f"stage={CLIP}", "--realtime", "--no-window", "--loop"]
    with subprocess.Popen(
        [*command, "--db", home / "people.db", "--web", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        try:
            line = next(line for line in program.stdout if "http://" in line)
            yield re.search(r"http://\S+/", line)[0]  # type: ignore[index]
        finally:
            program.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
