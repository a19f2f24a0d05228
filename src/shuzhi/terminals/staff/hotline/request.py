"""One request: what was said, where it stands, and the next step of whoever has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.incidents import queries, services
from shuzhi.business.incidents.errors import NoSuchRequest
from shuzhi.business.incidents.types import CHANNEL_TITLES, Request
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import Dossier
from shuzhi.terminals.design.types import Chip, Choice, Fact, Field, Link, Moment, Said, Timeline, Tone, say
from shuzhi.terminals.staff.hotline.views import own_office
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said

NOTE = Field(name="note", label=Said("办理意见", "Note"), control="textarea")
MARKS = [
    Choice("", Said("未评分", "Not rated")),
    *(Choice(str(n), Said(f"{n} 分", str(n))) for n in range(5, 0, -1)),
]


@requires("incidents.read")
def show(request: HttpRequest, request_number: str) -> HttpResponse:
    """The request's page."""
    by = actor_of(request)
    found = _readable(request_number, by)
    dossier = workflow.dossier(found.dossier) if found.dossier else None
    offices = organization.office_titles()
    steps = workflow.history(dossier.id) if dossier else []
    moments = [
        Moment(at=step.at, title=said(step.title), by=step.by_title, says=step.note)
        for step in reversed(steps)
    ]
    return page(
        request,
        "staff/hotline/request.html",
        title=found.subject,
        trail=(Link(Said("12345 热线", "Hotline 12345"), reverse("staff:hotline")),),
        chips=[_state(dossier)],
        doors=(Link(Said("案卷", "Dossier"), reverse("staff:dossier", args=[dossier.id])),)
        if dossier
        else (),
        facts=[
            Fact(Said("编号", "Number"), found.number),
            Fact(Said("来源", "How"), said(CHANNEL_TITLES[found.channel])),
            Fact(Said("诉求人", "Caller"), found.caller or Said("匿名", "anonymous")),
            Fact(Said("地点", "Where"), found.place),
            Fact(Said("类别", "Category"), f"{found.category} · {found.urgency}"),
            Fact(Said("承办部门", "Office"), name_of(offices, found.office)),
            Fact(Said("期限", "Due"), dossier.due_on if dossier and dossier.is_open else None),
            Fact(Said("并入的同类诉求", "Others about it"), found.others or None),
            Fact(Said("并入", "Merged into"), found.merged_into),
        ],
        told=found.said,
        timeline=Timeline(Said("办理经过", "What was done"), moments) if moments else None,
        steps=_steps(found, dossier, by, [(name, name_of(offices, name)) for name in offices]),
        number=found.number,
    )


@requires("incidents.read")
@require_POST
def act(request: HttpRequest, request_number: str, what: str) -> HttpResponse:
    """Take the next step."""
    by, asked = actor_of(request), request.POST
    _readable(request_number, by)
    facts: dict[str, Any] = {"number": request_number, "note": asked.get("note", ""), "by": by, "at": now()}
    mark = asked.get("satisfaction", "")
    rating = int(mark) if mark in {"1", "2", "3", "4", "5"} else None
    acts: dict[str, Callable[[], Request]] = {
        "dispatch": lambda: services.dispatch(office=asked.get("office") or None, **facts),
        "return": lambda: services.return_to_desk(**facts),
        "reply": lambda: services.reply(**facts),
        "close": lambda: services.verify(solved=True, satisfaction=rating, **facts),
        "reopen": lambda: services.verify(solved=False, satisfaction=rating, **facts),
        "merge": lambda: services.merge(into=asked.get("into", "").strip(), **facts),
    }
    if what not in acts:
        raise Http404
    try:
        acts[what]()
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已办理。", "Done.")))
    return HttpResponseRedirect(reverse("staff:hotline_request", args=[request_number]))


def _readable(number: str, by: Actor) -> Request:
    """A request that this person may read: another office's is not there."""
    found = queries.request(number)
    scope = own_office(by, queries.desk(found.desk).office)
    if scope is not None and scope != found.office:
        raise NoSuchRequest(number=number[:30])
    return found


def _state(dossier: Dossier | None) -> Chip:
    if dossier is None:
        return Chip(Said("已并单", "Merged"))
    return Chip(said(dossier.state_title), Tone.WARNING if dossier.is_open else Tone.SUCCESS)


def _steps(
    found: Request, dossier: Dossier | None, by: Actor, offices: list[tuple[str, Said]]
) -> list[dict[str, Any]]:
    """The steps that this person may take now, each with its questions."""
    if dossier is None:
        return []
    questions: dict[str, list[Field]] = {
        "dispatch": [
            Field(
                name="office",
                label=Said("转给", "To"),
                control="select",
                value=found.office,
                choices=[Choice(name, title) for name, title in offices],
            )
        ],
        "return": [NOTE],
        "reply": [NOTE],
        "close": [Field(name="satisfaction", label=Said("满意度", "Satisfaction"), control="select", choices=MARKS, required=False), NOTE],
        "reopen": [NOTE],
        "merge": [Field(name="into", label=Said("并入编号", "Into number")), NOTE],
    }  # fmt: skip
    offered = workflow.offers(dossier=dossier.id, actor=by)
    return [
        {"id": one.id, "title": one.title, "fields": questions[one.id]}
        for one in offered
        if one.id in questions
    ]
