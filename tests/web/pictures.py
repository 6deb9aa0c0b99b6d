"""The README's pictures of the pages, taken in Chromium: the demo clip as a camera, live, and a photograph.

    python -m tests.web.pictures

writes tests/media/web-live.jpg and web-photo.jpg anew.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from stream.files import write_whole
from tests.browser import chromium, opened
from tests.programs import running

ROOT = Path(__file__).resolve().parents[2]
MEDIA = ROOT / "tests/media"
SIZE = {"width": 1280, "height": 960}
PATIENCE = 180_000  # milliseconds until the man is named, and the page shows it
QUALITY = 80  # of the JPEG


def main() -> None:
    """Take both."""
    command = [sys.executable, "-u", "-m", "web.demo", "--web", "0"]
    with running(command) as program, TemporaryDirectory() as folder:
        assert program.stdout is not None
        found = re.search(r"http://\S+?(?=/ )", program.stdout.readline())
        assert found
        portrait = Path(folder) / "portrait.jpg"
        write_whole(portrait, to_jpeg(cut_out(CLIP)))
        with chromium() as browser, opened(browser, found[0], viewport=SIZE) as page:
            page.goto("/live")
            page.wait_for_selector(f"text=Here: {NAME}", timeout=PATIENCE)
            page.screenshot(path=MEDIA / "web-live.jpg", type="jpeg", quality=QUALITY)
            page.goto("/photo")
            page.set_input_files("input[type=file] >> nth=0", portrait)
            page.wait_for_selector("#found article", timeout=PATIENCE)
            page.screenshot(path=MEDIA / "web-photo.jpg", type="jpeg", quality=QUALITY, full_page=True)


if __name__ == "__main__":
    main()
