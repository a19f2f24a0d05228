"""The cockpit in a real browser: it fits one screen, the map is drawn, and a click leads down."""

from __future__ import annotations

import pytest
from browser import look, new_page, sign_in
from tests.terminals.staff.cockpit import world

pytestmark = pytest.mark.django_db(transaction=True)
CITY = "/staff/cockpit/"
DRAWN = "() => document.querySelector('#city-map')?.dataset.drawn !== undefined"
NOT_SCROLLING = "() => document.documentElement.scrollHeight <= window.innerHeight"


@pytest.fixture
def open_cockpit(city, live_server, browser, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    opened = []

    def at(path: str, *, width: int, **reader):
        page = new_page(browser, live_server.url, width=width, **reader)
        opened.append(page)
        sign_in(page, f"{live_server.url}/staff/login/", username="leader", password=world.PASSWORD)
        page.goto(live_server.url + path)
        return page

    yield at
    for page in opened:
        page.context.close()


@pytest.mark.parametrize("width", [1920, 6656])
def test_the_city_fits_one_screen_with_its_map_drawn(open_cockpit, width):
    page = open_cockpit(CITY, width=width)

    page.wait_for_function(DRAWN)
    assert page.evaluate(NOT_SCROLLING)
    look(page)


@pytest.mark.parametrize("path", [CITY, f"{CITY}330110/", f"{CITY}{world.TOWN}/", f"{CITY}indicators/K15/"])
def test_pages_are_clean_on_a_phone_in_english(open_cockpit, path):
    look(open_cockpit(path, width=390, english=True))


def test_a_click_on_the_map_leads_to_the_district(open_cockpit):
    page = open_cockpit(CITY, width=1920)
    page.wait_for_function(DRAWN)
    box = page.locator("#city-map .canvas").bounding_box()

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.wait_for_url("**/staff/cockpit/330*/")
