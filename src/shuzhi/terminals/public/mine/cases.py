"""My cases (我的办件): what I have to do, how far each case is, who has it now, what comes next, and until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import services as halls
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms
from shuzhi.support.workflow.processes import forming, progress, services
from shuzhi.support.workflow.processes.types import ProcessCase
from shuzhi.terminals.design.types import Crumbs, Link, Said, say
from shuzhi.terminals.public.mine import dossiers, matter_cases
from shuzhi.terminals.public.mine.going import case_chip, result_line, stage_line, todo_line, where_it_is
from shuzhi.terminals.public.mine.rating import panel

HOME = (Link(Said("首页", "Home"), "/"),)
CASES = (*HOME, Link(Said("我的办件", "My cases"), "/my/cases/"))


@requires("workflow.mine")
def cases(request: HttpRequest) -> HttpResponse:
    """What waits for me, then every case that I asked for."""
    by, today = _actor(request), day_of(now())
    told_there = matter_cases.reviews(by, now())  # a matter's case tells of its own journey
    found = [
        each
        for each in progress.own_cases(actor=by)
        if not each.subject.startswith("case/") and f"process/{each.id}" not in told_there
    ]
    open_loops, closed_loops = dossiers.lines(by)
    open_matters, closed_matters = matter_cases.lines(by, now())
    return render(
        request,
        "public/my_cases.html",
        {
            "place_now": "cases",
            "crumbs": Crumbs(HOME),
            "todo": [
                *matter_cases.todo(by, now()),
                *(todo_line(task) for task in progress.own_tasks(actor=by, today=today)),
            ],
            "running": _newest_first(
                [*(_line(each) for each in found if each.closed_at is None), *open_loops, *open_matters]
            ),
            "over": _newest_first(
                [
                    *(_line(each) for each in found if each.closed_at is not None),
                    *closed_loops,
                    *closed_matters,
                ]
            ),
        },
    )


@requires("workflow.mine")
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case: whose turn it is, and the way it goes; what a matter's case tells of is told there."""
    if matter := matter_cases.reviews(_actor(request), now()).get(f"process/{number}"):
        return HttpResponseRedirect(reverse("public:my-matter-case", args=(matter,)))
    return _page(request, number)


@requires("workflow.mine")
@require_POST
def act(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """Do what is mine to do: fill in the task's form, or confirm where there is none."""
    by, at = _actor(request), now()
    found = progress.own_progress(number, actor=by)
    mine = next((each for each in progress.own_tasks(actor=by, today=day_of(at)) if each.id == task), None)
    try:
        if mine is not None and mine.form:
            begun = forming.open_task_form(task=task, by=by, at=at)
            first = forms.form_of(begun).declaration.layout.pages[0].id
            return HttpResponseRedirect(reverse("public:filling_page", args=(begun.number, first)))
        services.complete_task(task=task, by=by, at=at)
    except PlatformError as refusal:
        return _page(request, found.case.id, refusal=refusal)
    messages.success(request, say(Said("已确认，办件继续往下走。", "Done. The case goes on.")))
    return HttpResponseRedirect(reverse("public:my-case", args=(number,)))


def _page(request: HttpRequest, number: int, *, refusal: PlatformError | None = None) -> HttpResponse:
    by, today = _actor(request), day_of(now())
    found = progress.own_progress(number, actor=by)
    offices = organization.office_titles()
    todo = [todo_line(each) for each in progress.own_tasks(actor=by, today=today) if each.case == number]
    context = {
        "place_now": "cases",
        "crumbs": Crumbs(CASES),
        "case": found.case,
        "chip": case_chip(found.case),
        "todo": todo,
        "code": halls.code_of(str(found.case.id)),
        "answer": where_it_is(found, offices),
        "stages": [stage_line(each, offices) for each in found.stages],
        "results": [result_line(each, offices) for each in found.results],
        "rating": panel(f"process/{number}", actor=by, at=now()),
        "refused": Said(refusal.message_zh, str(refusal)) if refusal else None,
    }
    return render(request, "public/my_case.html", context, status=refusal.http_status if refusal else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _newest_first(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(lines, key=lambda line: str(line["opened_on"]), reverse=True)


def _line(case: ProcessCase) -> dict[str, object]:
    return {
        "title": case.title,
        "chip": case_chip(case),
        "opened_on": day_of(case.opened_at),
        "closed_on": day_of(case.closed_at) if case.closed_at else None,
        "number": case.id,
        "url": reverse("public:my-case", args=(case.id,)),
    }
