"""Tasks that a form finishes (填表办结): opened from the task, its answers are the task's outputs when it is submitted.

What was filled in is the forms' room's: a submission that comes too late stays there, and the task's history says why
it was not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.forms import queries as forms
from shuzhi.support.forms import services as filling
from shuzhi.support.forms.engine.fields import FILES
from shuzhi.support.forms.types import Channel, Filling, HandedOver
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import TaskHasNoForm, TaskNotOpen
from shuzhi.support.workflow.processes import storing
from shuzhi.support.workflow.processes.services.stepping import take
from shuzhi.support.workflow.processes.services.working import require_hand, require_part
from shuzhi.support.workflow.processes.values import kept, restored

OPENED, USED, UNUSED = "form", "form-used", "form-unused"
SUBJECT, SUBMISSION = "subject", "submission"


@transaction.atomic
def open_task_form(*, task: int, by: Actor, at: datetime, channel: Channel | None = None) -> Filling:
    """Begin the form of a task, or go on with one's draft of it: what the case knows is filled in already.

    The form is told what the task's inputs say, or where it has none the case's variables: facts by their names, and
    first answers by the names of its fields. The input `subject` names the person whose registers' records help.
    Files that the same person handed in with the case for the same questions are in it already, to be kept or replaced.

    Raises:
        TaskNotOpen: it has been finished or withdrawn.
        TaskHasNoForm: nothing is to be filled in for it.
        Forbidden, HeldByAnother, IsPaused: see `complete_task`.
    """
    require_part(by)
    item = models.ProcessTask.objects.select_related("case").filter(id=task, is_open=True).first()
    if item is None:
        raise TaskNotOpen(task=task)
    require_hand(item, by)
    if not item.form:
        raise TaskHasNoForm(task=task)
    told = dict(item.inputs or item.case.variables)
    subject = told.pop(SUBJECT, None)
    begun = filling.open_form(
        form=item.form,
        by=by,
        at=at,
        channel=channel or (Channel.PUBLIC if by.has(Role.RESIDENT) else Channel.DESK),
        subject=subject if isinstance(subject, str) else None,
        task=f"task/{task}",
        facts=_facts(item.form, told),
    )
    if begun.opened_at == at and begun.revision == 1:
        begun = filling.save_draft(number=begun.number, answers=_first(begun, told), by=by, at=at)
        filling.carry_files(number=begun.number, submissions=_submitted_before(item.case), by=by, at=at)
    models.Handled.objects.get_or_create(
        item=f"task/{task}",
        what=OPENED,
        to=begun.number,
        defaults={"by": by.name, "by_title": by.title, "at": at},
    )
    return begun


def _submitted_before(case: models.ProcessCase) -> list[str]:
    """What was submitted for a case so far, its own form first: files handed in once are not asked for again."""
    own = case.variables.get(SUBMISSION)
    tasks = models.ProcessTask.objects.filter(case=case).values_list("id", flat=True)
    used = models.Handled.objects.filter(item__in=[f"task/{number}" for number in tasks], what=USED)
    return [*([own] if isinstance(own, str) else []), *used.order_by("id").values_list("to", flat=True)]


def _facts(form: str, told: Mapping[str, Any]) -> dict[str, str]:
    asked = forms.form(form).declaration.facts
    texts = {name: _text(told[name]) for name in asked if name in told}
    return {name: text for name, text in texts.items() if text}


def _first(begun: Filling, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the case knows of the form's questions and no register has said."""
    fields = forms.form_of(begun).fields
    return {
        name: _answer(told[name])
        for name, field in fields.items()
        if name in told and name not in begun.known and field.kind != FILES and told[name] is not None
    }


def _answer(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(each) for each in value]
    return value if isinstance(value, bool) else _text(value)


def _text(value: Any) -> str:
    known = restored(value)
    if isinstance(known, bool):
        return str(known).lower()
    if known is None or isinstance(known, (dict, list)):
        return ""
    return str(known) if isinstance(known, (str, Decimal)) else feel.text_of(known)


def on_form_submitted(message: Mapping[str, Any], at: datetime) -> None:
    """A form was submitted; if it was a task's, the task is finished with it."""
    kind, _, number = str(message["task"]).partition("/")
    if kind == "task" and number.isascii() and number.isdecimal() and len(number) < 19:
        finish_by_form(task=int(number), submission=message["submission"], at=at)


@transaction.atomic
def finish_by_form(*, task: int, submission: str, at: datetime) -> bool:
    """Finish a task with a submission's answers; whether they were used. Once for each submission, however often told."""
    if not models.ProcessTask.objects.filter(id=task).exists():
        return False
    row, item = storing.locked_by_task(task)
    done = models.Handled.objects.filter(item=f"task/{task}", what__in=(USED, UNUSED), to=submission)
    if (known := done.values_list("what", flat=True).first()) is not None:
        return bool(known == USED)
    handed = forms.handed_over(submission)
    by = _submitter(handed)
    try:
        with transaction.atomic():
            _require_use(item, handed, by)
            _complete(row, item, handed, by=by, at=at)
    except PlatformError as refusal:
        _note(UNUSED, item, handed, by=by, at=at, why=refusal.message_zh)
        return False
    _note(USED, item, handed, by=by, at=at)
    return True


def _submitter(handed: HandedOver) -> Actor:
    found = identity.actor(handed.account.removeprefix("account/"))
    return found or Actor(name=handed.account, office=handed.office)


def _require_use(item: models.ProcessTask, handed: HandedOver, by: Actor) -> None:
    if not item.is_open or handed.form != item.form:
        raise TaskNotOpen(task=item.id)
    begun = models.Handled.objects.filter(
        item=f"task/{item.id}", what=OPENED, to=handed.filling, by=handed.account
    )
    require_hand(item, by, let_in=begun.exists())


def _complete(
    row: models.ProcessCase, item: models.ProcessTask, handed: HandedOver, *, by: Actor, at: datetime
) -> None:
    given = kept(dict(handed.document))
    run = storing.run_of(row, at=at)
    run.complete(item.number, restored(given))
    payload = {"number": item.number, "outputs": given, "submission": handed.number}
    take(run, row, "completed", item.element, payload, by=by, at=at, done=item.number)


def _note(
    what: str, item: models.ProcessTask, handed: HandedOver, *, by: Actor, at: datetime, why: str = ""
) -> None:
    models.Handled.objects.create(
        item=f"task/{item.id}", what=what, to=handed.number, note=why, by=by.name, by_title=by.title, at=at
    )


def use_of(submission: str, task: str) -> tuple[int, bool | None, str]:
    """What became of a submission for a task: its case, whether it was used (None: not yet), and why not."""
    number = task.partition("/")[2]
    case = models.ProcessTask.objects.filter(id=number).values_list("case_id", flat=True).first()
    noted = models.Handled.objects.filter(item=task, what__in=(USED, UNUSED), to=submission).first()
    return case or 0, (noted.what == USED) if noted else None, noted.note if noted else ""
