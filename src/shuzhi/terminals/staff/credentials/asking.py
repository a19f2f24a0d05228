"""Credentials instead of paper (免证办) and the one code, at the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.support.credentials import queries, services
from shuzhi.support.credentials.types import USE_TITLES, Found, Use, UseState
from shuzhi.terminals.design.types import Choice, Field, Link, Said, say
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

TRAIL = (Link(Said("电子证照", "Credentials"), "/staff/credentials/"),)


@requires("credentials.ask")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a holder for a credential; below it what my office asked for."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        kind = request.POST.get("what", "").partition("/")[0]
        try:
            services.ask(
                kind=kind[:60],
                subject=storable(request.POST.get("subject", ""))[:60],
                fields=[
                    each.partition("/")[2]
                    for each in request.POST.getlist("what")
                    if each.startswith(f"{kind}/")
                ],
                purpose=storable(request.POST.get("purpose", "")),
                by=actor_of(request),
                at=now(),
            )
        except PlatformError as error:
            refusal = error
        else:
            told = Said(
                "已发给持证人，同意后可查看。", "Sent to the holder; you can read it once they agree."
            )
            messages.success(request, say(told))
            return HttpResponseRedirect(reverse("staff:credentials_ask"))
    return _asking(request, refusal)


@require_POST
@requires("credentials.ask")
def use(request: HttpRequest, use: int) -> HttpResponse:
    """Read what the holder agreed to; noted each time."""
    try:
        used, facts = services.use(use=use, by=actor_of(request), at=now())
    except PlatformError as refusal:
        return _asking(request, refusal)
    return page(
        request,
        "staff/credentials/used.html",
        title=said(used.title),
        lead=Said(f"用途：{used.purpose}", f"For: {used.purpose}"),
        trail=(*TRAIL, Link(Said("免证办", "Asking"), reverse("staff:credentials_ask"))),
        parts=[_part(used.credential, facts)],
    )


@requires("credentials.scan")
def scan(request: HttpRequest) -> HttpResponse:
    """Check a code that somebody shows."""
    found: Found | None = None
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            found = services.read_code(
                code=request.POST.get("code", "")[:5000], by=actor_of(request), at=now()
            )
        except PlatformError as error:
            refusal = error
    return page(
        request,
        "staff/credentials/scan.html",
        title=Said("核验一码通", "Check a code"),
        lead=Said("同一个码在同一人手里只能核验一次。", "The same person takes a code once."),
        trail=TRAIL,
        status=refusal.http_status if refusal else 200,
        errors=refusal_above(refusal) if refusal else None,
        parts=[_part(each.number, each.shows, each) for each in found.parts] if found else [],
        code=Field(
            name="code",
            label=Said("扫码枪或相机读出的内容", "What the scanner or camera reads"),
            control="textarea",
        ),
    )


def _asking(request: HttpRequest, refusal: PlatformError | None) -> HttpResponse:
    by = actor_of(request)
    return page(
        request,
        "staff/credentials/ask.html",
        title=Said("免证办", "Instead of paper"),
        lead=Said(
            "向持证人申请调用电子证照，只取办事需要的内容。",
            "Ask the holder for a credential, and for no more of it than you need.",
        ),
        trail=TRAIL,
        status=refusal.http_status if refusal else 200,
        errors=refusal_above(refusal) if refusal else None,
        fields=_questions(request),
        uses=[_shown(each) for each in queries.uses_by(by.office or "-")],
    )


def _questions(request: HttpRequest) -> list[Field]:
    what = [
        Choice(
            f"{kind.credential}/{each.id}",
            Said(f"{kind.title.zh}：{each.title.zh}", f"{kind.title.en}: {each.title.en}"),
        )
        for kind in queries.kinds()
        for each in kind.fields
    ]
    given = request.POST
    return [
        Field(
            name="subject",
            label=Said(
                "持证人的公民身份号码或统一社会信用代码", "The holder's identity number or credit code"
            ),
            value=given.get("subject", ""),
            autocomplete="off",
        ),
        Field(name="purpose", label=Said("用途", "Purpose"), value=given.get("purpose", "")),
        Field(
            name="what",
            label=Said("需要哪些内容（同一种证照）", "Which facts, of one credential"),
            control="checkbox",
            value=given.getlist("what"),
            choices=what,
        ),
    ]


def _shown(use: Use) -> dict[str, Any]:
    ready = use.state in {UseState.AGREED, UseState.USED} and now() < use.until
    return {"use": use, "state": said(USE_TITLES[use.state]), "ready": ready}


def _part(number: str, shows: Mapping[str, Any], found: Found | None = None) -> dict[str, Any]:
    kind = queries.kind_of(number)
    office = organization.office_titles().get(kind.office)
    facts = [{"name": said(each.title), "value": shows[each.id]} for each in kind.fields if each.id in shows]
    return {
        "title": said(kind.title),
        "number": number,
        "office": said(office),
        "facts": facts,
        "until": found.until if found else None,
    }
