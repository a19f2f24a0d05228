"""Cases that begin with a form (表单启动): a start event names the form, its submission brings answers and subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.forms import queries as forms
from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import services
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, start_of
from shuzhi.support.workflow.processes.feel import value_of
from shuzhi.support.workflow.processes.model import Node
from shuzhi.support.workflow.processes.registry import ServiceCall
from shuzhi.support.workflow.processes.types import CaseState, ProcessCase
from shuzhi.support.workflow.processes.values import restored, stored

SUBMISSION = "submission"


def on_form_submitted(message: Mapping[str, Any], at: datetime) -> None:
    """Begin the case of the process that this form begins; a message that comes again begins none.

    A submission for a task is that task's answer and begins nothing.
    """
    if not message["task"]:
        begin(form=message["form"], submission=message["submission"], account=message["subject"], at=at)


def begin(*, form: str, submission: str, account: str, at: datetime) -> ProcessCase | None:
    """Begin the case that a submission begins; None where no process begins with the form, or it has begun already.

    The submitted answers are the case's variables, beside `submission`, its number. Whoever submitted is the
    requester. `key` is the case's subject, so that two submissions about one thing are seen to be about one thing.
    """
    version = models.ProcessVersion.objects.filter(current=True, begins_by="form", begins_name=form).first()
    if version is None:
        return None
    start = start_of(ProcessDeclaration.model_validate(version.declared))
    variables = {**forms.handed_over(submission).document, SUBMISSION: submission}
    subject = _said(start, "key", variables, at) or f"submission/{submission}"
    if _has_begun(version.process, subject, submission):
        return None
    title = _said(start, "title", variables, at) or version.declared["title"]["zh"]
    return services.start_process(
        process=version.process,
        subject=subject[:200],
        title=Words(zh=title[:200], en=title[:200]),
        office=start.own.get("office") or forms.form(form).declaration.owner,
        requester=account,
        by=system("workflow"),
        at=at,
        variables=variables,
    )


def _said(start: Node, key: str, variables: Mapping[str, Any], at: datetime) -> str:
    text = start.own.get(key)
    if not text:
        return ""
    seen = {name: restored(value) for name, value in stored(dict(variables)).items()}
    value, _ = value_of(text, seen, at=at, element=start.id)
    return value if isinstance(value, str) else ""


def _has_begun(process: str, subject: str, submission: str) -> bool:
    rows = models.ProcessCase.objects.filter(process=process, subject=subject[:200])
    return any(row.get(SUBMISSION) == submission for row in rows.values_list("variables", flat=True))


def earlier(call: ServiceCall) -> dict[str, Any]:
    """The service `workflow.earlier`: other cases of the same process about the same subject, and the first of them.

    Cancelled and failed ones do not count, nor do those that passed an element named in `without`.
    """
    process = models.ProcessCase.objects.values_list("process", flat=True).get(id=call.case)
    rows = models.ProcessCase.objects.filter(process=process, subject=call.subject).exclude(id=call.case)
    rows = rows.exclude(state__in=[CaseState.CANCELLED, CaseState.FAILED])
    passed_by = {str(each) for each in call.inputs.get("without") or ()}
    found = [
        number
        for number, passed in rows.order_by("id").values_list("id", "passed")
        if passed_by.isdisjoint(each.rpartition("/")[2] for each in passed)
    ]
    return {"count": len(found), "case": found[0] if found else None}
