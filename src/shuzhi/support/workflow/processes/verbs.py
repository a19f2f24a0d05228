"""What scenarios do with processes: begin a case, do its tasks, bring it messages, look at it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Role, system
from shuzhi.support.workflow import handling, jobs
from shuzhi.support.workflow.errors import NoSuchTask
from shuzhi.support.workflow.processes import forming, progress, queries, services
from shuzhi.support.workflow.processes.types import ProcessCase, ProcessTask


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Starting(_Said):
    """What a case begins with."""

    process: str
    subject: str
    title: Words
    office: str
    requester: str | None = None
    variables: dict[str, Any] = Field(default_factory=dict)


class OfCase(_Said):
    """A case by its number; the one that the scenario began last, where it is left out."""

    case: int | None = None


class OfTask(_Said):
    """An open task: by its number, or by its element in a case, of a joint review the `instance` (from 1)."""

    task: int | None = None
    case: int | None = None
    element: str | None = None
    instance: int | None = None


class Completing(OfTask):
    """A task with what comes of it."""

    outputs: dict[str, Any] = Field(default_factory=dict)
    note: str = ""
    version: int | None = None


class Handling(OfTask):
    """Something done about a task, or a dossier, beside finishing it."""

    dossier: int | None = None
    to: str = ""
    note: str = ""


class Sending(_Said):
    """A message and whom it is for: the key that a case waits with, by default its subject."""

    message: str
    key: str
    payload: dict[str, Any] = Field(default_factory=dict)


class Signalling(_Said):
    """A signal, which reaches every case that waits for it."""

    signal: str
    payload: dict[str, Any] = Field(default_factory=dict)


class Looking(_Said):
    """Which tasks: of a case, of a process, of one element."""

    case: int | None = None
    process: str | None = None
    element: str | None = None


class Cancelling(OfCase):
    """A case given up, and why."""

    reason: str


def start_process(said: Starting, stage: Stage) -> dict[str, Any]:
    """Begin a case of a process."""
    begun = services.start_process(
        process=said.process,
        subject=said.subject,
        title=said.title,
        office=said.office,
        requester=said.requester,
        variables=said.variables,
        by=stage.by,
        at=stage.at,
    )
    return _case(begun, stage, whole=True)


def complete_task(said: Completing, stage: Stage) -> dict[str, Any]:
    """Finish a task; what it has open then is not done yet, look at the case for that."""
    done = services.complete_task(
        task=_number(said, stage),
        outputs=said.outputs,
        note=said.note,
        version=said.version,
        by=stage.by,
        at=stage.at,
    )
    return _case(done, stage, whole=True)


def open_task_form(said: OfTask, stage: Stage) -> dict[str, Any]:
    """Begin a task's form; the forms' own verbs fill it in and submit it."""
    begun = forming.open_task_form(task=_number(said, stage), by=stage.by, at=stage.at)
    return {
        "filling": begun.number,
        "form": begun.form,
        "task": begun.task,
        "answers": dict(begun.answers),
        "facts": dict(begun.facts),
        "revision": begun.revision,
    }


def send_message(said: Sending, stage: Stage) -> dict[str, Any]:
    """Bring a message to the case that waits for it, or begin the process that it begins."""
    case = services.send_message(
        name=said.message, key=said.key, payload=said.payload, by=stage.by, at=stage.at
    )
    return {"case": case, "arrived": case is not None}


def send_signal(said: Signalling, stage: Stage) -> dict[str, Any]:
    """Tell every case that waits for a signal."""
    told = services.broadcast_signal(name=said.signal, payload=said.payload, by=stage.by, at=stage.at)
    return {"cases": told}


def cancel_case(said: Cancelling, stage: Stage) -> dict[str, Any]:
    """Give a case up."""
    ended = services.cancel_case(case=_case_number(said, stage), reason=said.reason, by=stage.by, at=stage.at)
    return _case(ended, stage, whole=True)


def wake(said: _Said, stage: Stage) -> dict[str, Any]:
    """What the worker does every two seconds: fire the timers that are due, call the services that are waited for."""
    del said, stage
    return {"woken": jobs.wake.func(0)}


def warn(said: _Said, stage: Stage) -> dict[str, Any]:
    """What the worker does every night: warn of deadlines, and call in the next of the chain."""
    del said
    return {"warned": handling.warn(by=system("workflow"), at=stage.at, today=day_of(stage.at))}


def look_at_case(said: OfCase, stage: Stage) -> dict[str, Any]:
    """A case as the step's actor may read it: variables for who takes part, for who asked for it how far it is."""
    number = _case_number(said, stage)
    if stage.by.has(Role.RESIDENT):
        seen = progress.own_progress(number, actor=stage.by)
        return _case(seen.case, stage, whole=False) | {
            "stages": [
                {
                    "title": each.title.zh,
                    "office": each.office,
                    "state": each.state,
                    "due_on": each.due_on,
                    "certain": each.certain,
                }
                for each in seen.stages
            ],
            "results": [asdict(each) | {"matter": each.matter.zh} for each in seen.results],
        }
    return _case(queries.readable_case(number, actor=stage.by), stage, whole=True)


def look_at_cases(said: Looking, stage: Stage) -> list[dict[str, Any]]:
    """The newest cases that the step's actor may read, of one process where it is named."""
    found = (
        progress.own_cases(actor=stage.by)
        if stage.by.has(Role.RESIDENT)
        else queries.readable_cases(actor=stage.by, process=said.process)
    )
    return [_case(each, stage, whole=False) for each in found if said.process in (None, each.process)]


