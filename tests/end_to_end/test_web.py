"""The web pages in a real browser, over the shipped networks and a clip that plays as a camera."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stream.cli.demo import CLIP, NAME
from tests.browser import SIZES, look_at, needs_chromium
from tests.programs import running
from tests.waiting import LONG

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("live", "photo", "people", "sightings")

pytestmark = [pytest.mark.end_to_end, needs_chromium]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the demonstration."""
    command = [sys.executable, "-u", "-m", "web.demo", "--web", "0"]
    with running(command) as program:
        assert program.stdout is not None
        found = re.search(r"http://\S+?(?=/ )", program.stdout.readline())
        assert found
        yield found[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_the_screen_and_everybody_can_use_it(page, name, size, tmp_path):
    page.goto(f"/{name}")
    look_at(page, size, tmp_path / f"{name}-{size}.png")


def test_a_photo_shows_who_is_in_it_stage_by_stage(page, portrait):
    page.goto("/photo")
    page.set_input_files("input[type=file] >> nth=0", portrait)
    page.wait_for_selector("#found article")
    assert NAME in page.inner_text("#found")
    assert page.locator("#found svg circle").count() == 5 * page.locator("#found svg rect").count() > 0
    assert page.locator("#found .stages img").count() >= 3


def test_somebody_is_enrolled_from_a_photo_and_called_otherwise(page, portrait):
    page.goto("/photo")
    page.set_input_files("input[type=file] >> nth=0", portrait)
    page.fill("#found input[name=name] >> nth=0", NAME)
    page.click("#found button >> nth=0")
    page.wait_for_selector("#found output .sentence")
    assert f"of {NAME} enrolled. Take it back" in page.inner_text("#found output >> nth=0")
    page.goto(f"/people/{NAME}")
    assert page.locator(".cards img").count() == 2
    page.fill("[name=to][required]", "Somebody else")
    page.click("button:text-is('Rename')")
    page.wait_for_selector("h1:text-is('Somebody else')")
    page.fill("[name=to][required]", NAME)
    page.click("button:text-is('Rename')")
    page.wait_for_selector(f"h1:text-is('{NAME}')")


def test_pictures_are_enrolled_by_upload_with_a_reason_for_each_refusal(page, portrait, tmp_path):
    note = tmp_path / "note.jpg"
    note.write_text("no picture")
    page.goto("/people")
    page.click("summary")
    page.fill("input[name=name]", "Lin")
    page.set_input_files("input[type=file]", [portrait, note])
    page.click("form[enctype] button")
    page.wait_for_selector("#verdicts li")
    told = page.inner_text("#verdicts")
    assert "note.jpg: refused, note.jpg is not a picture" in told and "portrait.jpg" in told


def test_a_camera_is_watched_live(page):
    page.goto("/live")
    numbers, widths = set(), {0}
    page.wait_for_selector("img[data-frame]")
    until = time.monotonic() + 2 * LONG
    while len(numbers) < 5 or max(widths) == 0:
        assert time.monotonic() < until, f"only {numbers} were shown, of widths {widths}"
        numbers.add(page.get_attribute("img[data-frames]", "data-frame"))
        # 0 where one picture has just made way for the next
        widths.add(page.evaluate("document.querySelector('img[data-frames]').naturalWidth"))
        page.wait_for_timeout(250)
    page.wait_for_selector("text=pictures a second")


def click_on(page: Any, box: list[float]) -> None:
    """Click on a face of the camera's picture and wait for the page to which that leads; its box is in pixels."""
    width, height = map(int, page.get_attribute("img[data-size]", "data-size").split("x"))
    shown = page.locator("img[data-faces]").bounding_box()
    scale = min(shown["width"] / width, shown["height"] / height)
    left, top = (shown["width"] - width * scale) / 2, (shown["height"] - height * scale) / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    with page.expect_navigation():
        page.click("img[data-faces]", position={"x": left + x * scale, "y": top + y * scale})


def test_a_click_while_one_picture_makes_way_for_the_next_is_where_it_was(page):
    page.goto("/live")
    page.wait_for_selector("img[data-size]")
    page.evaluate("Object.defineProperty(document.querySelector('.tile img'), 'naturalWidth', { value: 0 })")
    with page.expect_request(re.compile(r"x=0\.5\d*&y=0\.5")):
        page.click("img[data-faces]")
    page.wait_for_load_state()


def test_a_stranger_before_a_camera_is_named_by_a_click_on_the_face(page):
    if page.request.get(f"/people/{NAME}").ok:  # enrolled by another test
        page.goto(f"/people/{NAME}")
        page.click("summary:has-text('for good')")
        page.check("[name=sure]")
        page.click("button.contrast")
        page.wait_for_selector(f"text={NAME} is erased")
    page.goto("/live")
    page.wait_for_selector(".strangers img[src$=picture]")
    for _ in range(200):  # the clip has moments without a good look, and a face may have moved on when it is clicked
        found = page.request.get("/api/v1/cameras/stage/faces").json()["faces"]
        if any(one["looks"] for one in found):
            click_on(page, next(one["box"] for one in found if one["looks"]))
            page.wait_for_load_state()
            if "would be enrolled" in page.inner_text("main"):
                break
            page.goto("/live")
            page.wait_for_selector("img[data-frame]")
        page.wait_for_timeout(500)
    page.fill("input[name=name]", NAME)
    page.click("text=Name")
    page.wait_for_selector("text=enrolled.")
    page.wait_for_selector(f"text=Here: {NAME}")


def test_the_keyboard_alone_reaches_the_content(page):
    page.goto("/photo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "file"


def test_the_api_describes_itself(page):
    page.goto("/api/v1/")
    page.wait_for_selector("text=/identify")
    assert page.locator(".opblock").count() >= 9


def test_pages_beside_a_log_that_is_printed_leave_it_to_programs(tmp_path):
    command = [sys.executable, "run.py", "watch", CLIP, "--max-seconds", "0.2", "--log", "-", "--web", "0"]
    done = subprocess.run([*command, "--db", tmp_path / "people.db"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert [json.loads(line)["frame"] for line in done.stdout.splitlines()] == list(range(6))
