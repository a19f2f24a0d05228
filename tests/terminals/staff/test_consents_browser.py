"""Consents as staff see them, in a real browser: in force, ended, what is to be deleted, the clerk's window."""

from __future__ import annotations

import os

import pytest
from browser import complaints, new_page
from tests.unit.business.market import people

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
WIDTHS = (1440, 1024, 390)


@pytest.fixture
def served(transactional_db, live_server, client):
    from tests.unit.business.market.test_duties import look
    from tests.unit.business.market.test_settling import install_loop

    from shuzhi.business.market import queries, services
    from shuzhi.business.market.services.consents import Choice
    from shuzhi.foundation.clock import now
    from shuzhi.foundation.outbox.services import deliver_waiting
    from shuzhi.pillars.security.types import Role
    from shuzhi.support.identity import services as identity
    from shuzhi.support.identity.models import Account

    people.install()
    people.install(
        agreement="pension-check",
        purpose="养老待遇核验",
        title={"zh": "养老待遇核验授权", "en": "Checks for a pension"},
    )
    install_loop("data-deletion")
    given = []
    for number, topic in enumerate((people.TOPIC, "pension-check")):
        agreement = queries.agreement(topic)
        choice = Choice(agreement.revision, ("taxation",), agreement.fields, 30 + 30 * number)
        given.append(
            services.record_for(
                agreement=topic, scheme="uscc", value=people.USCC, choice=choice, by=people.BUREAU, at=now(),
                evidence="授权书 2026-17",
            )
        )  # fmt: skip
    look(at=now(), times=12, purpose="养老待遇核验")
    services.withdraw_consent(consent=given[1].id, by=people.BUREAU, at=now(), evidence="撤回申请 2026-3")
    deliver_waiting(at=now())
    identity.open_account(
        username="tax", person="王税", office="taxation", division=None, roles=frozenset({Role.DATA_OFFICER}),
        password=None, by=people.PLATFORM, at=now(),
    )  # fmt: skip
    client.force_login(Account.objects.get(username="tax"))
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    paths = ("/staff/consents/", "/staff/consents/?state=ended", f"/staff/consents/{given[0].id}/",
             "/staff/consents/record/", f"/staff/consents/record/?agreement={people.TOPIC}")  # fmt: skip
    return live_server.url, cookie, paths, client


@pytest.mark.proof
def test_pages_look_right_and_the_window_works(browser, served):
    base, cookie, paths, client = served
    found = []
    for width in WIDTHS:
        page = new_page(browser, base, width=width, english=width == 1024)
        page.context.add_cookies([cookie])
        for number, path in enumerate(paths):
            page.goto(base + path)
            found += [f"{path} {width}: {line}" for line in complaints(page)]
            if os.environ.get("SHOTS"):
                page.screenshot(path=f"{os.environ['SHOTS']}/staff-{number}-{width}.png", full_page=True)
        page.context.close()
    assert not found, "\n".join(found)

    form = {
        "agreement": people.TOPIC, "scheme": "uscc", "value": "91330182843963542R", "receivers": ["taxation"],
        "fields": ["phone"], "days": "10", "evidence": "",
    }  # fmt: skip
    assert "凭据" in client.post("/staff/consents/record/", form).content.decode()
    made = client.post("/staff/consents/record/", form | {"evidence": "授权书 2026-18"})
    assert made.status_code == 302
    assert "91330182843963542R" in client.get(made["Location"]).content.decode()
    assert client.post(f"{made['Location']}withdraw/", {"evidence": ""}).status_code == 400
    assert client.post(f"{made['Location']}withdraw/", {"evidence": "申请 1"}).status_code == 302
    assert client.get("/staff/consents/no-such/").status_code == 404
