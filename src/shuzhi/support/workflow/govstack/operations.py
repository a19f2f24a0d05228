"""The contract's operations."""

from __future__ import annotations

from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.mediator.calling import Answer, Asked
from shuzhi.support.mediator.errors import BadInput, NotGranted
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import NoSuchCase, NoSuchProcess, ProcessFaulty
from shuzhi.support.workflow.govstack import documents
from shuzhi.support.workflow.processes import queries, services
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, declare
from shuzhi.support.workflow.processes.types import ProcessCase

READ, START, MANAGE = "workflow.read", "workflow.start", "workflow.manage"
MOST, LONGEST = 500, 300
Told = dict[str, Any]


def list_processes(asked: Asked) -> list[Told]:
    """The processes that the caller may read."""
    rows = models.ProcessVersion.objects.filter(current=True).order_by("process")
    return [
        documents.process(ProcessDeclaration.model_validate(row.declared))
        for row in rows
        if asked.client.may(READ, row.process)
    ]


def read_process(asked: Asked, name: str) -> Told:
    """One process with its file."""
    found = queries.process(name)
    asked.require(READ, name)
    return documents.process(found, is_whole=True)


def add_process(asked: Asked) -> None:
    """Bring a process: `processBody` holds its file under the code `bpmn`."""
    body = asked.body()
    declared = _declared(body.get("name"), body.get("processBody"))
    if models.ProcessVersion.objects.filter(process=declared.process, current=True).exists():
        _require_own(asked, declared.process)
    asked.require(MANAGE, declared.process)
    services.install_process(declaration=declared, pack=_pack(asked), by=_program(asked), at=asked.at)
    raise Answer(201, documents.process(declared, is_whole=True))


def change_process(asked: Asked, name: str) -> None:
    """A new version of a process that the same system brought; cases on their way keep theirs."""
    queries.process(name)
    asked.require(MANAGE, name)
    _require_own(asked, name)
    declared = _declared(name, asked.body().get("processBody"))
    services.install_process(declaration=declared, pack=_pack(asked), by=_program(asked), at=asked.at)
    raise Answer(204)


def end_process(asked: Asked, name: str) -> Told:
    """No new instances of a process that the same system brought."""
    queries.process(name)
    asked.require(MANAGE, name)
    _require_own(asked, name)
    running = services.retire_process(process=name, by=_program(asked), at=asked.at)
    return {"id": name, "runningInstances": running}


def start(asked: Asked, name: str) -> None:
    """Begin an instance in the name of the caller's office."""
    declared = queries.process(name)
    asked.require(START, name)
    body = asked.body() if asked.request.body.strip() else {}
    by = body.get("processStartedBy")
    if by is not None and not isinstance(by, str):
        raise BadInput(problem="processStartedBy is no text")
    values = _values(body.get("InstanceValues", []))
    case = services.start_process(
        process=name,
        subject=f"client/{asked.client.id}" + (f"/{by}"[:200] if by else ""),
        title=Words(zh=declared.title.zh[:LONGEST], en=declared.title.en[:LONGEST]),
        office=asked.client.office,
        requester=None,
        by=_program(asked),
        at=asked.at,
        variables=values,
    )
    raise Answer(201, documents.standing(case))


def list_instances(asked: Asked) -> list[Told]:
    """The newest instances of the processes that the caller may read, or of one."""
    wanted = asked.query("processId")
    if wanted:
        asked.require(READ, wanted)
        return documents.instances(queries.cases(process=wanted, size=MOST))
    things = asked.client.things(READ)
    if things is None:
        return documents.instances(queries.cases(size=MOST))
    each = [case for name in sorted(things) for case in queries.cases(process=name, size=MOST)]
    return documents.instances(sorted(each, key=lambda case: -case.id)[:MOST])


def read_instance(asked: Asked, number: str) -> Told:
    """One instance."""
    return documents.instances([_case(asked, number, READ)])[0]


def stop(asked: Asked, number: str) -> None:
    """End an instance before its time."""
    case = _case(asked, number, START)
    ended = services.cancel_case(
        case=case.id, reason=f"stopped by client/{asked.client.id}", by=_program(asked), at=asked.at
    )
    raise Answer(201, documents.standing(ended))


def _case(asked: Asked, number: str, verb: str) -> ProcessCase:
    if not (number.isascii() and number.isdigit() and len(number) < 18):  # noqa: PLR2004
        raise NoSuchCase(case=number)
    case = queries.case(int(number))
    asked.require(verb, case.process)
    if verb == START and case.office != asked.client.office:
        raise NotGranted(client=asked.client.id, verb=verb, thing=f"instance/{number}")
    return case


def _declared(name: Any, body: Any) -> ProcessDeclaration:
    """The process of a body.

    Raises:
        BadInput: it holds no file.
        ProcessFaulty: its file can't run; the first fault is told.
    """
    parts = body if isinstance(body, list) else []
    file = next((each.get("value") for each in parts if isinstance(each, dict) and each.get("code") == documents.BODY), None)  # fmt: skip
    if not isinstance(name, str) or not name or not isinstance(file, str):
        raise BadInput(problem=f"name and processBody with the code {documents.BODY} are needed")
    declared, faults = declare(name, (f"{name}.bpmn", file.encode()))
    if declared is None:
        first = faults[0]
        raise ProcessFaulty(count=len(faults), line=first.line, en=first.message.en, zh=first.message.zh)
    return declared


def _values(given: Any) -> Told:
    """The state that an instance begins with: properties of code and value, or objects by themselves."""
    if not isinstance(given, list):
        raise BadInput(problem="InstanceValues is no list of properties")
    found: Told = {}
    for each in given:
        if not isinstance(each, dict):
            raise BadInput(problem="InstanceValues is no list of properties")
        code = each.get("code")
        found |= {code: each.get("value")} if isinstance(code, str) and code else each
    return found


def _require_own(asked: Asked, name: str) -> None:
    """What a pack declares changes with its pack only, what another system brought with that system."""
    row = models.ProcessVersion.objects.filter(process=name, current=True).first()
    if row is None:
        raise NoSuchProcess(process=name)
    if row.pack != _pack(asked):
        raise NotGranted(client=asked.client.id, verb=MANAGE, thing=name)


def _pack(asked: Asked) -> str:
    return f"client/{asked.client.id}"


def _program(asked: Asked) -> Actor:
    """The calling system as the program that it is: it holds nobody's seat."""
    client = asked.client
    return Actor(f"client/{client.id}", title=client.id, office=client.office, roles=frozenset({Role.SYSTEM}))
