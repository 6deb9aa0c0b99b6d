"""The pages about people in a real browser, over a real database and no networks: looked at, and worked with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from db import Database
from models.images import to_jpeg
from models.runtime import shrunk
from stream.cli.demo import CLIP, cut_out
from stream.tools import doctor
from tests.browser import SIZES, chromium, look_at, needs_chromium, opened
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.people import enrol
from tests.strangers import keep, new_stay
from tests.web.fakes import FakeService, enrol_ada
from tests.web.test_settings import PEOPLE
from tests.web.test_visits import come
from web.access.access import Access
from web.server import WebServer

LONG = "x" * 200

PAGES = (
    "unknowns",
    "unknowns/1",
    "history",
    "live",
    "live/door/faces/1",
    "visits",
    "sightings/5",
    "sightings/unnamed",
    "people",
    "people/Ada",
    f"people/{LONG}",
    "suggestions",
    "check",
)

pytestmark = [pytest.mark.end_to_end, needs_chromium]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(service: FakeService, fresh_db: Database, access: Access) -> Iterator[str]:
    """Ada, somebody with a long name, a stranger who came twice, two of whom no picture is for people's eyes."""
    enrol_ada(service)
    enrol_ada(service, LONG)
    face = to_jpeg(shrunk(cut_out(CLIP), 224))
    keep(
        fresh_db,
        new_stay(unit(1), portrait=face),
        new_stay(unit(0, 1), portrait=None),
        new_stay(unit(0, 0, 1), portrait=None),
    )
    keep(fresh_db, new_stay(unit(1), portrait=face), camera="garden", first=300)
    ada = fresh_db.person("Ada").id
    seen(fresh_db, ada, *(new_look(ada, second, other=None, seed=second, crop=face) for second in range(4)))
    come(fresh_db, "Ada", "door", 5)
    with WebServer(service, access, "127.0.0.1", 0) as server:
        yield server.url


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    with opened(browser, site) as page:
        yield page


def test_pages_fit_the_screen_and_everybody_can_use_them(browser, site, tmp_path: Path):
    for scheme in ("light", "dark"):
        with opened(browser, site, color_scheme=scheme) as page:
            for name in PAGES:
                page.goto(f"/{name}")
                for size in SIZES:
                    look_at(page, size, tmp_path / f"{name.replace('/', '-')}-{size}-{scheme}.png")


