"""My code (一码通): choose what it shows, show it; it is renewed every half minute and goes on without network."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.credentials import queries, services
from shuzhi.support.credentials.errors import NoSuchCredential, NothingToShow
from shuzhi.support.credentials.formats import squares
from shuzhi.support.credentials.services.codes import MOST_SHOWN, codes
from shuzhi.support.credentials.types import Code, Credential
from shuzhi.terminals.design.types import Choice, Crumbs, Field, Said, say
from shuzhi.terminals.public.credentials.wallet import WALLET
from shuzhi.terminals.public.mine.consents import WHY, whoever_asks


@open_to_public(WHY)
def code(request: HttpRequest) -> HttpResponse:
    """The code, and below it what it shows."""
    by, holder = whoever_asks(request)
    me, at = (holder.scheme, holder.value), now()
    if request.method == "POST":
        chosen = {each: _fields(each) for each in request.POST.getlist("shown")[: MOST_SHOWN + 1]}
        try:
            services.show_on_code(holder=me, shown=chosen, by=by, at=at)
        except NothingToShow:
            told = Said(
                f"请选择一至 {MOST_SHOWN} 张有效证照。", f"Choose one to {MOST_SHOWN} valid credentials."
            )
            messages.error(request, say(told))
        return HttpResponseRedirect(reverse("public:my-code"))
    shown = queries.shown_on_code(*me)
    held = [each for each in queries.credentials_of(*me) if each.holds(at)]
    try:
        ready = [(each, squares.as_svg(each.text)) for each in codes(holder=me, at=at)]
    except NothingToShow:
        ready = []
    field = Field(
        name="shown",
        label=Said("码上出示哪些证照", "Which credentials the code shows"),
        control="checkbox",
        value=list(shown),
        choices=[_choice(each) for each in held],
    )
    context = {
        "place_now": "my",
        "crumbs": Crumbs(WALLET),
        "ready": [
            {"code": each, "svg": svg, "since": _ms(each.since), "until": _ms(each.until)}
            for each, svg in ready
        ],
        "field": field if held else None,
        "showing": [each for each in held if each.number in shown],
        "most": MOST_SHOWN,
    }
    answer = render(request, "public/code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@open_to_public(WHY)
def fresh(request: HttpRequest) -> HttpResponse:
    """The codes of the next minutes, as drawings."""
    _, holder = whoever_asks(request)
    ready = codes(holder=(holder.scheme, holder.value), at=now())
    return JsonResponse({"codes": [_told(each) for each in ready]})


def _told(code: Code) -> dict[str, object]:
    return {"since": _ms(code.since), "until": _ms(code.until), "svg": squares.as_svg(code.text)}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _fields(number: str) -> list[str]:
    """Everything of a credential that a code may carry: which, its kind says."""
    try:
        return [each.id for each in queries.kind_of(number).fields if each.code]
    except NoSuchCredential:
        return []


def _choice(found: Credential) -> Choice:
    titles = [
        each.title for each in queries.kind_of(found.number).fields if each.code and each.id in found.facts
    ]
    day = day_of(found.issued_at)
    which = Said(
        f"{day.year}年{day.month}月{day.day}日签发，编号 {found.number}。",
        f"Issued on {day}, number {found.number}. ",
    )
    hint = Said(
        f"{which.zh}出示：" + ("、".join(each.zh for each in titles) or "仅证照名称和状态"),
        f"{which.en}Shows " + (", ".join(each.en for each in titles) or "title and state only"),
    )
    return Choice(found.number, Said(found.title.zh, found.title.en), hint)
