"""Processes and instances in the contract's form."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max

from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration
from shuzhi.support.workflow.processes.types import CaseState, ProcessCase

BODY = "bpmn"  # the property of a process' body that holds its file
STATES = {
    CaseState.RUNNING: "running",
    CaseState.FAULTY: "suspended",
    CaseState.COMPLETED: "completed",
    CaseState.FAILED: "failed",
    CaseState.CANCELLED: "stopped",
}
OVER = {CaseState.COMPLETED, CaseState.FAILED, CaseState.CANCELLED}


def process(declared: ProcessDeclaration, *, is_whole: bool = False) -> dict[str, Any]:
    """A process. What it is stands beside its id as well: earlier versions of the contract had it there."""
    files = declared.files if is_whole else ()
    body = [
        {"code": BODY, "value": base64.b64decode(text).decode("utf-8", "replace")} for _, text in files[:1]
    ]
    definition = {
        "name": declared.process,
        "type": "Public",
        "version": declared.version,
        "isExecutable": True,
        "isClosed": False,
        "description": declared.title.en or declared.title.zh,
        "processBody": body,
    }
    return {"id": declared.process, "processDefinition": definition, **definition}


def instances(cases: Iterable[ProcessCase]) -> list[dict[str, Any]]:
    """Instances with the time of their last step."""
    found = list(cases)
    rows = models.ProcessStep.objects.filter(case_id__in=[each.id for each in found]).order_by("case_id")
    last = dict(rows.values_list("case_id").annotate(last=Max("at")))
    return [_instance(each, last.get(each.id, each.opened_at)) for each in found]


def _instance(case: ProcessCase, last: datetime) -> dict[str, Any]:
    return {
        "id": case.id,
        "processRef": reference(case),
        "initTime": case.opened_at.isoformat(),
        "state": STATES[case.state],
        "lastChangeTime": last.isoformat(),
    }


def standing(case: ProcessCase) -> dict[str, Any]:
    """What starting and stopping tell."""
    return {
        "id": str(case.id),
        "processRef": reference(case),
        "suspended": case.state is CaseState.FAULTY,
        "ended": case.state in OVER,
        "state": STATES[case.state],
    }


def reference(case: ProcessCase) -> str:
    """The definition that an instance runs under."""
    return f"{case.process}:{case.definition}"
