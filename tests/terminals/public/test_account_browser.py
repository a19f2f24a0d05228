"""My account and my delegations, looked at by residents of all kinds."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from browser import complaints, new_page

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
READERS = ({"width": 390, "elder": True}, {"width": 1024}, {"width": 1440, "english": True})
PAGES = ("/my/account/", "/my/account/password/", "/my/account/delegations/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof
def test_own_pages_are_sound(browser, live_server):
    from django.conf import settings
    from django.test import Client

    from shuzhi.foundation.clock import day_of, now
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services as identity
    from shuzhi.support.identity.delegation import services
    from shuzhi.support.identity.delegation.types import Kind, Scope
    from shuzhi.support.identity.models import Account

    at, root = now(), system("console")
    anna, ben = (
        identity.open_account(
            username=name, person=person, office=None, division=None, roles=frozenset({Role.RESIDENT}),
            password=None, by=root, at=at,
        )
        for name, person in (("anna", "李娜"), ("ben", "王本"))
    )  # fmt: skip
    scope = Scope(day_of(at), day_of(at) + timedelta(days=30))
    code = services.give(kind=Kind.AGENT, delegate_name="王本", scope=scope, by=anna, at=at).code
    made = services.accept(code=code, by=ben, at=at)
    services.give(kind=Kind.AGENT, delegate_name="赵一", scope=scope, by=ben, at=at)
    client = Client()
    client.force_login(Account.objects.get(username="ben"))
    client.post("/my/account/acting/", {"delegation": made.id})
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    for reader in READERS:
        page = new_page(browser, live_server.url, **reader)
        page.context.add_cookies([cookie])
        for path in PAGES:
            page.goto(live_server.url + path)
            if folder := os.environ.get("SHOTS"):
                page.screenshot(
                    path=f"{folder}/{path.strip('/').replace('/', '-')}-{reader['width']}.png", full_page=True
                )
            assert not complaints(page), (path, reader)
        page.context.close()
