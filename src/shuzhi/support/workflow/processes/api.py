"""JSON end points of processes (办件、任务): begin, look, finish, have in hand, bring news."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import handling
from shuzhi.support.workflow.errors import TaskHasForm
from shuzhi.support.workflow.processes import forming, progress, queries, services
from shuzhi.support.workflow.processes.types import (
    CaseState,
    ProcessCase,
    ProcessStep,
    ProcessTask,
    Progress,
)

router = Router(tags=["processes"])
LARGEST = 2**63 - 1


class ProcessOut(Schema):
    """A process in force."""

    process: str
    title: Words
    version: str
    pack: str


class StartIn(Schema):
    """What a case begins with."""

    subject: str = Field(max_length=300)
    title: Words
    office: str = Field(max_length=100)
    requester: str | None = Field(default=None, max_length=200)
    variables: dict[str, Any] = Field(default_factory=dict)


class DoneIn(Schema):
    """What comes of a task; `version` is the case's that the person saw."""

    outputs: dict[str, Any] = Field(default_factory=dict)
    note: str = Field(default="", max_length=5000)
    version: int | None = Field(default=None, ge=0, le=LARGEST)


class GivingUpIn(Schema):
    """Why."""

    reason: str = Field(max_length=1000)


class HandIn(Schema):
    """Whom it goes to, by account, and a word with it."""

    to: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)


class MessageIn(Schema):
    """A message and whom it is for: the key that a case waits with."""

    name: str = Field(max_length=200)
    key: str = Field(max_length=300)
    payload: dict[str, Any] = Field(default_factory=dict)


class SignalIn(Schema):
    """A signal to every case that waits for it."""

    name: str = Field(max_length=200)
    payload: dict[str, Any] = Field(default_factory=dict)


class ArrivedOut(Schema):
    """Which case took a message; none where nobody waited."""

    case: int | None


class ToldOut(Schema):
    """How many cases took a signal."""

    cases: int


class TaskFormOut(Schema):
    """A task's form, begun: go on at `/api/forms/fillings/{filling}`."""

    filling: str
    form: str


class CaseFilter(Schema):
    """Which cases: of a process, in a state, those before a number."""

    process: str | None = Field(default=None, max_length=200)
    state: CaseState | None = None
    before: int | None = Field(default=None, ge=1, le=LARGEST)
    size: int = Field(default=50, ge=1, le=200)


class Act(StrEnum):
    """What may be done about a task beside finishing it."""

    CLAIM = "claim"
    RETURN = "return"
    DELEGATE = "delegate"
    CO_HANDLE = "co-handle"
    REMIND = "remind"
    PAUSE = "pause"
    RESUME = "resume"


@router.get("/processes", response=list[ProcessOut])
@requires("workflow.read")
def read_processes(request: HttpRequest) -> list[dict[str, Any]]:
    """Every process in force."""
    del request
    return [
        {"process": name, "title": queries.process(name).title, "version": version, "pack": pack}
        for name, version, pack in queries.processes()
    ]


@router.post("/processes/{process}/cases", response=ProcessCase)
@requires("workflow.open")
def begin_case(request: HttpRequest, process: str, given: StartIn) -> ProcessCase:
    """Begin a case of a process."""
    return services.start_process(
        process=process,
        subject=given.subject,
        title=given.title,
        office=given.office,
        requester=given.requester,
        by=_actor(request),
        at=now(),
        variables=given.variables,
    )


@router.get("/cases", response=list[ProcessCase])
@requires("workflow.read")
def read_cases(request: HttpRequest, wanted: Annotated[CaseFilter, Query()]) -> list[ProcessCase]:
    """The newest cases of the reader's office, or all for those who oversee; without their variables."""
    return queries.readable_cases(actor=_actor(request), **wanted.dict())


@router.get("/cases/{case}", response=ProcessCase)
@requires("workflow.read")
def read_case(request: HttpRequest, case: int) -> ProcessCase:
    """One case that the reader takes part in, or any for those who oversee."""
    return queries.readable_case(case, actor=_actor(request))


@router.get("/cases/{case}/history", response=list[ProcessStep])
@requires("workflow.read")
def read_case_history(request: HttpRequest, case: int) -> list[ProcessStep]:
    """A case's steps."""
    queries.readable_case(case, actor=_actor(request))
    return queries.steps(case)


@router.get("/cases/{case}/tasks", response=list[ProcessTask])
@requires("workflow.read")
def read_case_tasks(request: HttpRequest, case: int) -> list[ProcessTask]:
    """A case's tasks, finished ones too."""
    queries.readable_case(case, actor=_actor(request))
    return queries.tasks(case, today=_today())


@router.post("/cases/{case}/cancel", response=ProcessCase)
@requires("workflow.handle")
def give_up_case(request: HttpRequest, case: int, given: GivingUpIn) -> ProcessCase:
    """End a case before its time."""
    return services.cancel_case(case=case, reason=given.reason, by=_actor(request), at=now())


