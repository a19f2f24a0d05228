"""My cases (我的办件): what I have to do, how far each case is, who has it now, what comes next, and until when."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.halls import services as halls
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms
from shuzhi.support.workflow.processes import forming, progress, services
from shuzhi.support.workflow.processes.types import (
    STATE_TITLES,
    CaseState,
    ProcessCase,
    ProcessTask,
    Progress,
    Result,
    Stage,
)
from shuzhi.terminals.design.types import Chip, Crumbs, Deadline, Link, Said, Tone, say
from shuzhi.terminals.public.mine import dossiers, matter_cases
from shuzhi.terminals.public.mine.rating import panel

HOME = (Link(Said("首页", "Home"), "/"),)
CASES = (*HOME, Link(Said("我的办件", "My cases"), "/my/cases/"))
TONES = {
    CaseState.RUNNING: Tone.PRIMARY,
    CaseState.FAULTY: Tone.PRIMARY,
    CaseState.COMPLETED: Tone.SUCCESS,
    CaseState.FAILED: Tone.WARNING,
    CaseState.CANCELLED: Tone.NEUTRAL,
}
STATES = STATE_TITLES | {
    CaseState.FAULTY: Words(zh="办理中", en="Running"),
    CaseState.FAILED: Words(zh="未办成", en="Not granted"),
}
YOU = Said("您", "you")


@requires("workflow.mine")
def cases(request: HttpRequest) -> HttpResponse:
    """What waits for me, then every case that I asked for."""
    by, today = _actor(request), day_of(now())
    found = [each for each in progress.own_cases(actor=by) if not each.subject.startswith("case/")]
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
                *(_todo(task) for task in progress.own_tasks(actor=by, today=today)),
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
    """One case: whose turn it is, and the way it goes."""
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
    todo = [_todo(each) for each in progress.own_tasks(actor=by, today=today) if each.case == number]
    context = {
        "place_now": "cases",
        "crumbs": Crumbs(CASES),
        "case": found.case,
        "chip": _chip(found.case),
        "todo": todo,
        "code": halls.code_of(str(found.case.id)),
        "answer": _answer(found, offices),
        "stages": [_stage(each, offices) for each in found.stages],
        "results": [_result(each, offices) for each in found.results],
        "rating": panel(f"process/{number}", actor=by, at=now()),
        "refused": Said(refusal.message_zh, str(refusal)) if refusal else None,
    }
    return render(request, "public/my_case.html", context, status=refusal.http_status if refusal else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _chip(case: ProcessCase) -> Chip:
    words = STATES[case.state]
    return Chip(Said(words.zh, words.en), TONES[case.state])


def _newest_first(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(lines, key=lambda line: str(line["opened_on"]), reverse=True)


def _line(case: ProcessCase) -> dict[str, object]:
    return {
        "title": case.title,
        "chip": _chip(case),
        "opened_on": day_of(case.opened_at),
        "closed_on": day_of(case.closed_at) if case.closed_at else None,
        "number": case.id,
        "url": reverse("public:my-case", args=(case.id,)),
    }


def _todo(task: ProcessTask) -> dict[str, object]:
    due = task.due_on is not None and task.days_left is not None
    return {
        "title": task.title,
        "case": task.case_title,
        "case_url": reverse("public:my-case", args=(task.case,)),
        "deadline": Deadline(task.due_on, task.days_left) if due else None,  # type: ignore[arg-type]
        "verb": Said("去填写", "Fill it in") if task.form else Said("确认", "Confirm"),
        "url": reverse("public:my-case-task", args=(task.case, task.id)),
        "paused": task.paused,
    }


def _answer(found: Progress, offices: dict[str, Words]) -> list[Said]:
    """Where the case is now, in a sentence for each that has it in hand."""
    case = found.case
    if case.closed_at is not None:
        words, day = STATES[case.state], day_of(case.closed_at)
        return [Said(f"{words.zh}，{_day_zh(day)}。", f"{words.en} on {day.isoformat()}.")]
    if case.problem is not None:
        return [Said(case.problem.zh, case.problem.en)]
    now_ = [each for each in found.stages if each.state == "now" and each.task is None]
    if now_:
        return [_in_hand(each, offices) for each in now_]
    if any(each.task for each in found.stages):
        return [Said("现在轮到您办。", "It is your turn now.")]
    return [
        Said(
            "正在等系统答复或约定的时间，到了会自动往下走，您不用做什么。",
            "It waits for another system or for a moment, and goes on by itself; nothing for you to do.",
        )
    ]


def _in_hand(stage: Stage, offices: dict[str, Words]) -> Said:
    who = _office(stage, offices)
    if stage.due_on is None:
        return Said(f"现在由{who.zh}办理：{stage.title.zh}。", f"Now with {who.en}: {stage.title.en}.")
    return Said(
        f"现在由{who.zh}办理：{stage.title.zh}，应在{_day_zh(stage.due_on)}前办完。",
        f"Now with {who.en}: {stage.title.en}, due by {stage.due_on.isoformat()}.",
    )


def _stage(stage: Stage, offices: dict[str, Words]) -> dict[str, object]:
    return {
        "title": stage.title,
        "state": stage.state,
        "office": _office(stage, offices),
        "day": stage.done_on or stage.due_on,
        "certain": stage.certain,
    }


def _result(result: Result, offices: dict[str, Words]) -> dict[str, object]:
    found = offices.get(result.office)
    office = Said(found.zh, found.en) if found else None
    chip = (
        Chip(Said("办好了", "Done"), Tone.SUCCESS)
        if result.done
        else Chip(Said("没有办成", "Not done"), Tone.WARNING)
    )
    return {
        "matter": result.matter,
        "office": office,
        "chip": chip,
        "number": result.number,
        "note": result.note,
    }


def _office(stage: Stage, offices: dict[str, Words]) -> Said:
    if stage.task is not None or stage.office == "requester" or stage.office.startswith("account/"):
        return YOU
    found = offices.get(stage.office)
    if found is None:
        return Said("相关部门", "the office in charge")
    return Said(found.zh, found.en)


def _day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
