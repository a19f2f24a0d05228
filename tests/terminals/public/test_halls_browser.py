"""A hall from all sides: the kiosk that forgets, the screen that calls, the window that serves."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from browser import complaints, new_page
from tests import clocks

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
WINDOW = "/staff/halls/city-hall/w1/"


@pytest.fixture
def hall(db, monkeypatch, settings):
    from tests.unit.business.halls.test_halls import install

    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services as identity

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    clocks.put(monkeypatch, lambda: AT)
    for module in ("public.halls.views", "public.halls.kiosk", "public.halls.looking_up", "staff.halls.views"):
        monkeypatch.setattr(f"shuzhi.terminals.{module}.now", lambda: AT)
    for name, office, role in (("clerk", "taxation", Role.DATA_OFFICER), ("anna", None, Role.RESIDENT)):
        identity.open_account(
            username=name, person="陈窗" if office else "李娜", office=office, division=None, roles=frozenset({role}),
            password="three green umbrellas", by=system("console"), at=AT,
        )  # fmt: skip
    return install()


def enter(client, name):
    from shuzhi.support.identity.models import Account

    client.force_login(Account.objects.get(username=name))
    return client


def kiosk(client):
    client.post("/kiosk/setup/", {"hall": "city-hall"})
    return client


class TestKiosk:
    def test_gives_a_number_and_says_how_many_come_before(self, hall, client):
        kiosk(client)
        client.post("/kiosk/number/", {"queue": "persons"})
        page = client.post("/kiosk/number/", {"queue": "persons"}, follow=True).content.decode()

        assert "A002" in page
        assert "前面还有 1 人" in page

    def test_the_first_page_forgets_everything_of_whoever_was_there(self, hall, client):
        kiosk(client)
        client.post("/login/", {"username": "anna", "password": "three green umbrellas"})
        client.cookies["shuzhi_language"] = "en"
        inside = client.get("/my/account/")
        assert inside.status_code == 200
        assert client.session.get_expiry_age() <= 600
        former = client.session.session_key

        home = client.get("/kiosk/")

        assert "storage" in home["Clear-Site-Data"]
        assert home["Cache-Control"] == "no-store"
        assert home.cookies["shuzhi_language"].value == ""
        assert client.get("/my/account/").status_code == 302
        from django.contrib.sessions.models import Session

        assert not Session.objects.filter(session_key=former).exists()

    def test_somebodys_own_device_is_not_signed_out(self, hall, client):
        enter(client, "anna").get("/kiosk/")
        assert client.get("/my/account/").status_code == 200

    def test_nonsense_is_no_number(self, hall, client):
        kiosk(client)
        assert client.post("/kiosk/number/", {"queue": "x\0", "precedence": "king"}).status_code == 404
        assert client.post("/kiosk/check-in/", {"code": "000000\0"}).status_code == 422
        assert client.get("/kiosk/tickets/999999/").status_code == 404


class TestWindow:
    def act(self, client, what, **more):
        return client.post(f"{WINDOW}{what}/", more)

    def test_a_clerk_calls_serves_and_finishes(self, hall, client):
        kiosk(client).post("/kiosk/number/", {"queue": "persons"})
        enter(client, "clerk")
        self.act(client, "call")
        assert client.get("/halls/city-hall/screen/now.json").json()["called"] == [
            {"number": "A001", "window": 1, "calls": 1}
        ]
        assert self.act(client, "pass-over").status_code == 409
        self.act(client, "begin")
        assert "办完" in client.get(WINDOW).content.decode()
        self.act(client, "finish")
        assert "窗口空闲" in client.get(WINDOW).content.decode()
        assert self.act(client, "call").status_code == 409

    def test_residents_serve_nobody_and_a_wrong_number_begins_nothing(self, hall, client):
        assert enter(client, "anna").get(WINDOW).status_code == 403
        assert self.act(client, "call").status_code == 403
        refused = enter(client, "clerk").post(f"{WINDOW}start/", {"form": "x", "person": "330106"})
        assert refused.status_code == 422

    def test_a_booked_time_shows_its_code_to_whoever_booked_it(self, hall, client):
        page = enter(client, "anna").get("/halls/city-hall/").content.decode()
        assert "persons@2026-03-16T10:30" in page
        client.post("/halls/city-hall/book/", {"slot": "persons@2026-03-16T10:30:00+08:00"})
        assert "预约码" in client.get("/halls/city-hall/").content.decode()
        assert client.post("/halls/city-hall/book/", {"slot": "rubbish@"}).status_code in {404, 409}


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof
def test_pages_are_sound(browser, hall, live_server, client):
    from django.conf import settings
    from tests.unit.business.matters import cases_world as world

    from shuzhi.business.matters.cases import services as cases

    world.install_reviewed()
    case = cases.submit(matter=world.INCOME, by=world.resident(), at=AT, answers={"letter": ["sha"]})
    for queue in ("persons", "firms", "persons"):
        kiosk(client).post("/kiosk/number/", {"queue": queue})
    enter(client, "clerk").post(f"{WINDOW}call/")
    name = settings.SESSION_COOKIE_NAME
    session = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    found = []

    def see(page, path, width):
        page.goto(live_server.url + path)
        if folder := os.environ.get("TEST_SHOTS"):
            page.screenshot(path=f"{folder}/{path.strip('/').replace('/', '-')}-{width}.png", full_page=True)
        found.extend(f"{path} {width}: {line}" for line in complaints(page))

    for width in (390, 1024, 1440):
        page = new_page(browser, live_server.url, width=width, english=width == 1440)
        for path in ("/halls/", "/halls/city-hall/", "/halls/city-hall/screen/"):
            see(page, path, width)
        page.context.add_cookies([session])
        for path in ("/staff/halls/", WINDOW, "/staff/halls/city-hall/w2/"):
            see(page, path, width)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "shuzhi_kiosk", "value": "city-hall", "url": live_server.url}])
        for path in ("/kiosk/", "/kiosk/number/", "/kiosk/check-in/", "/hotline/"):
            see(page, path, width)
        page.goto(f"{live_server.url}/kiosk/cases/")
        page.fill("[name=number]", case.number)
        page.fill("[name=proof]", world.ZHAO[-6:])
        page.click("main form button[type=submit]")
        page.wait_for_selector("ol.stages")
        if folder := os.environ.get("TEST_SHOTS"):
            page.screenshot(path=f"{folder}/kiosk-case-{width}.png", full_page=True)
        found.extend(f"kiosk case {width}: {line}" for line in complaints(page))
        page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_the_screen_says_a_new_number_and_the_kiosk_goes_home_by_itself(browser, hall, live_server, client):
    kiosk(client).post("/kiosk/number/", {"queue": "persons"})
    page = new_page(browser, live_server.url)
    page.goto(f"{live_server.url}/halls/city-hall/screen/")
    enter(client, "clerk").post(f"{WINDOW}call/")
    page.wait_for_function("() => document.querySelector('[data-spoken]').textContent.includes('A001')")
    assert page.inner_text("[data-spoken]") == "请 A001 号到 1 号窗口"
    page.context.close()

    page = new_page(browser, live_server.url)
    page.context.add_cookies([{"name": "shuzhi_kiosk", "value": "city-hall", "url": live_server.url}])
    page.clock.install()
    page.goto(f"{live_server.url}/kiosk/number/")
    page.clock.run_for(62_000)
    assert page.is_visible("[data-left]")
    page.mouse.down()
    page.clock.run_for(2_000)
    assert not page.is_visible("[data-left]")
    page.clock.run_for(90_000)
    page.wait_for_url("**/kiosk/")
    page.context.close()
