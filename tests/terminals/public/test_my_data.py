"""My data in a real browser, signed in: consents in force and ended, the agreement, the withdrawal, who saw it."""

from __future__ import annotations

import os

import pytest
from browser import complaints, new_page
from tests.unit.business.market import people

# Playwright's loop runs in this thread, and Django would take its own calls for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
READERS = (
    {"width": 1440, "english": True},
    {"width": 390, "elder": True},
)


@pytest.fixture
def served(transactional_db, live_server, client):
    from django.conf import settings
    from tests.unit.business.market.test_duties import look
    from tests.unit.business.market.test_settling import install_loop

    from shuzhi.business.market import queries, services
    from shuzhi.business.market.services.consents import Choice
    from shuzhi.foundation.clock import now
    from shuzhi.foundation.outbox.services import deliver_waiting
    from shuzhi.support.identity.models import Account

    people.install()
    people.install(
        agreement="pension-check",
        purpose="养老待遇核验",
        title={"zh": "养老待遇核验授权", "en": "Checks for a pension"},
    )
    firm = people.open_account()
    client.force_login(Account.objects.get(username="firm"))
    given = []
    install_loop("data-deletion")
    for topic in (people.TOPIC, "pension-check"):
        agreement = queries.agreement(topic)
        choice = Choice(agreement.revision, agreement.receivers, agreement.fields, 30)
        who = queries.require_holder(firm).id
        given.append(services.give_consent(agreement=topic, individual=who, choice=choice, by=firm, at=now()))
    look(at=now(), times=3, purpose="养老待遇核验")
    services.withdraw_consent(consent=given[1].id, by=firm, at=now())
    deliver_waiting(at=now())
    name = settings.SESSION_COOKIE_NAME
    paths = (
        "/my/",
        "/my/agreements/pension-check/",
        f"/my/consents/{given[0].id}/withdraw/",
        "/my/who-saw/",
        "/my/statement/",
        "/my/forgetting/",
    )
    return live_server.url, {"name": name, "value": client.cookies[name].value, "url": live_server.url}, paths


def test_pages_look_right_to_every_reader(browser, served):
    base, cookie, paths = served
    found = []
    for reader in READERS:
        page = new_page(browser, base, **reader)
        page.context.add_cookies([cookie])
        for path in paths:
            page.goto(base + path)
            found += [f"{path} {reader}: {line}" for line in complaints(page)]
            if os.environ.get("SHOTS"):
                page.screenshot(
                    path=f"{os.environ['SHOTS']}/{paths.index(path)}-{READERS.index(reader)}.png",
                    full_page=True,
                )
        page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_led_to_the_public_entrance(client):
    refused = client.get("/my/")
    assert (refused.status_code, refused["Location"]) == (302, "/login/?next=%2Fmy%2F")
    assert client.get(refused["Location"]).status_code == 200
