"""Reads of the forms' room."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.data_policy import Channel as WayOut
from shuzhi.pillars.security.data_policy import DataPolicy, Reader, compile_policy, decide
from shuzhi.pillars.security.data_policy.declaring import NO_POLICY
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import documents, models
from shuzhi.support.forms.engine import CompiledForm, compile_form
from shuzhi.support.forms.errors import NoSuchFilling, NoSuchForm
from shuzhi.support.forms.types import (
    AT_WORK,
    Channel,
    FieldLayout,
    Filling,
    FormDeclaration,
    HandedIn,
    HandedOver,
    Known,
    Sent,
    State,
    Submission,
    SubmissionLine,
)


def forms() -> list[FormDeclaration]:
    """The forms in force that anybody may begin, by id: not those that are filled in for a task only."""
    rows = models.FormVersion.objects.filter(current=True).order_by("form").values_list("id", flat=True)
    every = [compiled(row).declaration for row in rows]
    return [each for each in every if each.within is None]


def form(name: str) -> CompiledForm:
    """A form in force, compiled once a process.

    Raises:
        NoSuchForm: no pack declares it.
    """
    return compiled(current_version(name))


def form_of(filling: Filling) -> CompiledForm:
    """The form as a filling has it, which may be an earlier version."""
    return compiled(filling.definition)


def current_version(name: str) -> str:
    """The id of a form's version in force.

    Raises:
        NoSuchForm: no pack declares it.
    """
    row = models.FormVersion.objects.filter(form=name, current=True).values_list("id", flat=True).first()
    if row is None:
        raise NoSuchForm(form=name[:100])
    return row


def version_for(row: models.Filling) -> str:
    """The version that a draft is finished under: the one in force, or its own where the form was retired."""
    found = (
        models.FormVersion.objects.filter(form=row.form, current=True).values_list("id", flat=True).first()
    )
    return found or str(row.definition_id)


def count_drafts(*, form: str) -> int:
    """How many fillings of a form are begun and not submitted."""
    return models.Filling.objects.filter(form=form, state=State.DRAFT).count()


@lru_cache(maxsize=128)
def compiled(version: str) -> CompiledForm:
    """One version of a form by its digest; what stands under a digest never changes."""
    text = models.FormVersion.objects.values_list("text", flat=True).get(id=version)
    return compile_form(FormDeclaration.model_validate(json.loads(text, parse_float=Decimal)))


def filling(number: str, *, by: Actor) -> Filling:
    """One filling, of whoever fills it in.

    Raises:
        NoSuchFilling: there is none, or it is somebody else's.
    """
    return filling_value(own_row(number, by=by))


def fillings(*, by: Actor, form: str | None = None) -> list[Filling]:
    """What somebody fills in or has submitted, the latest first."""
    rows = models.Filling.objects.filter(account=by.name).exclude(state=State.WITHDRAWN)
    if form is not None:
        rows = rows.filter(form=form)
    return [
        filling_value(row) for row in rows.select_related("definition").order_by("-saved_at", "-id")[:100]
    ]


def own_row(number: str, *, by: Actor, lock: bool = False) -> models.Filling:
    """The row of one's own filling; a window's belongs to the clerk's office.

    Raises:
        NoSuchFilling: there is none, or it is somebody else's.
    """
    rows = models.Filling.objects.select_related("definition")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(number=number).first()
    if row is None or not _is_own(row, by):
        raise NoSuchFilling(number=number[:30])
    return row


def _is_own(row: models.Filling, by: Actor) -> bool:
    if row.account == by.name:
        return True
    at_window = Channel(row.channel) in AT_WORK and row.office is not None and row.office == by.office
    return at_window and policy.allows("forms.assist", by=by)


def submission(number: str, *, by: Actor, at: datetime) -> Submission:
    """What was submitted: whole for whoever filled it in; for staff of the form's office by the grades of its fields.

    Raises:
        NoSuchFilling: there is none.
        Forbidden: it is another office's.
    """
    row = models.Submission.objects.select_related("filling__definition").filter(number=number).first()
    if row is None:
        raise NoSuchFilling(number=number[:30])
    found = submission_value(row)
    if _is_own(row.filling, by):
        return found
    declared = compiled(row.filling.definition_id).declaration
    policy.require("forms.read", by=by, office=declared.owner)
    seen = _masked(declared, found.document, by, at)
    return replace(found, document=seen, corrected={}, signature={})


def handed_in(number: str) -> Sent | None:
    """That a form was handed in, when and by whom, and nothing of what was said; None where it was not."""
    row = models.Submission.objects.filter(number=number[:30]).select_related("filling").first()
    if row is None:
        return None
    declared, filled = compiled(row.filling.definition_id).declaration, row.filling
    holder = f"{declared.subject}/{filled.subject}" if filled.subject else ""
    return Sent(row.number, declared.title, declared.owner, row.by, row.at, holder, Channel(filled.channel))


def submissions(
    *, by: Actor, form: str = "", text: str = "", page: int = 1, size: int = 50
) -> tuple[list[SubmissionLine], int]:
    """What was submitted to the forms of the reader's office, the latest first, and how many there are in all.

    `text` is a number, or its beginning. What stands in a submission is not searched: that would be a way round its masks.

    Raises:
        Forbidden: the reader belongs to no office that may read submissions.
    """
    policy.require("forms.read", by=by, office=by.office)
    mine = {each.id: each.title for each in office_forms(by=by)}
    rows = models.Submission.objects.filter(form__in=[form] if form in mine else [] if form else list(mine))
    if text:
        rows = rows.filter(number__startswith=text.strip().upper()[:30])
    total = rows.count()
    found = rows.select_related("filling").annotate(handed_in=Count("filling__files")).order_by("-at", "-id")
    begin = (page - 1) * size
    return [
        SubmissionLine(
            row.number,
            row.form,
            mine[row.form],
            Channel(row.filling.channel),
            len(row.corrected),
            row.handed_in,
            row.at,
        )
        for row in found.defer("document", "signature")[begin : begin + size]
    ], total


def office_forms(*, by: Actor) -> list[FormDeclaration]:
    """The forms of the reader's office, those of tasks too, by id."""
    rows = models.FormVersion.objects.filter(current=True).order_by("form").values_list("id", flat=True)
    return [each for row in rows if (each := compiled(row).declaration).owner == by.office]


