"""Kiosks (自助机): large, and forgetting. Whoever comes to the first page finds nothing of whoever was there before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import queries, services
from shuzhi.business.halls.types import PRECEDENCE_TITLES, HallDeclaration, Precedence
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import system
from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types import Choice, ErrorSummary, Field, Said
from shuzhi.terminals.staff import signing_in
from shuzhi.terminals.staff.shell import said

WHY = "a kiosk stands in a hall; a number names nobody"
KIOSK = system("kiosk")
OFFERED = (Precedence.NONE, Precedence.ELDER, Precedence.DISABLED)


@open_to_public(WHY)
def home(request: HttpRequest) -> HttpResponse:
    """The first page. It ends the session with all that it holds, and the choices of whoever was here."""
    name = preferences.kiosk(request)
    known = {each.hall: each for each in queries.halls()}
    if name not in known:
        return _render(request, "public/kiosk_setup.html", {"halls": list(known.values())})
    signing_in.end_here(request)
    request.session.flush()
    response = _render(request, "public/kiosk.html", {"hall": known[name]})
    for cookie in (preferences.LANGUAGE, preferences.ELDER, preferences.THEME):
        response.delete_cookie(cookie)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@open_to_public(WHY)
@require_POST
def setup(request: HttpRequest) -> HttpResponse:
    """Make this device the kiosk of a hall, or nobody's."""
    name = request.POST.get("hall", "")
    response = HttpResponseRedirect(reverse("public:kiosk"))
    if name in {each.hall for each in queries.halls()}:
        preferences.remember(response, preferences.KIOSK, name)
    else:
        response.delete_cookie(preferences.KIOSK)
    return response


@open_to_public(WHY)
def number(request: HttpRequest) -> HttpResponse:
    """Take a number: one touch on the queue."""
    hall = _hall(request)
    if hall is None:
        return HttpResponseRedirect(reverse("public:kiosk"))
    refusal: PlatformError | None = None
    if request.method == "POST":
        chosen = request.POST.get("precedence", "")
        try:
            made = services.take_number(
                hall=hall.hall,
                queue=request.POST.get("queue", ""),
                precedence=Precedence(chosen) if chosen in set(OFFERED) else Precedence.NONE,
                by=KIOSK,
                at=now(),
            )
        except PlatformError as error:
            refusal = error
        else:
            return HttpResponseRedirect(reverse("public:kiosk-ticket", args=(made.id,)))
    precedence = Field(
        name="precedence", label=Said("您是", "You are"), control="radio", value=Precedence.NONE.value,
        choices=[Choice(each.value, said(PRECEDENCE_TITLES[each])) for each in OFFERED],
        hint=Said("优先请带老年人优待证或残疾人证，窗口会看。", "Bring the card; the window looks at it."),
    )  # fmt: skip
    context = {"hall": hall, "waiting": queries.waiting(hall, at=now()), "precedence": precedence}
    return _render(request, "public/kiosk_number.html", context, refusal)


@open_to_public(WHY)
def check_in(request: HttpRequest) -> HttpResponse:
    """Turn an appointment's code into a number."""
    hall = _hall(request)
    if hall is None:
        return HttpResponseRedirect(reverse("public:kiosk"))
    refusal: PlatformError | None = None
    if request.method == "POST":
        code = request.POST.get("code", "").replace("\0", "")[:20]
        try:
            made = services.check_in(hall=hall.hall, code=code, by=KIOSK, at=now())
        except PlatformError as error:
            refusal = error
        else:
            return HttpResponseRedirect(reverse("public:kiosk-ticket", args=(made.id,)))
    code_field = Field(
        name="code", label=Said("预约码（6 位数字）", "Code of six digits"), inputmode="numeric", autocomplete="off",
        short=True,
    )  # fmt: skip
    return _render(request, "public/kiosk_check_in.html", {"hall": hall, "code": code_field}, refusal)


@open_to_public(WHY)
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The number, to be printed."""
    found = queries.ticket(number, at=now())
    hall = queries.hall(found.hall)
    queue = hall.queue(found.queue)
    context = {"ticket": found, "hall": hall, "queue": queue.title if queue else ""}
    return _render(request, "public/kiosk_ticket.html", context)


def _hall(request: HttpRequest) -> HallDeclaration | None:
    name = preferences.kiosk(request)
    return next((each for each in queries.halls() if each.hall == name), None)


def _render(
    request: HttpRequest, template: str, context: dict[str, object], refusal: PlatformError | None = None
) -> HttpResponse:
    errors = ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None
    status = refusal.http_status if refusal else 200
    response = render(request, template, context | {"errors": errors}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