@router.get("/tasks", response=list[ProcessTask])
@requires("workflow.read")
def read_tasks(request: HttpRequest) -> list[ProcessTask]:
    """The open tasks that wait for the reader, the most urgent first."""
    at = now()
    return queries.tasks_for(actor=_actor(request), today=day_of(at), at=at)


@router.get("/tasks/{task}", response=ProcessTask)
@requires("workflow.read")
def read_task(request: HttpRequest, task: int) -> ProcessTask:
    """One task of a case that the reader takes part in."""
    found = queries.task(task, today=_today())
    queries.readable_case(found.case, actor=_actor(request))
    return found


@router.post("/tasks/{task}/complete", response=ProcessCase)
@requires("workflow.handle")
def finish_task(request: HttpRequest, task: int, given: DoneIn) -> ProcessCase:
    """Finish a task with what came of it; one that has a form is finished by that."""
    _require_no_form(task)
    return services.complete_task(
        task=task,
        by=_actor(request),
        at=now(),
        outputs=given.outputs,
        note=given.note,
        version=given.version,
    )


@router.post("/tasks/{task}/form", response=TaskFormOut)
@requires("workflow.handle")
def begin_task_form(request: HttpRequest, task: int) -> dict[str, str]:
    """Begin a task's form, or go on with one's draft of it; submitting it finishes the task."""
    begun = forming.open_task_form(task=task, by=_actor(request), at=now())
    return {"filling": begun.number, "form": begun.form}


@router.post("/tasks/{task}/{act}", response=ProcessTask)
@requires("workflow.handle")
def handle_task(request: HttpRequest, task: int, act: Act, given: HandIn) -> ProcessTask:
    """Claim, give back, hand on, call in a colleague, remind, stop and start the clock."""
    by, at, item = _actor(request), now(), f"task/{task}"
    if act is Act.CLAIM:
        handling.claim(item=item, by=by, at=at)
    elif act is Act.RETURN:
        handling.give_back(item=item, by=by, at=at, note=given.note)
    elif act is Act.DELEGATE:
        handling.delegate(item=item, to=given.to, by=by, at=at, note=given.note)
    elif act is Act.CO_HANDLE:
        handling.call_in(item=item, to=given.to, by=by, at=at, note=given.note)
    elif act is Act.REMIND:
        handling.remind(item=item, by=by, at=at, note=given.note)
    elif act is Act.PAUSE:
        handling.pause(item=item, reason=given.note, by=by, at=at)
    else:
        handling.resume(item=item, by=by, at=at)
    return queries.task(task, today=_today())


@router.post("/messages", response=ArrivedOut)
@requires("workflow.handle")
def send_message(request: HttpRequest, given: MessageIn) -> dict[str, int | None]:
    """Bring a message to the case that waits for it, or begin the process that it begins."""
    case = services.send_message(
        name=given.name, key=given.key, payload=given.payload, by=_actor(request), at=now()
    )
    return {"case": case}


@router.post("/signals", response=ToldOut)
@requires("workflow.install")
def send_signal(request: HttpRequest, given: SignalIn) -> dict[str, int]:
    """Tell every case that waits for a signal."""
    told = services.broadcast_signal(name=given.name, payload=given.payload, by=_actor(request), at=now())
    return {"cases": told}


@router.get("/own/cases", response=list[ProcessCase])
@requires("workflow.mine")
def read_own_cases(request: HttpRequest) -> list[ProcessCase]:
    """The cases that the reader asked for, without their variables."""
    return progress.own_cases(actor=_actor(request))


@router.get("/own/cases/{case}", response=Progress)
@requires("workflow.mine")
def read_own_case(request: HttpRequest, case: int) -> Progress:
    """How far a case is that the reader asked for: what is done, in hand, to come."""
    return progress.own_progress(case, actor=_actor(request))


@router.get("/own/tasks", response=list[ProcessTask])
@requires("workflow.mine")
def read_own_tasks(request: HttpRequest) -> list[ProcessTask]:
    """What waits for the reader in the cases that they asked for."""
    return progress.own_tasks(actor=_actor(request), today=_today())


@router.post("/own/tasks/{task}/form", response=TaskFormOut)
@requires("workflow.mine")
def begin_own_form(request: HttpRequest, task: int) -> dict[str, str]:
    """Begin the form of a task of one's own."""
    begun = forming.open_task_form(task=task, by=_actor(request), at=now())
    return {"filling": begun.number, "form": begun.form}


@router.post("/own/tasks/{task}/confirm", response=Progress)
@requires("workflow.mine")
def confirm_own_task(request: HttpRequest, task: int) -> Progress:
    """Finish a task of one's own that has no form."""
    _require_no_form(task)
    done = services.complete_task(task=task, by=_actor(request), at=now())
    return progress.own_progress(done.id, actor=_actor(request))


def _require_no_form(task: int) -> None:
    found = queries.task(task, today=_today())
    if found.form:
        raise TaskHasForm(task=task, form=found.form)


def _today() -> date:
    return day_of(now())


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
