"""Halls: how many wait, booking a time; the screen that calls numbers, to the eye and to the ear."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import queries, services
from shuzhi.business.halls.types import HallDeclaration, Ticket
from shuzhi.foundation.clock import CHINA, day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.terminals.design.types import Choice, Crumbs, ErrorSummary, Field, Link, Said, say
from shuzhi.terminals.staff.shell import actor_of, said

HOME = (Link(Said("首页", "Home"), "/"),)
HALLS = (*HOME, Link(Said("服务大厅", "Service halls"), "/halls/"))
WHY = "how many wait is no secret, and a number names nobody"
LONGEST = 40


@open_to_public(WHY)
def halls(request: HttpRequest) -> HttpResponse:
    """Every hall."""
    at = now()
    found = [(each, sum(one.waiting for one in queries.waiting(each, at=at))) for each in queries.halls()]
    return render(request, "public/halls.html", {"crumbs": Crumbs(HOME), "found": found})


@open_to_public(WHY)
def hall(request: HttpRequest, name: str) -> HttpResponse:
    """One hall."""
    return _page(request, name)


@requires("halls.book")
@require_POST
def book(request: HttpRequest, name: str) -> HttpResponse:
    """Book a time: `queue` and the slot's beginning in one answer."""
    queue, _, begins = request.POST.get("slot", "").partition("@")
    try:
        moment = datetime.fromisoformat(begins)
    except ValueError:
        moment = now()  # none of the hall's times: refused
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    try:
        services.book(hall=name, queue=queue[:LONGEST], begins_at=moment, by=actor_of(request), at=now())
    except PlatformError as refusal:
        return _page(request, name, refusal)
    messages.success(
        request, say(Said("已预约，到时在自助机输入预约码取号。", "Booked. Enter the code at a kiosk."))
    )
    return HttpResponseRedirect(reverse("public:hall", args=(name,)))


@requires("halls.book")
@require_POST
def cancel(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Give an appointment back."""
    services.cancel(appointment=number, by=actor_of(request), at=now())
    messages.success(request, say(Said("预约已取消。", "The appointment is cancelled.")))
    return HttpResponseRedirect(reverse("public:hall", args=(name,)))


@open_to_public(WHY)
def screen(request: HttpRequest, name: str) -> HttpResponse:
    """Large, for the whole hall."""
    declared = queries.hall(name)
    context = {"hall": declared, "called": _called(declared), "waiting": queries.waiting(declared, at=now())}
    return _never_stored(render(request, "public/hall_screen.html", context))


@open_to_public(WHY)
def screen_now(request: HttpRequest, name: str) -> HttpResponse:
    """The same for the page's script."""
    del request
    declared = queries.hall(name)
    waits = {each.queue.id: each.waiting for each in queries.waiting(declared, at=now())}
    return _never_stored(JsonResponse({"called": _called(declared), "waiting": waits}))


def _called(declared: HallDeclaration) -> list[dict[str, object]]:
    return [_line(declared, each) for each in queries.called(declared.hall, at=now())]


def _line(declared: HallDeclaration, each: Ticket) -> dict[str, object]:
    window = declared.window(each.window)
    return {
        "number": each.number,
        "window": window.number if window else "",
        "calls": each.calls if each.state == "called" else 0,
    }


def _page(request: HttpRequest, name: str, refusal: PlatformError | None = None) -> HttpResponse:
    declared, at, by = queries.hall(name), now(), actor_of(request)
    may_book = policy.allows("halls.book", by=by)
    mine = [each for each in queries.appointments(by=by, at=at) if each.hall == name] if may_book else []
    context = {
        "crumbs": Crumbs(HALLS),
        "hall": declared,
        "waiting": queries.waiting(declared, at=at),
        "may_book": may_book,
        "mine": [(each, said(_title(declared, each.queue))) for each in mine],
        "slot": _question(declared, at),
        "errors": ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None,
    }
    return render(request, "public/hall.html", context, status=refusal.http_status if refusal else 200)


def _title(declared: HallDeclaration, queue: str) -> Words | None:
    found = declared.queue(queue)
    return found.title if found else None


def _question(declared: HallDeclaration, at: datetime) -> Field | None:
    choices = [
        Choice(
            f"{queue.id}@{slot.begins_at.isoformat()}",
            Said(
                f"{_when(slot.begins_at)} · {queue.title.zh}（余 {slot.left}）",
                f"{_when(slot.begins_at)} · {queue.title.en} ({slot.left} left)",
            ),
        )
        for day in _days(at)
        for queue in declared.queues
        for slot in queries.slots(declared, queue.id, day=day, at=at)
        if slot.left > 0
    ]
    return (
        Field(name="slot", label=Said("时间", "Time"), control="select", choices=choices) if choices else None
    )


def _days(at: datetime) -> list[date]:
    return [day_of(at) + timedelta(days=ahead) for ahead in range(4)]


def _when(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%m-%d %H:%M")


def _never_stored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
