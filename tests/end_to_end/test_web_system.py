"""The pages by which a watch is set up, in a real browser, beside a watch of cameras that answer on loopback."""

import re
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path

import pytest

from models.images import to_jpeg
from stream.cli.demo import CLIP
from stream.settings.settings import Settings
from stream.sources.recording import VideoFile
from tests.browser import SIZES, look_at, needs_chromium
from tests.programs import running

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("cameras", "camera/stage", "settings")
AUTHORIZATION = "Basic dXNlcjpzZWNyZXQ="  # user:secret
TEXT = """\
# our cameras
[[camera]]
name = "stage"   # the clip
source = "{}"
"""

pytestmark = [pytest.mark.end_to_end, needs_chromium]


@pytest.fixture(scope="module")
def camera() -> Iterator[str]:
    """The address, with its password, of a camera that shows the demo clip again and again."""
    frames = [to_jpeg(frame.image, 80) for frame in VideoFile(CLIP, "stage") if frame.index % 3 == 0][:60]

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers["Authorization"] == AUTHORIZATION
            self.send_response(200 if allowed else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            for jpeg in cycle(frames) if allowed else ():
                try:
                    self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg + b"\r\n")
                except OSError:
                    return
                time.sleep(0.1)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Camera) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://user:secret@127.0.0.1:{server.server_port}/video"
        server.shutdown()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, camera: str) -> Path:
    path = tmp_path_factory.mktemp("home") / "cameras.toml"
    path.write_text(TEXT.format(camera), "utf-8")
    return path


@pytest.fixture(scope="module")
def site(settings: Path) -> Iterator[str]:
    """The address of the pages beside a watch that has the settings file."""
    command = [sys.executable, "-u", "run.py", "watch", "--config", settings, "--web", "0", "--no-window"]
    command += ["--db", settings.parent / "people.db"]
    with running(command) as program:
        assert program.stdout is not None
        yield next(found[0] for line in program.stdout if (found := re.search(r"http://\S+?(?=/ )", line)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_the_screen_and_everybody_can_use_it(page, name, size, tmp_path):
    page.goto(f"/{name}")
    page.wait_for_selector("dl, img[data-frame], td:has-text('runtime')")
    look_at(page, size, tmp_path / f"{name.replace('/', '-')}-{size}.png")


def test_a_camera_is_tried_added_seen_and_removed_again(page, settings, camera, tmp_path):
    page.goto("/cameras")
    page.fill("input[name=source]", camera)
    page.click("text=Try it")
    page.wait_for_selector("#tried img")
    assert page.evaluate("document.querySelector('#tried img').naturalWidth") > 0
    page.screenshot(path=tmp_path / "tried.png", full_page=True)
    assert "secret" not in page.evaluate("document.body.innerHTML")
    assert page.input_value("input[name=source]") == ""
    page.fill("#tried input[name=name]", "garden")
    page.click("text=Add it")
    page.wait_for_selector("text=garden is watched from now on.")
    assert [one.called for one in Settings.read(settings).camera] == ["stage", "garden"]
    page.goto("/camera/garden")
    page.wait_for_selector("img[data-frame]")
    page.evaluate("document.querySelector('img[data-frames]').remove()")  # it would ask for a picture once more
    page.click("summary")
    page.check("input[name=sure]")
    page.click("details button")
    page.wait_for_selector("text=garden is watched no more.")
    assert [one.called for one in Settings.read(settings).camera] == ["stage"]
    assert "# the clip" in settings.read_text("utf-8")


def test_a_camera_is_asked_by_onvif_and_tried(page, camera, tmp_path):
    pytest.importorskip("onvif", reason="needs the extra onvif")
    from tests.onvif import onvif_camera

    with onvif_camera(f"{camera.replace('user:secret@', '').rpartition('/')[0]}/") as answering:
        page.goto("/cameras")
        page.click("text=by ONVIF")
        page.fill("input[name=place]", answering.place)
        page.fill("input[name=user]", "admin")
        page.fill("input[name=password]", "secret")
        page.click("text=Ask it")
        page.wait_for_selector("text=Try Small")
        page.screenshot(path=tmp_path / "asked.png", full_page=True)
    assert page.input_value("input[name=password]") == ""
    assert "secret" not in page.evaluate("document.body.innerHTML")


def test_a_zone_is_drawn_with_the_pointer_and_a_mask_written_with_the_keyboard(page, settings, tmp_path):
    page.set_viewport_size({"width": 1280, "height": 1200})  # all of the picture is in it
    page.goto("/camera/stage")
    page.wait_for_selector("img[data-frame]")
    page.locator("img[data-frames]").evaluate("(image) => image.decode().catch(() => undefined)")
    page.click("text=Draw a zone")
    box = page.locator("#drawing").bounding_box()
    for x, y in ((0.1, 0.2), (0.6, 0.2), (0.6, 0.8), (0.1, 0.8), (0.1, 0.2)):  # the first once more ends it
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert page.locator("#drawing polygon.zone").count() == 1
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.up()
    page.focus("input[name=mask]")
    page.keyboard.type("0,0 20,0 20,20")
    assert page.locator("#drawing polygon.mask").count() == 1
    page.screenshot(path=tmp_path / "drawn.png", full_page=True)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Zones and masks of stage are in force.")
    [stage] = Settings.read(settings).camera
    [zone] = stage.zones
    assert [round(number, 2) for point in zone for number in point] == pytest.approx(
        [0.1, 0.2, 0.6, 0.2, 0.7, 0.9, 0.1, 0.8], abs=0.01
    )
    assert stage.masks == (((0, 0), (0.2, 0), (0.2, 0.2)),)


def test_a_token_is_made_shown_once_and_revoked(page, settings):
    page.goto("/settings")
    page.fill("form[action$=tokens] input[name=name]", "frigate")
    page.click("text=Make a token")
    secret = page.input_value("input[readonly]")
    assert len(secret) > 30
    page.goto("/settings")
    assert "frigate" in page.inner_text("main") and secret not in page.content()
    page.click("button:has-text('Revoke')")
    page.wait_for_selector("text=The token frigate is valid no longer.")


def test_retention_is_kept_in_the_file(page, settings):
    page.goto("/settings")
    page.fill("input[name=days]", "12")
    page.click("text=Save")
    page.wait_for_selector("text=From now on")
    assert page.input_value("input[name=days]") == "12"
    assert Settings.read(settings).keep_days == 12


def test_a_threshold_is_measured_and_put_in_force(page, portrait, tmp_path):
    page.goto("/photo")
    page.set_input_files("input[type=file] >> nth=0", portrait)
    page.fill("#found input[name=name] >> nth=0", "Ada")
    page.click("#found button >> nth=0")
    page.wait_for_selector("#found output .sentence")
    page.goto("/settings")
    page.click("text=Measure")
    page.wait_for_selector("#measured .curve circle")
    page.screenshot(path=tmp_path / "measured.png", full_page=True)
    page.click("#measured button >> nth=1")
    page.wait_for_selector("text=is in force")
    assert "Calibrated on" in page.inner_text("main")