def look_at_tasks(said: Looking, stage: Stage) -> list[dict[str, Any]]:
    """The open tasks that wait for the step's actor; for the platform all of a case."""
    day = day_of(stage.at)
    if stage.by.has(Role.SYSTEM):
        found = queries.tasks(_case_number(OfCase(case=said.case), stage), today=day, open_only=True)
    else:
        found = queries.tasks_for(actor=stage.by, today=day, at=stage.at)
    return [
        _task(each)
        for each in found
        if said.case in (None, each.case)
        and said.process in (None, each.process)
        and said.element in (None, each.element)
    ]


def _handle(what: str, words: str) -> Any:
    def handle(said: Handling, stage: Stage) -> dict[str, Any]:
        item = f"dossier/{said.dossier}" if said.dossier else f"task/{_number(said, stage)}"
        _ACTS[what](item, said, stage)
        return {"item": item, "handled": [line.what for line in handling.handled(item)]}

    handle.__doc__ = f"{words.capitalize()}; a dossier of a loop too."
    return handle


_ACTS: dict[str, Any] = {
    "claim": lambda item, _, stage: handling.claim(item=item, by=stage.by, at=stage.at),
    "give back": lambda item, said, stage: handling.give_back(
        item=item, note=said.note, by=stage.by, at=stage.at
    ),
    "delegate": lambda item, said, stage: handling.delegate(
        item=item, to=said.to, note=said.note, by=stage.by, at=stage.at
    ),
    "call in": lambda item, said, stage: handling.call_in(
        item=item, to=said.to, note=said.note, by=stage.by, at=stage.at
    ),
    "remind": lambda item, said, stage: handling.remind(item=item, note=said.note, by=stage.by, at=stage.at),
    "pause": lambda item, said, stage: handling.pause(item=item, reason=said.note, by=stage.by, at=stage.at),
    "resume": lambda item, _, stage: handling.resume(item=item, by=stage.by, at=stage.at),
}


def _case_number(said: OfCase | OfTask, stage: Stage) -> int:
    if said.case is not None:
        return said.case
    begun = stage.latest("start process") or stage.latest("bring message") or {}
    return int(begun.get("id") or begun.get("case") or 0)


def _number(said: OfTask, stage: Stage) -> int:
    """The task that is meant.

    Raises:
        NoSuchTask: nothing of the kind is open.
    """
    if said.task is not None:
        return said.task
    case = _case_number(said, stage)
    for task in queries.tasks(case, today=day_of(stage.at), open_only=True):
        nth = said.instance is None or task.instance == said.instance - 1
        if nth and said.element in (None, task.element):
            return task.id
    raise NoSuchTask(case=case, element=said.element or "—")


def _case(found: ProcessCase, stage: Stage, *, whole: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": found.id,
        "process": found.process,
        "subject": found.subject,
        "office": found.office,
        "requester": found.requester,
        "state": found.state.value,
        "open": found.closed_at is None,
        "problem": found.problem.zh if found.problem else None,
        "standing": [place.rpartition("/")[2] for place in found.standing],
        "passed": [place.rpartition("/")[2] for place in found.passed],
        "version": found.version,
    }
    if whole:
        day = day_of(stage.at)
        told["variables"] = found.variables
        told["tasks"] = [_task(each) for each in queries.tasks(found.id, today=day, open_only=True)]
    return told


def _task(found: ProcessTask) -> dict[str, Any]:
    return {
        "id": found.id,
        "case": found.case,
        "process": found.process,
        "element": found.element,
        "title": found.title.zh,
        "instance": None if found.instance is None else found.instance + 1,
        "office": found.office,
        "form": found.form,
        "inputs": found.inputs,
        "holder": found.holder,
        "paused": found.paused,
        "due_on": found.due_on,
        "days_left": found.days_left,
        "light": found.light.value,
    }


_IN_HAND = (
    ("claim", "认领", "claim a task"),
    ("give back", "退回", "give a task back"),
    ("delegate", "转办", "hand a task on to a colleague"),
    ("call in", "请人协办", "have a colleague help"),
    ("remind", "催办", "remind whoever has it"),
    ("pause", "暂停计时", "stop the clock, with a reason"),
    ("resume", "恢复计时", "start the clock again"),
)
VERBS = (
    Verb("start process", Words(zh="发起办件", en="begin a case"), Starting, start_process, names={"process": "processes", "office": "offices"}),
    Verb("complete task", Words(zh="办结任务", en="finish a task"), Completing, complete_task),
    Verb("open task form", Words(zh="打开任务的表单", en="open a task's form"), OfTask, open_task_form),
    Verb("bring message", Words(zh="送达办件消息", en="bring a message to a case"), Sending, send_message),
    Verb("send signal", Words(zh="发出信号", en="send a signal"), Signalling, send_signal),
    Verb("cancel case", Words(zh="撤销办件", en="give a case up"), Cancelling, cancel_case),
    Verb("wake cases", Words(zh="到时唤醒", en="fire what is due"), _Said, wake),
    Verb("warn of deadlines", Words(zh="期限预警", en="warn of deadlines"), _Said, warn),
    *(Verb(name, Words(zh=zh, en=en), Handling, _handle(name, en)) for name, zh, en in _IN_HAND),
    Verb("case", Words(zh="查看办件", en="look at a case"), OfCase, look_at_case, looks=True),
    Verb("cases", Words(zh="查看办件清单", en="look at cases"), Looking, look_at_cases, looks=True, names={"process": "processes"}),
    Verb("tasks", Words(zh="查看任务", en="look at open tasks"), Looking, look_at_tasks, looks=True, names={"process": "processes"}),
)  # fmt: skip
