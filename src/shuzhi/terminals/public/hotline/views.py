"""Where my request stands: by its number and the code that I was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.incidents import queries, services
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.ratings import queries as ratings
from shuzhi.support.workflow.types import Step
from shuzhi.terminals.design.types import (
    Chip,
    Crumbs,
    ErrorSummary,
    Fact,
    Field,
    Link,
    Moment,
    Said,
    Timeline,
    Tone,
)
from shuzhi.terminals.public.mine.rating import THANKED, score_of, shown

WHY = "whoever has number and code sees where the request stands, and nobody's name"
LONGEST = 30


@open_to_public(WHY)
def status(request: HttpRequest) -> HttpResponse:
    """The question, and what came of it."""
    number, code = _given(request, "number"), _given(request, "code")
    context: dict[str, object] = {
        "place_now": "hotline",
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),)),
        "fields": _fields(number),
    }
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            context |= _found(number, code)
        except PlatformError as error:
            refusal = error
            context["errors"] = ErrorSummary(others=(Said(error.message_zh, str(error)),))
    return render(
        request, "public/request_status.html", context, status=refusal.http_status if refusal else 200
    )


@require_POST
@open_to_public(WHY)
def rate(request: HttpRequest) -> HttpResponse:
    """Say how it was, by the same number and code; then where it stands again."""
    number, code = _given(request, "number"), _given(request, "code")
    context: dict[str, object] = {
        "place_now": "hotline",
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),)),
        "fields": _fields(number),
    }
    refusal: PlatformError | None = None
    try:
        context |= _found(number, code)
        words = storable(request.POST.get("words", ""))
        services.rate(number=number, code=code, score=score_of(request), words=words, at=now())
        context |= _found(number, code) | {"thanked": THANKED}
    except PlatformError as error:
        refusal = error
        context["errors"] = ErrorSummary(others=(Said(error.message_zh, str(error)),))
    return render(
        request, "public/request_status.html", context, status=refusal.http_status if refusal else 200
    )


def _found(number: str, code: str) -> dict[str, object]:
    found, dossier, steps = queries.status(number, code)
    subject = f"dossier/{dossier.id}"
    said = ratings.recorded_rating(subject)
    may = not dossier.is_open and (said is None or said.changeable(now()))
    proof = (("number", number), ("code", code))
    offices = organization.office_titles()
    office = offices.get(dossier.office)
    state = dossier.state_title
    due = [Fact(Said("办理期限", "Due"), dossier.due_on)] if dossier.due_on and dossier.is_open else []
    merged = [
        Fact(Said("并单", "Merged"), Said("与已受理的同一事项一并办理", "handled with the same matter"))
    ]
    return {
        "found": found,
        "rating": shown(subject, said, may=may, action=reverse("public:hotline-rating"), proof=proof)
        if said or may
        else None,
        "chip": Chip(Said(state.zh, state.en), Tone.SUCCESS if not dossier.is_open else Tone.PRIMARY),
        "facts": [
            Fact(Said("编号", "Number"), found.number),
            Fact(Said("类别", "Category"), found.category),
            Fact(Said("现在由谁办", "With"), Said(office.zh, office.en) if office else dossier.office),
            *due,
            *(merged if found.merged_into else []),
        ],
        "timeline": Timeline(Said("办理经过", "What was done"), [_moment(step) for step in reversed(steps)]),
    }


def _moment(step: Step) -> Moment:
    """A step; an office's reply is told in its words, other notes are the staff's own."""
    says = step.note if step.action == "reply" else ""
    title = step.title
    return Moment(at=step.at, title=Said(title.zh, title.en), says=says)


def _fields(number: str) -> list[Field]:
    return [
        Field(
            name="number",
            label=Said("诉求编号", "Number"),
            value=number,
            inputmode="numeric",
            autocomplete="off",
        ),
        Field(
            name="code",
            label=Said("查询码", "Code"),
            inputmode="numeric",
            autocomplete="off",
            short=True,
            hint=Said("受理时告诉您的 8 位数字。", "The eight digits that you were told."),
        ),
    ]


def _given(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:LONGEST]
