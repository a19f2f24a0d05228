"""A case of a process (办件): where it stands on its drawing, whose turn it is, and what I may do."""

from __future__ import annotations

import base64

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as form_queries
from shuzhi.support.workflow import audience
from shuzhi.support.workflow.processes import forming, queries, services
from shuzhi.support.workflow.processes.declaring import models
from shuzhi.support.workflow.processes.reading import in_utf8
from shuzhi.support.workflow.processes.types import (
    STATE_TITLES,
    CaseState,
    ProcessCase,
    ProcessStep,
    ProcessTask,
)
from shuzhi.terminals.design.types import (
    Chip,
    Confirm,
    Fact,
    Field,
    Link,
    Moment,
    Said,
    Timeline,
    Tone,
    Why,
    say,
)
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, refusal_above, said
from shuzhi.terminals.staff.workbench.hands import forms_of, handled_lines, reminding
from shuzhi.terminals.staff.workbench.subjects import subject_title, subject_url

APPLICANT = Said("申请人", "The applicant")
KINDS = {
    "started": Said("发起", "Began"),
    "completed": Said("办结任务", "Finished a task"),
    "served": Said("服务已答复", "A service answered"),
    "timer": Said("到时", "A timer fired"),
    "message": Said("收到消息", "A message came"),
    "signal": Said("收到信号", "A signal came"),
    "cancelled": Said("撤销", "Cancelled"),
    "migrated": Said("换用新流程", "Moved to a new definition"),
}
TONES = {
    CaseState.RUNNING: Tone.PRIMARY,
    CaseState.COMPLETED: Tone.SUCCESS,
    CaseState.FAULTY: Tone.DANGER,
    CaseState.FAILED: Tone.DANGER,
    CaseState.CANCELLED: Tone.NEUTRAL,
}


