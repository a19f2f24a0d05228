"""Filling in a form: opened with what government knows, saved at each step, carried over to a new version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.text import storable
from shuzhi.pillars.security import audit, policy, subjects
from shuzhi.pillars.security.types import PUBLIC, Actor, Role
from shuzhi.support.forms import draft_files, models, prefilling, queries
from shuzhi.support.forms.engine import CompiledForm
from shuzhi.support.forms.engine.fields import FILES, ROWS, read_answer, read_rows
from shuzhi.support.forms.errors import AlreadySubmitted, NoProof, NotForYou, OnlyForTask, StaleFilling
from shuzhi.support.forms.prefilling import Prefilled
from shuzhi.support.forms.types import AT_WORK, Answer, Channel, Filling, FormDeclaration, Known, State
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity.delegation import queries as delegation
from shuzhi.support.identity.delegation.errors import NotActing

AUDIENCES = {"resident": ("个人", "residents"), "firm": ("企业", "firms"), "staff": ("工作人员", "staff")}
STATES = {State.SUBMITTED: "提交", State.WITHDRAWN: "撤回"}


@transaction.atomic
def open_form(
    *,
    form: str,
    by: Actor,
    at: datetime,
    channel: Channel = Channel.PUBLIC,
    subject: str | None = None,
    task: str = "",
    facts: Mapping[str, str] | None = None,
) -> Filling:
    """Begin a form, or go on with the draft that the same person has of it for the same task.

    A person's own form is filled from the registers by the identity that their account has proven. At a window the
    clerk names the person (`subject`), and is given of the registers what their policies give the clerk in clear.
    At a desk (`Channel.DESK`) staff fill in the form of a task of theirs, about a person or nobody.
    `task` is what a process calls the work that the form belongs to; `FormSubmitted` carries it back.

    Raises:
        NoSuchForm: no pack declares it.
        NotForYou: the form is for others.
        OnlyForTask: it is filled in for a task, and none is named.
        NoProof: the form needs a proven identity.
        Forbidden: a window is for clerks.
    """
    policy.require("forms.fill", by=by)
    version = queries.current_version(form)
    asked = queries.compiled(version)
    if asked.declaration.within == "task" and not task:
        raise OnlyForTask(form=form)
    whose = _subject(asked.declaration, by, channel, subject, at)
    found = models.Filling.objects.select_for_update(of=("self",)).filter(
        form=form, account=by.name, subject=whose, task=task, state=State.DRAFT
    )
    if (row := found.select_related("definition").first()) is not None:
        _carry_over(row, by=by, at=at)
        return queries.filling_value(row)
    known = prefilling.prefill(asked, subject=whose, by=by, own=channel not in AT_WORK, at=at)
    row = models.Filling.objects.create(
        form=form, definition_id=version, state=State.DRAFT, channel=channel, account=by.name, office=by.office,
        subject=whose, task=task, facts=dict(facts or {}), opened_at=at, saved_at=at, **_filled(asked, known),
    )  # fmt: skip
    row.number = f"F{day_of(at):%Y%m%d}{row.pk:06d}"
    row.save(update_fields=["number"])
    _note("forms.opened", row, by=by, at=at, form=form, channel=channel.value, prefilled=sorted(known.known))
    return queries.filling_value(row)


def _subject(
    declared: FormDeclaration, by: Actor, channel: Channel, subject: str | None, at: datetime
) -> str:
    """Whose form it is, as the identifier that the form asks for."""
    if channel in AT_WORK:
        policy.require("forms.assist" if channel is Channel.WINDOW else "forms.work", by=by)
        return storable(subject or "").strip().upper()[:200]
    is_staff = by.office is not None and not by.has(Role.RESIDENT)
    if is_staff and "staff" not in declared.audience:
        titles = [AUDIENCES[each] for each in declared.audience]
        zh, en = "、".join(each[0] for each in titles), " or ".join(each[1] for each in titles)
        raise NotForYou(form=declared.id, audience=en, audience_zh=zh)
    if is_staff or by == PUBLIC:
        return ""
    if by.behalf is not None:
        return _principal(declared, by, at)
    proven = identity.proofs(by.name).get(declared.subject)
    if proven is None and declared.prefill:
        raise NoProof(scheme=declared.subject)
    return proven or ""


def _principal(declared: FormDeclaration, by: Actor, at: datetime) -> str:
    """Whose form an agent fills in: only one that the delegation covers, by the form's name, and of their kind."""
    whose = by.behalf
    covers = whose is not None and delegation.may_act_for(
        by.name, f"{whose.scheme}/{whose.value}", declared.id, at
    )
    if whose is None or not covers:
        raise NotActing
    if whose.scheme != declared.subject:
        raise NoProof(scheme=declared.subject)
    return whose.value


def _filled(form: CompiledForm, found: Prefilled) -> dict[str, Any]:
    """What a draft begins with: defaults of the schema, and over them what registers say."""
    answers: dict[str, Answer] = {}
    for name, field in form.fields.items():
        if "default" in field.schema:
            answers[name], _ = read_answer(field, field.schema["default"])
    answers |= {name: each.value for name, each in found.known.items()}
    return {"answers": answers, "known": _stored(found.known), "down": list(found.down)}


