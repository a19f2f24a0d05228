"""Submitting: once, signed, with what was corrected kept beside what registers had said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import documents, draft_files, models, queries
from shuzhi.support.forms.engine import CompiledForm, evaluate
from shuzhi.support.forms.engine.fields import FILES
from shuzhi.support.forms.errors import AlreadySubmitted, AnswersWrong, FormChanged, NotSigned
from shuzhi.support.forms.services.filling import STATES, note, to_version
from shuzhi.support.forms.types import Answer, FormSubmitted, Outcome, State, Submission


def submit(
    *, number: str, by: Actor, at: datetime, confirmed: bool, revision: int | None = None
) -> Submission:
    """Submit a filling; a second time gives the first time's submission.

    Only what shows is submitted: an answer that another one has made pointless is dropped. The document's digest, the
    account and the statement are signed with the node's key.

    Raises:
        NoSuchFilling: there is none, or it is somebody else's.
        NotSigned: the form's statement was not confirmed.
        FormChanged: the form has a new version; the draft is on it now, to be looked at again.
        AnswersWrong: answers are missing or wrong, each named.
        StaleFilling: the answers were changed since `revision`.
    """
    with transaction.atomic():
        row = queries.own_row(number, by=by, lock=True)
        if (done := models.Submission.objects.filter(filling=row).first()) is not None:
            return queries.submission_value(done)
        if row.state != State.DRAFT:
            raise AlreadySubmitted(number=number, state=row.state, state_zh=STATES[State(row.state)])
        lost = _brought_up_to_date(row, by=by, at=at)
        if lost is None:
            return _submitted(row, by=by, at=at, confirmed=confirmed, revision=revision)
    raise FormChanged(lost=", ".join(lost) or "nothing", lost_zh="、".join(lost) or "无")


def _brought_up_to_date(row: models.Filling, *, by: Actor, at: datetime) -> list[str] | None:
    current = queries.version_for(row)
    if row.definition_id == current:
        return None
    return sorted(to_version(row, current, by=by, at=at))


def _submitted(
    row: models.Filling, *, by: Actor, at: datetime, confirmed: bool, revision: int | None
) -> Submission:
    form = queries.compiled(row.definition_id)
    if revision is not None and revision != row.revision:
        from shuzhi.support.forms.errors import StaleFilling

        raise StaleFilling(read=revision, now=row.revision)
    outcome = outcome_of(form, row, at=at)
    answers = documents.typed(form, outcome.values)
    faults = outcome.errors or tuple(documents.schema_faults(form, answers))
    if faults:
        raise AnswersWrong(faults)
    statement = form.declaration.signature
    if statement is not None and not confirmed:
        raise NotSigned
    text = documents.canonical(answers)
    digest = documents.digest_of(text)
    signed = {
        "account": by.name, "at": at.isoformat(), "digest": digest, "filling": row.number, "form": row.definition_id,
        "statement": statement.statement.zh if statement else "",
    }  # fmt: skip
    done = models.Submission.objects.create(
        filling=row, number=row.number or "", form=row.form, version=row.definition_id, document=text, digest=digest,
        signature=documents.sign(signed, at=at), corrected=_corrected(row, outcome), by=by.name, at=at,
    )  # fmt: skip
    draft_files.submit(row)
    row.state, row.saved_at = State.SUBMITTED, at
    row.save()  # from now on the law keeps it: in clear, no more under the key that its owner may destroy
    note(
        "forms.submitted", row, by=by, at=at, form=row.form, version=row.definition_id, digest=digest,
        corrected=sorted(done.corrected),
    )  # fmt: skip
    publish(FormSubmitted(row.form, row.definition_id, done.number, row.account, row.task, at), at=at)
    return queries.submission_value(done)


def outcome_of(form: CompiledForm, row: models.Filling, *, at: datetime) -> Outcome:
    """What the answers mean now; files are those that were really handed in."""
    answers: dict[str, Any] = dict(row.answers)
    handed_in = list(row.files.order_by("id").values_list("field", "sha256"))
    for name, field in form.fields.items():
        if field.kind == FILES:
            answers[name] = [sha256 for place, sha256 in handed_in if place == name]
    return evaluate(form, answers, facts=row.facts, at=at)


def _corrected(row: models.Filling, outcome: Outcome) -> dict[str, dict[str, Answer]]:
    """Where somebody states something else than a register: both, for the register's office to look into."""
    return {
        name: {"register": known["register"], "known": known["value"], "stated": outcome.values[name]}
        for name, known in row.known.items()
        if name in outcome.values and outcome.values[name] != known["value"]
    }
