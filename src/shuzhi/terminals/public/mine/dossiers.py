"""My requests that run as loops (我的申请): where each stands, what the office said in the end, and its rating."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries
from shuzhi.support.workflow.errors import NoSuchDossier
from shuzhi.support.workflow.types import Dossier, Step
from shuzhi.terminals.design.types import Chip, Crumbs, Fact, Link, Moment, Said, Timeline, Tone
from shuzhi.terminals.public.mine.rating import panel

MOST = 50
CASES = (
    Link(Said("首页", "Home"), "/"),
    Link(Said("我的办件", "My cases"), "/my/cases/"),
)


def lines(by: Actor) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Those under way, and those that are over, as the list of cases shows them."""
    every = queries.dossiers(requester=by.name, size=MOST)
    found = [each for each in every if not each.subject.startswith("case/")]  # a case tells of its own loops
    return (
        [_line(each) for each in found if each.is_open],
        [_line(each) for each in found if not each.is_open],
    )


@requires("workflow.mine")
def dossier(request: HttpRequest, number: int) -> HttpResponse:
    """One of them. Somebody else's is not there."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.dossier(number)
    if found.requester != by.name:
        raise NoSuchDossier(dossier=number)
    steps = queries.history(number)
    office = organization.office_titles().get(found.office)
    due = [Fact(Said("办理期限", "Due"), found.due_on)] if found.due_on and found.is_open else []
    context = {
        "place_now": "cases",
        "crumbs": Crumbs(CASES),
        "dossier": found,
        "chip": _chip(found),
        "facts": [
            Fact(Said("事项", "What"), Said(found.loop_title.zh, found.loop_title.en)),
            Fact(
                Said("承办部门", "Office"),
                Said(office.zh, office.en) if office else found.office,
            ),
            Fact(Said("申请于", "Asked for on"), day_of(found.opened_at)),
            *due,
        ],
        "timeline": Timeline(
            Said("办理经过", "What was done"), [_moment(each, found) for each in reversed(steps)]
        ),
        "rating": panel(f"dossier/{number}", actor=by, at=now()),
    }
    return render(request, "public/my_dossier.html", context)


def _moment(step: Step, found: Dossier) -> Moment:
    """A step. The last word is the office's answer; what it noted on the way is its own."""
    is_answer = not found.is_open and step.seq == found.version
    says = step.note if is_answer else ""
    return Moment(at=step.at, title=Said(step.title.zh, step.title.en), says=says)


def _chip(found: Dossier) -> Chip:
    # Whether what was asked for was granted is not said by a loop: its end has a name, not a colour.
    tone = Tone.PRIMARY if found.is_open else Tone.NEUTRAL
    return Chip(Said(found.state_title.zh, found.state_title.en), tone)


def _line(found: Dossier) -> dict[str, object]:
    return {
        "title": found.title,
        "chip": _chip(found),
        "opened_on": day_of(found.opened_at),
        "closed_on": day_of(found.closed_at) if found.closed_at else None,
        "number": found.id,
        "url": reverse("public:my-dossier", args=(found.id,)),
    }
