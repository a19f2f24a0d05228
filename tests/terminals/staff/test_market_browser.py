"""Data market, contests and security operation in a real browser: every page, three widths, light and dark, elder mode."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from browser import complaints, new_page
from tests.unit.business.market import people
from tests.unit.business.market.test_settling import PRODUCT, delivered, install_loop, offer
from tests.unit.business.secops.test_operation import operation  # noqa: F401
from tests.unit.data.exchange import world as worlds

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
LOOKS = ((1440, False), (1024, True), (390, False))


def market(at):
    """A contract with a statement that was objected to and partly given back."""
    from shuzhi.business.market import services
    from shuzhi.foundation.clock import day_of

    people.install()
    offer(price=PRODUCT["price"] | {"floor": 20, "basis": "成本加成"})
    install_loop("settlement-dispute")
    keys = worlds.build_world()
    first = day_of(at).replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1)
    sold = services.sign_contract(
        product="firm-checks", subscription=keys.record.subscription, since=month, until=first + timedelta(days=300),
        by=worlds.OWNER, at=at,
    )  # fmt: skip
    delivered(sold.subscription, people.USCC, at - timedelta(days=at.day + 2), times=9)
    made = services.make_statement(contract=sold.id, month=month, by=worlds.OWNER, at=at)
    services.dispute(statement=made.number, reason="次数不符", by=worlds.OFFICER, at=at)
    note = services.credit(statement=made.number, fen=35, reason="重复计数", by=worlds.OWNER, at=at)
    return [
        "/staff/market/", "/staff/market/contracts/new/", f"/staff/market/contracts/{sold.id}/",
        f"/staff/market/statements/{made.number}/", f"/staff/market/statements/{note.number}/",
    ]  # fmt: skip


def contest(at):
    """One that takes entries; a listed entry."""
    from shuzhi.data.opendata import models
    from shuzhi.data.opendata.requests import contests
    from shuzhi.data.opendata.requests.types import Announcement
    from shuzhi.foundation.clock import day_of

    said = {
        "contest": "open-2026", "title": {"zh": "开放数据应用大赛", "en": "Open data contest"},
        "text": {"zh": "用开放数据做便民应用。", "en": "Make something useful."}, "since": day_of(at),
        "until": day_of(at) + timedelta(days=30),
        "prizes": [{"id": "first", "title": {"zh": "一等奖", "en": "First prize"}}],
    }  # fmt: skip
    contests.announce_contest(announcement=Announcement.model_validate(said), by=people.BUREAU, at=at)
    models.UseCase.objects.create(
        dossier=1, account="x", title="找菜场", summary="按步行距离找最近的菜场", contest="open-2026", sent_at=at,
        listed_at=at, prize="first",
    )  # fmt: skip
    return (
        ["/staff/contests/", "/staff/contests/new/", "/staff/contests/open-2026/"],
        ["/data/contests/", "/data/contests/open-2026/", "/data/uses/"],
    )


def security(at):
    """Incidents, assets, a vendor's access, a drill with an inject, an assessment."""
    from tests.unit.business.secops.test_operation import ADMIN, BUREAU, admitted, reported

    from shuzhi.business.secops import services
    from shuzhi.foundation.words import Words

    number = reported(at=at)
    services.take_stock(by=BUREAU, at=at)
    admitted(at=at, until=at + timedelta(days=3), by=ADMIN)
    drill = services.plan_drill(
        title="演练", plan="方案", office="data-bureau", planned_on=date(2026, 3, 2), by=BUREAU, at=at
    )
    services.start_drill(drill=drill.id, by=BUREAU, at=at)
    services.inject(
        drill=drill.id, title=Words(zh="失陷", en="lost"), said=Words(zh="勒索信", en="ransom"),
        caller="account/bureau", severity="high", by=BUREAU, at=at,
    )  # fmt: skip
    return [
        "/staff/secops/", f"/staff/secops/{number}/", "/staff/secops/assets/", "/staff/secops/access/",
        "/staff/secops/drills/", f"/staff/secops/drills/{drill.id}/", "/staff/secops/assessment/",
    ]  # fmt: skip


@pytest.fixture
def served(transactional_db, live_server, operation, client):  # noqa: F811
    from django.conf import settings

    from shuzhi.data.opendata.requests import news
    from shuzhi.foundation.clock import now
    from shuzhi.support.identity.models import Account

    at = now()
    contests, public = contest(at)
    staff = [*security(at), *market(at), *contests]
    public.append(f"/data/unfollow/{news.link_of(7)}/")
    client.force_login(Account.objects.get(username="bureau"))
    client.get("/staff/secops/")  # the first page of a process reads templates and rights
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    return live_server.url, cookie, staff, public


@pytest.mark.proof
def test_pages_look_right(browser, served):
    base, cookie, staff, public = served
    found = []
    for width, other in LOOKS:
        for paths, more in ((staff, {"dark": other}), (public, {"elder": other})):
            page = new_page(browser, base, width=width, english=other, **more)
            page.context.add_cookies([cookie])
            page.set_default_timeout(60_000)
            for number, path in enumerate(paths):
                answer = page.goto(base + path)
                assert answer.status == 200, path
                found += [f"{path} {width}: {line}" for line in complaints(page)]
                if os.environ.get("SHOTS"):
                    name = f"{'staff' if paths is staff else 'public'}-{number}-{width}.png"
                    page.screenshot(path=f"{os.environ['SHOTS']}/{name}", full_page=True)
            page.context.close()
    assert not found, "\n".join(found)