def _stored(known: Mapping[str, Known]) -> dict[str, Any]:
    return {
        name: {
            "value": each.value,
            "register": each.register,
            "office": each.office.model_dump(),
            "batch": each.batch,
            "day": each.day.isoformat() if each.day else None,
        }
        for name, each in known.items()
    }


@transaction.atomic
def save_draft(
    *, number: str, answers: Mapping[str, Any], by: Actor, at: datetime, revision: int | None = None
) -> Filling:
    """Keep answers as they are, wrong ones too; fields that are not sent stay. Files have a way of their own.

    Raises:
        NoSuchFilling: there is none, or it is somebody else's.
        AlreadySubmitted: nothing can be changed any more.
        StaleFilling: the answers were changed since `revision`, on another device perhaps.
    """
    row = draft(number, by=by)
    if revision is not None and revision != row.revision:
        raise StaleFilling(read=revision, now=row.revision)
    form = queries.compiled(row.definition_id)
    kept = dict(row.answers)
    for name, given in answers.items():
        field = form.fields.get(name)
        if field is None or field.kind == FILES or name in form.value:
            continue
        if field.kind == ROWS:
            kept[name] = read_rows(field, _storable(given))[0]
            continue
        answer, fault = read_answer(field, _storable(given))
        kept[name] = _as_sent(_storable(given)) if fault and answer is None else answer
    if kept != row.answers:
        row.answers, row.saved_at, row.revision = kept, at, row.revision + 1
        row.save(update_fields=["answers", "saved_at", "revision"])
        _note("forms.saved", row, by=by, at=at, revision=row.revision)
    return queries.filling_value(row)


def _storable(given: Any) -> Any:
    if isinstance(given, str):
        return storable(given)
    if isinstance(given, Mapping):
        return {str(name): _storable(each) for name, each in list(given.items())[:100]}
    return [_storable(each) for each in given[:1000]] if isinstance(given, list) else given


def _as_sent(given: Any) -> Answer:
    return given if isinstance(given, bool) else str(given)[:1000]


def draft(number: str, *, by: Actor) -> models.Filling:
    """A filling that can still be changed, locked.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
    """
    policy.require("forms.fill", by=by)
    row = queries.own_row(number, by=by, lock=True)
    if row.state != State.DRAFT:
        raise AlreadySubmitted(number=number, state=row.state, state_zh=STATES[State(row.state)])
    return row


@transaction.atomic
def resume(*, number: str, by: Actor, at: datetime) -> Filling:
    """Come back to a draft: on the form's present version, with registers asked again that did not answer.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
    """
    row = draft(number, by=by)
    _carry_over(row, by=by, at=at)
    return queries.filling_value(row)


def _carry_over(row: models.Filling, *, by: Actor, at: datetime) -> None:
    if row.definition_id != (current := queries.version_for(row)):
        to_version(row, current, by=by, at=at)
    if row.down:
        _ask_again(row, by=by, at=at)


def to_version(row: models.Filling, version: str, *, by: Actor, at: datetime) -> dict[str, Answer]:
    """Put a draft on another version: answers of fields that are still asked stay; the others are kept as lost."""
    before, after = queries.compiled(row.definition_id), queries.compiled(version)
    same = {
        name for name, field in after.fields.items() if name in before.fields and before.fields[name].kind == field.kind
    }  # fmt: skip
    lost = {name: each for name, each in row.answers.items() if name not in same and each not in (None, [])}
    row.answers = {name: each for name, each in row.answers.items() if name in same}
    row.known = {name: each for name, each in row.known.items() if name in same}
    row.lost = row.lost | {before.fields[name].layout.title.zh: each for name, each in lost.items()}
    row.definition_id, row.saved_at, row.revision = version, at, row.revision + 1
    _ask_again(row, by=by, at=at)
    row.save()
    _note("forms.carried_over", row, by=by, at=at, version=version, lost=sorted(lost))
    return lost


def _ask_again(row: models.Filling, *, by: Actor, at: datetime) -> None:
    """What registers say now of fields that nobody has answered yet."""
    form = queries.compiled(row.definition_id)
    own = Channel(row.channel) not in AT_WORK
    found = prefilling.prefill(form, subject=row.subject, by=by, own=own, at=at)
    new = {name: each for name, each in found.known.items() if name not in row.known}
    row.known = row.known | _stored(new)
    row.answers = {**{name: each.value for name, each in new.items()}, **_given(row.answers)}
    if new or list(found.down) != row.down:
        row.down, row.revision = list(found.down), row.revision + 1
        row.save()


def _given(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {name: each for name, each in answers.items() if each not in (None, "", [])}


@transaction.atomic
def withdraw(*, number: str, by: Actor, at: datetime) -> None:
    """Give up a draft; its answers and files are removed.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
    """
    row = draft(number, by=by)
    row.state, row.answers, row.known, row.lost, row.saved_at = State.WITHDRAWN, {}, {}, {}, at
    row.facts = {}
    row.save()
    draft_files.forget(row, row.files.values_list("sha256", flat=True))
    row.files.all().delete()
    _note("forms.withdrawn", row, by=by, at=at)


def _note(action: str, row: models.Filling, *, by: Actor, at: datetime, **facts: Any) -> None:
    scheme = queries.compiled(row.definition_id).declaration.subject
    about = [subjects.node_reference(scheme, row.subject)] if row.subject else []
    audit.record(action, target=f"filling/{row.number}", by=by, at=at, subjects=about, **facts)


note = _note
