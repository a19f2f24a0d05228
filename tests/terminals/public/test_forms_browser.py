"""A birth registered in a real browser on a telephone's screen, by keyboard alone; and as elder people and staff see it."""

from __future__ import annotations

import os
from functools import partial

import pytest
from browser import complaints, new_page
from tests.unit.support.forms import forms, people
from tests.unit.support.forms.conftest import install, registers  # noqa: F401 - fixtures

# Playwright's loop runs in this thread, and Django would take its own calls for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PASSWORD = "a long pass phrase"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def city(transactional_db, install, registers, live_server):  # noqa: F811
    from shuzhi.pillars.security.types import Role
    from shuzhi.support.identity import services as identity

    install()
    for username, office, role in (
        ("mother", None, Role.RESIDENT),
        ("clerk", "health-commission", Role.APPROVER),
    ):
        identity.open_account(
            username=username, person="李娜", office=office, division=None, roles=frozenset({role}),
            password=PASSWORD, by=people.SYSTEM, at=forms.NOW,
        )  # fmt: skip
    identity.note_proof(
        username="mother", scheme="resident_id", value=forms.MOTHER, by=people.SYSTEM, at=forms.NOW
    )
    return live_server.url


class Looker:
    """A page, and everything wrong with each place that it was looked at."""

    def __init__(self, browser, url, **reader):
        self.page, self.found, self.name = (
            new_page(browser, url, **reader),
            [],
            "-".join(map(str, reader.values())),
        )
        self.page.on("console", partial(self.heard))

    def heard(self, said):
        if said.type == "error" and "status of 422" not in said.text:
            self.found.append(f"console: {said.text}")

    def look(self, what):
        self.found += [f"{what}: {line}" for line in complaints(self.page)]
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{what}-{self.name}.png", full_page=True)

    def live(self):
        self.page.wait_for_selector("form[data-live=browser]")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, selector):
        for _ in range(60):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        pytest.fail(f"the keyboard does not reach {selector}")


def sign_in(looker, url):
    page = looker.page
    page.goto(f"{url}/login/?next=/forms/birth-registration/")
    page.fill("input[name=username]", "mother")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/birth-registration/")


def test_a_birth_on_a_telephone_by_keyboard(browser, city):
    looker = Looker(browser, city, width=390)
    page = looker.page
    sign_in(looker, city)
    looker.look("form")
    looker.tab_to("main form button")
    looker.press("Enter")
    page.wait_for_url("**/pages/newborn/")
    looker.live()
    looker.look("newborn")
    assert page.input_value("[name=child_name]") == "王小宝"
    assert page.locator("[data-field=late_reason]").is_hidden()

    # A day long ago asks for the reason at once, without the server.
    page.fill("[name=child_born_on]", "2026-01-05")
    page.wait_for_selector("[data-field=late_reason] textarea", state="visible")
    assert page.inner_text("[data-field=late] output") == "是"
    page.fill("[name=child_born_on]", "2026-11-10")
    page.wait_for_selector("[data-field=late_reason]", state="hidden")
    page.fill("[name=child_name]", "王小贝")
    page.wait_for_selector("[data-saved=saved]")
    page.fill("[name=weight]", "9")
    looker.press("Tab")
    assert "不得小于 300" in page.inner_text("#field-weight-error")
    looker.look("newborn-wrong")
    looker.tab_to("[name=do][value=next]")
    looker.press("Enter")
    page.wait_for_selector(".errors")
    looker.look("newborn-summary")
    page.fill("[name=weight]", "3300")
    looker.press("Enter")
    answer_the_rest(looker)
    assert not looker.found, "\n".join(looker.found)


def answer_the_rest(looker):
    page = looker.page
    page.wait_for_url("**/pages/parents/")
    looker.live()
    looker.tab_to("[name=with_father]")
    looker.press("Space")
    page.wait_for_selector("[name=father_name]", state="visible")
    looker.look("parents")
    looker.tab_to(".filling-end [value=next]")
    looker.press("Enter")
    page.wait_for_url("**/pages/residence/")
    looker.live()
    looker.tab_to("[name=settle_with]")
    looker.press("Space")
    looker.tab_to("[name=services]")
    looker.press("Space")
    looker.look("residence")
    looker.tab_to(".filling-end [value=next]")
    looker.press("Enter")
    page.wait_for_url("**/check/")
    looker.look("check")
    looker.tab_to("[name=confirmed]")
    looker.press("Space")
    looker.tab_to(".filling-end button")
    looker.press("Enter")
    page.wait_for_url("**/done/")
    looker.look("done")


@pytest.mark.proof
def test_elder_people_english_readers_and_staff_see_it_whole(browser, city):
    found = []
    for reader in ({"width": 390, "elder": True}, {"width": 1440, "english": True}):
        looker = Looker(browser, city, **reader)
        sign_in(looker, city)
        looker.page.click("main form button")
        for name in ("newborn", "parents", "residence"):
            looker.page.wait_for_url(f"**/pages/{name}/")
            looker.live()
            looker.look(name)
            if name != "residence":
                looker.page.goto(
                    looker.page.url.replace(name, {"newborn": "parents", "parents": "residence"}[name])
                )
        looker.page.goto(looker.page.url.split("pages")[0] + "check/")
        looker.look("check")
        looker.page.goto(f"{city}/forms/")
        looker.look("forms")
        found += looker.found
        looker.page.context.close()
    staff = Looker(browser, city, width=1024, dark=True)
    page = staff.page
    page.goto(f"{city}/staff/login/?next=/staff/forms/")
    page.fill("input[name=username]", "clerk")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/forms/")
    staff.look("window")
    page.fill("[name=subject]", forms.MOTHER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/newborn/")
    staff.live()
    staff.look("window-newborn")
    found += staff.found
    assert not found, "\n".join(found)


# What is saved by itself is with the server at once, and its answer is slow to come.
SLOW_ANSWERS = """(() => {
  const plain = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await plain(...asked);
    if (asked[1]?.method === "PUT") {
      document.documentElement.dataset.put = "sent";
      await new Promise((go) => setTimeout(go, 900));
    }
    return answer;
  };
})();"""


def test_next_goes_on_however_soon_after_a_change_it_is_pressed(browser, city):
    looker = Looker(browser, city, width=390)
    page = looker.page
    page.add_init_script(SLOW_ANSWERS)
    sign_in(looker, city)
    page.click("main form button")
    page.wait_for_url("**/pages/newborn/")
    looker.live()
    newborn, following = page.url, page.locator(".filling-end [value=next]")

    # The question's fault goes while the pointer is on its way down, and the button with it.
    page.fill("[name=weight]", "9")
    following.click()
    page.wait_for_selector(".errors")
    looker.live()
    page.fill("[name=weight]", "3300")
    following.click()
    page.wait_for_url("**/pages/parents/", timeout=5000)

    # The answers are being saved by themselves at that moment.
    page.goto(newborn)
    looker.live()
    page.fill("[name=weight]", "3400")
    page.wait_for_selector("html[data-put=sent]")
    following.click()
    page.wait_for_url("**/pages/parents/", timeout=5000)
    page.goto(newborn)
    assert page.input_value("[name=weight]") == "3400"
