"""What I let whom have, and who saw it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.market import queries, services
from shuzhi.business.market.types import Agreement, Grant, Individual
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import NotSignedIn
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.terminals.design.types import Chip, Column, Crumbs, Link, Said, Table, Tone
from shuzhi.terminals.public.mine.sights import row_of

HOME = (Link(Said("首页", "Home"), "/"),)
MINE = (*HOME, Link(Said("我的数据", "My data"), "/my/"))
WHY = "everyone sees their own only; whoever is not signed in is asked to"
HOW = {
    "self": Said("本人办理", "by yourself"),
    "clerk": Said("窗口代办", "at a counter"),
    "client": Said("其他系统代办", "through another system"),
}


def whoever_asks(request: HttpRequest) -> tuple[Actor, Individual]:
    """The person or firm whose account is signed in.

    Raises:
        NotSignedIn: nobody is.
        NoDataAccount: the account is bound to nobody.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by == PUBLIC:
        raise NotSignedIn(permission="see to your data", permission_zh="查看本人的数据")
    return by, services.know_holder(by=by, at=now())


@open_to_public(WHY)
def mine(request: HttpRequest) -> HttpResponse:
    """What holds now, what was withdrawn or ran out, and what could be agreed to."""
    _, holder = whoever_asks(request)
    at, offices = now(), organization.office_titles()
    grants = queries.grants_of(holder.id)
    holding = {one.agreement for one in grants if one.holds(at)}
    return render(
        request,
        "public/mine.html",
        {
            "place_now": "my",
            "crumbs": Crumbs(HOME),
            "holding": [_shown(one, offices, at) for one in grants if one.holds(at)],
            "ended": [_shown(one, offices, at) for one in grants if not one.holds(at)],
            "offered": [_offered(one, offices) for one in queries.agreements() if one.id not in holding],
        },
    )


@open_to_public(WHY)
def who_saw(request: HttpRequest) -> HttpResponse:
    """The last looks at my data: when, which office, for what, on which basis."""
    _, holder = whoever_asks(request)
    offices = organization.office_titles()
    table = Table(
        id="sights",
        caption=Said("最近 50 次", "The last 50"),
        columns=(
            Column("who", Said("谁", "Who")),
            Column("what", Said("做了什么", "What")),
            Column("at", Said("时间", "Time"), "date"),
            Column("why", Said("用途与依据", "Purpose and basis")),
            Column("outcome", Said("结果", "Outcome")),
        ),
        rows=[row_of(act, offices) for act in queries.seen_by_others(holder)],
        stacks=True,
        empty=Said("还没有人查过。", "Nobody has looked yet."),
    )
    return render(
        request, "public/my_who_saw.html", {"place_now": "my", "crumbs": Crumbs(MINE), "table": table}
    )


def titled(offices: dict[str, Words], names: tuple[str, ...]) -> Said:
    """Offices by their names."""
    found = [offices.get(name) or Words(zh=name, en=name) for name in names]
    return Said("、".join(one.zh for one in found), ", ".join(one.en for one in found))


def labelled(labels: dict[str, Words], names: tuple[str, ...]) -> Said:
    """Fields as the agreement calls them."""
    return titled(labels, names)


def _shown(one: Grant, offices: dict[str, Words], at: datetime) -> dict[str, object]:
    state = Chip(Said("有效", "In force"), Tone.SUCCESS) if one.holds(at) else Chip(_ended(one))
    return {
        "id": one.id,
        "title": one.title,
        "chip": state,
        "receivers": titled(offices, one.receivers),
        "fields": labelled(dict(one.labels), one.fields),
        "purpose": one.purpose,
        "since": day_of(one.since),
        "until": day_of(one.until if one.is_given else one.ended_at or one.until),
        "how": HOW.get(one.via, ""),
        "version": one.version,
        "text": one.text,
        "url": reverse("public:my-withdrawal", args=[one.id]) if one.holds(at) else "",
    }


def _ended(one: Grant) -> Said:
    if not one.is_given:
        return Said("已撤回", "Withdrawn")
    return Said("未签署", "Not signed") if one.state != "signed" else Said("已到期", "Expired")


def _offered(one: Agreement, offices: dict[str, Words]) -> dict[str, object]:
    return {
        "title": one.title,
        "purpose": one.purpose,
        "receivers": titled(offices, one.receivers),
        "url": reverse("public:my-agreement", args=[one.id]),
    }
