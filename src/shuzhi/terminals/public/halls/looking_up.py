"""Where any case stands, at a kiosk: by its number and a proof, without signing in (凭码查询)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.halls import services
from shuzhi.business.halls.standings import Standing
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types import Chip, ErrorSummary, Fact, Field, Said, Tone
from shuzhi.terminals.public.halls.kiosk import KIOSK
from shuzhi.terminals.staff.shell import said

WHY = "whoever has a case's number and its code, or the end of the applicant's identity number, sees where it stands, and nobody's name"
LONGEST = 40


@open_to_public(WHY)
def case(request: HttpRequest) -> HttpResponse:
    """The question, and where the case stands."""
    if not preferences.kiosk(request):
        return HttpResponseRedirect(reverse("public:kiosk"))
    number, refusal = _given(request, "number"), None
    context: dict[str, object] = {"fields": _fields(number)}
    if request.method == "POST":
        try:
            found = services.look_up(number=number, proof=_given(request, "proof"), by=KIOSK, at=now())
            context |= _told(found)
        except PlatformError as error:
            refusal = error
            context["errors"] = ErrorSummary(others=(Said(error.message_zh, str(error)),))
    response = render(
        request, "public/kiosk_case.html", context, status=refusal.http_status if refusal else 200
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(found: Standing) -> dict[str, object]:
    office = organization.office_titles().get(found.office)
    due = [Fact(Said("办理期限", "Due"), found.due_on)] if found.due_on else []
    return {
        "found": found,
        "chip": Chip(said(found.state), Tone.PRIMARY if found.is_open else Tone.SUCCESS),
        "facts": [
            Fact(Said("编号", "Number"), found.number),
            Fact(Said("现在由谁办", "With"), said(office) if office else found.office),
            Fact(Said("申请于", "Asked for on"), found.opened_on),
            *due,
        ],
        "stages": [(said(title), day) for title, day in reversed(found.stages)],
    }


def _fields(number: str) -> list[Field]:
    return [
        Field(
            name="number", label=Said("办件编号", "Number of the case"), value=number, autocomplete="off",
            hint=Said("在回执或“我的办件”里。", "On the receipt, or in My cases."),
        ),
        Field(
            name="proof", label=Said("查询码或身份证后六位", "Code, or the last six of your identity number"),
            autocomplete="off", short=True,
            hint=Said("企业的办件只能用查询码。", "A firm's case opens by its code alone."),
        ),
    ]  # fmt: skip


def _given(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "")).strip()[:LONGEST]