def test_a_form_that_is_refused_stays_as_it_was_typed_with_the_reason_below_it(browser, site):
    context = browser.new_context(base_url=site)  # whose console may tell of refused requests
    page = context.new_page()
    page.goto("/people/Ada")
    page.fill("input[name=into]", "Nobody at all")
    page.click("text=Merge")
    page.wait_for_selector("form + .refused >> text=Nobody called Nobody at all is enrolled")
    assert (page.url, page.input_value("input[name=into]")) == (f"{site}people/Ada", "Nobody at all")
    page.fill("form[action$=rename] input[name=to]", "Grace")
    page.press("form[action$=rename] input[name=to]", "Enter")
    page.wait_for_selector("text=Ada renamed Grace.")
    page.goto("/settings")
    page.fill("section[aria-labelledby=tokens] input[name=name]", "frigate")
    page.click("text=Make a token")
    page.wait_for_selector("h1:has-text('The token for frigate')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "The token"
    context.close()


def test_strangers_are_named_made_one_and_taken_back(page):
    page.goto("/unknowns")
    for number in (2, 3):
        page.check(f"[aria-label='Choose unknown {number}']")
    page.click("text=They are one person")
    page.wait_for_selector("text=Unknown 3 merged into unknown 2.")
    page.click("text=Take it back")
    page.wait_for_selector("text=Taken back: Unknown 3 merged into unknown 2.")
    assert page.locator("article").count() == 3
    page.check("[aria-label='Choose unknown 1']")
    page.fill("input[name=name]", "Grace")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Unknown 1 named Grace.")
    assert page.locator("article").count() == 2


def test_a_wrong_name_is_put_right_and_taken_back(page, fresh_db):
    page.goto("/sightings")
    page.click("[aria-label^='Why Ada'] >> nth=-1")
    page.click("text=It is not Ada")
    page.wait_for_selector("text=Held against Ada from now on")
    assert page.inner_text("h1") == "Somebody unknown"
    page.click("text=Take it back")
    page.wait_for_selector("text=Taken back:")
    assert page.inner_text("h1") == "Ada"


def test_a_picture_and_a_person_are_set_aside_by_the_keyboard_and_taken_back(page, fresh_db):
    page.goto("/people/Ada")
    page.focus("[aria-label='Set picture 1 aside']")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Picture 1 of Ada set aside.")
    page.focus("text=Take it back")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Taken back: Picture 1 of Ada set aside.")
    page.click("text=Set Ada aside")
    page.wait_for_selector("text=nobody is recognized as Ada")
    assert [person.name for person in fresh_db.people()] == [LONG]
    page.click("text=Restore Ada")
    page.wait_for_selector("text=Ada restored.")
    assert {person.name for person in fresh_db.people()} == {"Ada", LONG}


def test_areas_that_are_drawn_are_kept_though_their_first_corner_is_not_clicked_again(page, service, tmp_path):
    page.goto("/camera/door")
    page.wait_for_selector("img[data-size]")

    def click(x: int, y: int, times: int = 1) -> None:
        size = page.locator("#drawing").bounding_box()
        place = {"x": size["width"] * x / 100, "y": size["height"] * y / 100}
        page.click("#drawing", position=place, click_count=times)

    page.click("text=Draw a mask")
    for size in SIZES:  # as large as they can be pressed, whatever is told of how to draw
        look_at(page, size, tmp_path / f"{size}.png")
        assert page.locator("text=Draw a mask").bounding_box()["height"] < 80
    click(10, 10)
    click(30, 10)
    click(30, 30, times=2)
    assert page.input_value("[aria-label='Mask 1']") == "10,10 30,10 30,30"
    page.click("text=Draw a zone")
    for corner in ((50, 50), (90, 50), (90, 90)):
        click(*corner)
    assert page.input_value("[aria-label='Zone 1']") == ""
    page.click("text=Save")
    page.wait_for_selector("text=Zones and masks of door are in force.")
    assert service.session.areas["door"].zones[-1] == ((0.5, 0.5), (0.9, 0.5), (0.9, 0.9))


def test_what_a_threshold_means_is_read_on_a_telephone_too(page, fresh_db, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_networks", list)
    enrol(fresh_db, *PEOPLE)
    page.goto("/settings")
    page.click("text=Measure")
    page.wait_for_selector("#measured .curve >> text=0.1 %")
    for size in SIZES:
        look_at(page, size, tmp_path / f"{size}.png")


def test_a_page_says_that_the_program_does_not_answer_and_goes_on_once_it_does(
    browser, service, access, tmp_path, monkeypatch
):
    monkeypatch.setattr(service.session, "newest", lambda *_: service.session.picture)  # one comes whenever asked for
    picture = tmp_path / "ada.jpg"
    picture.write_bytes(to_jpeg(cut_out(CLIP)))
    context = browser.new_context()  # whose console may tell of requests that fail
    live, people = context.new_page(), context.new_page()
    with WebServer(service, access, "127.0.0.1", 0) as server:
        live.goto(f"{server.url}live")
        live.wait_for_selector("img[data-size]:not(.old)")
        live.wait_for_selector("footer >> text=live")
        people.goto(f"{server.url}people")
        live.bring_to_front()  # pictures of a page behind another need not be drawn
    live.wait_for_selector("footer >> text=Doorman does not answer")
    live.wait_for_selector("img.old")
    people.fill("details input[name=name]", "Ada")
    people.set_input_files("input[type=file]", picture)
    people.click("button:text-is('Enrol')")
    people.wait_for_selector("#verdicts >> text=Doorman does not answer")
    with WebServer(service, access, "127.0.0.1", urlsplit(server.url).port):
        live.wait_for_selector("img:not(.old)")
        live.wait_for_selector("footer >> text=live")
        people.click("button:text-is('Enrol')")
        people.wait_for_selector("#verdicts >> text=enrolled")
    context.close()


@pytest.mark.parametrize(("name", "part"), [("live", "footer"), ("cameras", "section[hx-get]")])
def test_what_is_told_of_cameras_is_not_shown_as_news_where_nothing_is_heard(browser, site, name, part):
    context = browser.new_context(base_url=site)  # whose console may tell of requests that fail
    page = context.new_page()
    page.goto(f"/{name}")
    page.wait_for_selector(f"{part} >> text=live")
    asked = "**/live/door" if name == "live" else "**/cameras/states"
    page.route(asked, lambda _: None)  # as of a machine that has lost its power
    page.wait_for_selector(f"{part} >> text=Doorman does not answer")
    assert page.locator(f"{part} >> text=live").count() == 0
    page.unroute(asked)
    page.wait_for_selector(f"{part} >> text=live")
    context.close()


def test_a_picture_that_nothing_is_heard_of_is_shown_as_an_old_one(page, service, monkeypatch):
    monkeypatch.setattr(service.session, "newest", lambda *_: service.session.picture)  # one comes whenever asked for
    page.goto("/live")
    page.wait_for_selector("img[data-size]:not(.old)")
    page.route("**/*after=*", lambda _: None)  # as of a machine that has lost its power
    page.wait_for_selector("img.old")
    page.unroute("**/*after=*")
    page.wait_for_selector("img:not(.old)")


def test_screen_readers_tell_who_is_before_a_camera_once_and_never_how_old_its_picture_is(page):
    page.goto("/live")
    page.wait_for_selector("footer >> text=pictures a second")
    [aloud] = page.query_selector_all("[aria-live]")
    assert aloud.inner_text() == "door. Here: Ada and 1 unknown."
    watched = "document.querySelector('[aria-live]'), {childList: true}"
    page.evaluate(f"told = 0; new MutationObserver(() => told += 1).observe({watched})")
    for _ in range(2):
        with page.expect_response("**/live/door"):
            pass
    page.wait_for_timeout(100)
    assert page.evaluate("told") == 0