@requires("workflow.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The whole case."""
    return _page(request, queries.readable_case(number, actor=actor_of(request)))


@requires("workflow.read")
def drawing(request: HttpRequest, number: int) -> HttpResponse:
    """The BPMN file that the case runs under, for the viewer."""
    found = queries.readable_case(number, actor=actor_of(request))
    declared = queries.process(found.process, version=found.definition)
    content = in_utf8(base64.b64decode(declared.files[0][1]))
    return HttpResponse(content, content_type="application/xml")


@requires("workflow.handle")
@require_POST
def fill(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """Open the form that finishes a task, or go on with one's draft of it."""
    actor = actor_of(request)
    found = queries.readable_case(number, actor=actor)
    try:
        begun = forming.open_task_form(task=task, by=actor, at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    first = form_queries.form_of(begun).declaration.layout.pages[0].id
    return HttpResponseRedirect(reverse("staff:filling_page", args=(begun.number, first)))


@requires("workflow.handle")
@require_POST
def finish(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """Finish a task; what is refused is said above the form."""
    actor = actor_of(request)
    found = queries.readable_case(number, actor=actor)
    seen = request.POST.get("version", "")
    try:
        services.complete_task(
            task=task,
            by=actor,
            at=now(),
            note=request.POST.get(f"note-{task}", ""),
            version=int(seen) if seen.isascii() and seen.isdecimal() else None,
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    messages.success(request, say(Said("已办结，办件继续往下走。", "Done. The case goes on.")))
    return HttpResponseRedirect(reverse("staff:case", args=[number]))


def _page(request: HttpRequest, found: ProcessCase, *, refusal: PlatformError | None = None) -> HttpResponse:
    actor, titles, today = actor_of(request), organization.office_titles(), day_of(now())
    open_tasks = queries.tasks(found.id, today=today, open_only=True)
    names = _names(found)
    return page(
        request,
        "staff/workbench/case.html",
        title=said(found.title),
        chips=[Chip(said(STATE_TITLES[found.state]), TONES[found.state])],
        trail=(Link(Said("待办", "Inbox"), reverse("staff:home")),),
        problem=said(found.problem) if found.problem else None,
        drawing=reverse("staff:case_drawing", args=[found.id]),
        standing=" ".join(_marked(found)),
        passed=" ".join(_ids(found.passed)),
        stands=[names.get(each, Said(each, each)) for each in _ids(found.standing)],
        turn=_turn(found, open_tasks, titles),
        about=_about(found),
        forms=[
            _filled(found, task) if task.form else _form(found, task)
            for task in open_tasks
            if _may(task, actor)
        ],
        hands=_hands(open_tasks, actor),
        history=_history(found, titles, names),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
    )


def _hands(open_tasks: list[ProcessTask], actor: Actor) -> list[tuple[Said, list[Confirm]]]:
    """For each open task what may be done beside finishing it."""
    found = []
    for task in open_tasks:
        item = f"task/{task.id}"
        acts = (
            forms_of(item, task.holder, task.paused, actor) if _may(task, actor) else reminding(item, actor)
        )
        if acts:
            found.append((said(task.title), acts))
    return found


def _names(found: ProcessCase) -> dict[str, Said]:
    own, others = models(queries.process(found.process, version=found.definition))
    read = {id(model): model for model in (own, *others.values())}
    nodes = [node for model in read.values() for node in model.nodes.values()]
    return {node.id: Said(node.name or node.id, node.en) for node in nodes}


def _ids(places: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(place.rpartition("/")[2] for place in places))


def _marked(found: ProcessCase) -> list[str]:
    """Every part of a place but the process itself: what stands in one that is called marks the step that calls it."""
    parts = (part for place in found.standing for part in place.split("/"))
    return [part for part in dict.fromkeys(parts) if part and part != found.process]


def _may(task: ProcessTask, actor: Actor) -> bool:
    if actor.name in (task.holder, *task.helpers):
        return True
    return task.holder is None and queries.waits_for(task.id, seats=audience.held_by(actor))


def _turn(found: ProcessCase, open_tasks: list[ProcessTask], titles: Titles) -> Why:
    facts = []
    for task in open_tasks:
        office = APPLICANT if task.office.startswith("account/") else name_of(titles, task.office)
        zh = f"{office.zh}{'，已由 ' + task.holder + ' 认领' if task.holder else ''}"
        en = f"{office.en}{', claimed by ' + task.holder if task.holder else ''}"
        if task.paused:
            zh, en = f"{zh}，暂停计时：{task.paused}", f"{en}, clock stopped: {task.paused}"
        elif task.due_on:
            zh, en = f"{zh}，{task.due_on.isoformat()} 到期", f"{en}, due {task.due_on.isoformat()}"
        facts.append(Fact(said(task.title), Said(zh, en)))
    if not facts:
        over = found.closed_at is not None
        facts.append(
            Fact(
                Said("经办", "Next"),
                Said("不等任何人：本办件已结束。", "Nobody: the case is over.")
                if over
                else Said("正在等服务、消息或时间。", "A service, a message or a moment."),
            )
        )
    return Why(title=Said("轮到谁", "Whose turn"), facts=tuple(facts))


def _about(found: ProcessCase) -> list[Fact]:
    return [
        Fact(Said("流程", "Process"), found.process),
        Fact(Said("关于", "About"), subject_title(found.subject), subject_url(found.subject)),
        Fact(Said("发起时间", "Opened"), found.opened_at),
    ]


def _form(found: ProcessCase, task: ProcessTask) -> Confirm:
    return Confirm(
        title=said(task.title),
        consequences=[
            Said("任务办结，办件按流程往下走。", "The task is finished and the case goes on."),
            Said(
                "意见连同您的姓名写入经过和审计日志。",
                "Your words go into the history and the audit log under your name.",
            ),
        ],
        verb=Said("办结任务", "Finish the task"),
        action_url=reverse("staff:case_finish", args=[found.id, task.id]),
        back_url=reverse("staff:home"),
        fields=[Field(name=f"note-{task.id}", label=Said("办理意见", "Note"), control="textarea")],
        hidden=(("version", str(found.version)),),
    )


def _filled(found: ProcessCase, task: ProcessTask) -> Confirm:
    return Confirm(
        title=said(task.title),
        consequences=[
            Said(
                "打开本任务的表单，已知的内容已经填好。", "The task's form opens; what is known is filled in."
            ),
            Said(
                "提交表单后任务办结，办件按流程往下走。",
                "Once you submit it the task is finished and the case goes on.",
            ),
        ],
        verb=Said("填写表单", "Fill in the form"),
        action_url=reverse("staff:case_fill", args=[found.id, task.id]),
        back_url=reverse("staff:home"),
    )


def _history(found: ProcessCase, titles: Titles, names: dict[str, Said]) -> Timeline:
    moments = [_moment(step, titles, names) for step in queries.steps(found.id)]
    for task in queries.tasks(found.id, today=day_of(found.opened_at)):
        moments += handled_lines(f"task/{task.id}", said(task.title))
    return Timeline(Said("经过", "History"), sorted(moments, key=lambda each: each.at, reverse=True))


def _moment(step: ProcessStep, titles: Titles, names: dict[str, Said]) -> Moment:
    kind = KINDS.get(step.kind, Said(step.kind, step.kind))
    about = names.get(step.element, Said(step.element, step.element))
    office = name_of(titles, step.office) if step.office else None
    who = step.by_title or step.by
    return Moment(
        at=step.at,
        title=Said(f"{kind.zh}：{about.zh}", f"{kind.en}: {about.en}") if step.element else kind,
        by=Said(f"{who} · {office.zh}", f"{who} · {office.en}") if office else Said(who, who),
        says=step.note,
        tone=Tone.NEUTRAL,
    )
