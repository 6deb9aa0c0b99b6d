"""What do browsers cost a watch, and how long does one wait for a page?

    python -m tests.bench.web --seconds 60

The demo clip plays as a camera, with the shipped networks. In turns of so many seconds: nobody looks; fifty clients at
low priority pull five pictures a second each, and one takes nothing; nobody; ten photographs are uploaded in a row;
nobody. What is lost is told against the turns before and after. Then each page is opened by a click in Chromium.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import typer

from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from stream.files import write_whole
from stream.recognizer import Recognizer
from stream.service.watch.picture import Picture
from stream.service.watch.session import WatchSession
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.capture import Playback
from stream.sources.recording import VideoFile
from stream.watching.feed import Feed
from tests.bench.common import ROOT, Row, Skipped, report, run
from web.command import beside
from web.demo import endless
from web.pages import MENU

CLIENTS, RATE = 50, 5.0
UPLOADS = 10
WIDTH = 1280  # of a picture in the pages
SETTLED = 5.0  # seconds from the start to the first turn


@dataclass(slots=True)
class Turn:
    """What happened in some seconds: views, frames that were dropped, and this program's CPU."""

    seconds: float
    views: int
    dropped: int
    cpu: float
    memory: float

    @property
    def fps(self) -> float:
        return self.views / self.seconds


class Watched:
    """A watch that runs, and what it does meanwhile."""

    def __init__(self, session: WatchSession, camera: Camera) -> None:
        self.session, self._camera = session, camera
        self._views = 0
        self.newest: Picture | None = None

    def note(self, picture: Picture) -> None:
        self._views += 1
        self.newest = picture

    def during(self, work: Callable[[], object]) -> Turn:
        before, began = (self._views, self._camera.dropped, time.process_time()), time.monotonic()
        work()
        return Turn(
            time.monotonic() - began,
            self._views - before[0],
            self._camera.dropped - before[1],
            time.process_time() - before[2],
            resident(),
        )


@contextmanager
def watching() -> Iterator[tuple[Watched, str]]:
    """A watch of the demo clip, and the address of its pages."""
    with TemporaryDirectory() as folder, Recognizer.open("sqlite://") as recognizer:
        portrait = Path(folder) / f"{NAME}.jpg"
        write_whole(portrait, to_jpeg(cut_out(CLIP)))
        recognizer.enroll(NAME, [portrait])
        stage = Camera("stage", lambda: Playback(endless(VideoFile(CLIP, "stage")), 30.0))
        session = WatchSession(recognizer, [Feed(stage)])
        watched = Watched(session, stage)
        with beside(recognizer, session, "0") as server, session.listening(watched.note):
            session.start()
            try:
                time.sleep(SETTLED)
                yield watched, server.url
            finally:
                session.stop()


def resident() -> float:
    """Megabytes of this program's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def clients(url: str, seconds: float) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.bench.web_clients", url, "stage", "--clients", str(CLIENTS)]
    command += ["--rate", str(RATE), "--seconds", str(seconds)]
    return dict(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout))


def upload(url: str, jpeg: bytes) -> None:
    """Ask who is in a picture, one time after the other."""
    mark = uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + jpeg + f"\r\n--{mark}--\r\n".encode()
    for _ in range(UPLOADS):
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        with urllib.request.urlopen(urllib.request.Request(f"{url}api/v1/identify", body, kind), timeout=120) as answer:
            assert answer.status == 200


def row(name: str, turn: Turn, rest: float | None = None, **more: object) -> Row:
    return {
        "turn": name,
        "seconds": turn.seconds,
        "fps": turn.fps,
        "of its rate": None if rest is None else turn.fps / rest,
        "dropped": turn.dropped,
        "CPU s/s": turn.cpu / turn.seconds,
        "MB": turn.memory,
        **more,
    }


def turns(watched: Watched, url: str, seconds: float) -> list[Row]:
    pulled: dict[str, int] = {}
    frame = next(iter(VideoFile(CLIP, "photo"))).image

    def nobody() -> Turn:
        return watched.during(lambda: time.sleep(seconds))

    first = nobody()
    busy = watched.during(lambda: pulled.update(clients(url, seconds)))
    second = nobody()
    sending = watched.during(lambda: upload(url, to_jpeg(frame, 90)))
    third = nobody()
    told = {"pictures /s": None, "ms CPU each": None}
    each = {
        "pictures /s": pulled["pictures"] / busy.seconds,
        "ms CPU each": 1e3 * (busy.cpu - (first.cpu + second.cpu) / 2 * busy.seconds / seconds) / pulled["pictures"],
    }
    return [
        row("nobody", first, **told),
        row(f"{CLIENTS} clients", busy, (first.fps + second.fps) / 2, **each),
        row("nobody", second, **told),
        row(f"{UPLOADS} uploads", sending, (second.fps + third.fps) / 2, **told),
        row("nobody", third, **told),
    ]


def jpegs(watched: Watched) -> Row:
    """Milliseconds of this thread to draw and encode a picture as the pages show it, and its size."""
    taken, size, count = 0.0, 0, 20
    for _ in range(count):
        picture = watched.newest
        assert picture is not None
        fresh = Picture(picture.view, picture.arrived)
        began = time.thread_time()
        size += len(fresh.jpeg(WIDTH))
        taken += time.thread_time() - began
        time.sleep(0.1)
    return {"JPEG ms": 1e3 * taken / count, "kB": size / count / 1e3}


def pages(url: str) -> list[Row]:
    """Each page by a click on its name: until it is painted, and what was loaded for it.

    Raises:
        Skipped: there is no Chromium here.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise Skipped("the package playwright is not installed") from None
    if chromium is None:
        raise Skipped("there is no Chromium (Debian: chromium)")
    rows = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(url)
        for _, title in MENU:
            page.click(f"nav >> text={title}")
            rows.append({"page": title, **page.evaluate(PAINTED)})
        browser.close()
    return rows


PAINTED = """async () => {
  const first = () => performance.getEntriesByName('first-contentful-paint')[0];
  while (!first()) await new Promise((painted) => setTimeout(painted, 10));
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return {
    'painted ms': first().startTime,
    'kB': all.reduce((sum, one) => sum + one.transferSize, 0) / 1000,
    'requests': all.length,
  };
}"""


def main(seconds: float = 60.0, look: bool = True) -> None:
    """Watch, and be looked at.

    Args:
        seconds: of each turn.
        look: open the pages in Chromium, too.
    """

    def bench() -> None:
        with watching() as (watched, url):
            report("web", "a watch of one camera, and who looks at it", turns(watched, url, seconds))
            report("web-jpeg", "a picture of the pages", [jpegs(watched)])
            if look:
                report("web-pages", "from the click to the painted page", pages(url))

    run(bench)


if __name__ == "__main__":
    typer.run(main)