def file_to_read(number: str, field: str, sha256: str, *, by: Actor) -> HandedIn:
    """A handed-in file that the reader has a right to: the person's own, or of a form of their office.

    Raises:
        NoSuchFilling: there is no such file.
        Forbidden: it is another office's.
    """
    rows = models.HandedInFile.objects.select_related("filling__definition").filter(
        filling__number=number, field=field, sha256=sha256
    )
    row = rows.first()
    if row is None:
        raise NoSuchFilling(number=number[:30])
    if not _is_own(row.filling, by):
        submitted = row.filling.state == State.SUBMITTED
        declared = compiled(row.filling.definition_id).declaration
        policy.require("forms.read", by=by, office=declared.owner)
        if not submitted:  # a draft is nobody's but the person's
            raise NoSuchFilling(number=number[:30])
    return HandedIn(row.sha256, row.field, row.name, row.kind, row.size, row.at)


def handed_over(number: str) -> HandedOver:
    """A submission whole, for the process that asked for it: no page and no way out shows what this gives.

    Raises:
        NoSuchFilling: there is none.
    """
    row = models.Submission.objects.select_related("filling").filter(number=number).first()
    if row is None:
        raise NoSuchFilling(number=number[:30])
    filling, document = row.filling, json.loads(row.document or "{}", parse_float=Decimal)
    return HandedOver(
        row.number, row.form, filling.task, filling.number or "", filling.account, filling.office, document
    )


def policy_of(declared: FormDeclaration, rows: FieldLayout | None = None) -> DataPolicy:
    """What may be done with submitted values, as every way out asks it; of a field with rows, with those of a row."""
    fields = list(rows.rows) if rows else [each for _, _, each in declared.placed]
    thing = f"form/{declared.id}" + (f"#{rows.field}" if rows else "")
    return compile_policy(thing=thing, owner=declared.owner, fields=fields, uses=NO_POLICY)


def _masked(
    declared: FormDeclaration, document: Mapping[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    """A submitted document as a reader may see it: each value by its field, each row cell by cell."""
    decision, key = decide(policy_of(declared), Reader(by), WayOut.PAGE, at), masking_key()
    rows = {each.field: each for _, _, each in declared.placed if each.rows}
    seen: dict[str, Any] = decision.row({k: v for k, v in document.items() if k not in rows}, key=key)
    for name in rows.keys() & document.keys():
        inner = decide(policy_of(declared, rows[name]), Reader(by), WayOut.PAGE, at)
        seen[name] = [inner.row(row, key=key) for row in document[name]]
    return seen


def is_signed(number: str) -> bool:
    """Whether a submission's signature is this node's, over this very document."""
    row = models.Submission.objects.get(number=number)
    return row.digest == documents.digest_of(row.document) and documents.is_signed(
        row.signature, row.document
    )


def files(number: str) -> list[HandedIn]:
    """The files of a filling, in the order in which they came."""
    rows = models.HandedInFile.objects.filter(filling__number=number).order_by("id")
    return [
        HandedIn(row.sha256, row.field, row.name, row.kind, row.size, row.at, row.earlier) for row in rows
    ]


def filling_value(row: models.Filling) -> Filling:
    """A row as a value."""
    declared = compiled(row.definition_id).declaration
    return Filling(
        number=row.number or "",
        form=row.form,
        definition=row.definition_id,
        version=declared.version,
        title=declared.title,
        state=State(row.state),
        channel=Channel(row.channel),
        account=row.account,
        office=row.office,
        task=row.task,
        answers=row.answers,
        known={name: known_value(each) for name, each in row.known.items()},
        facts=row.facts,
        down=tuple(row.down),
        lost=row.lost,
        revision=row.revision,
        opened_at=row.opened_at,
        saved_at=row.saved_at,
    )


def known_value(stored: dict[str, Any]) -> Known:
    """What a register said, read back."""
    day = date.fromisoformat(stored["day"]) if stored["day"] else None
    office = Words(zh=stored["office"]["zh"], en=stored["office"]["en"])
    return Known(stored["value"], stored["register"], office, stored["batch"], day)


def submission_value(row: models.Submission) -> Submission:
    """A row as a value."""
    return Submission(
        number=row.number,
        form=row.form,
        version=row.version,
        document=json.loads(row.document or "{}", parse_float=Decimal),  # empty: removed when its term ended
        digest=row.digest,
        signature=row.signature,
        corrected=row.corrected,
        by=row.by,
        at=row.at,
    )


def needs_file(sha256: str) -> bool:
    """Whether something that is filled in or was submitted holds this file."""
    return models.HandedInFile.objects.filter(sha256=sha256).exists()
