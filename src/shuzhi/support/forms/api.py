"""JSON end points of forms: read one, ask what answers mean, fill in, submit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile

from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.engine import evaluate, portable
from shuzhi.support.forms.types import Channel, Filling, FormDeclaration, HandedIn, Submission

router = Router(tags=["forms"])


class FormOut(Schema):
    """A form in the list."""

    id: str
    title: Words
    summary: Words | None
    owner: str
    version: str
    synthetic: bool


class FormDocument(Schema):
    """A form whole: as it was declared, and as an evaluator reads it."""

    declaration: dict[str, Any]
    document: dict[str, Any]


class AnswersIn(Schema):
    """Answers by field; `revision` is the one that they were given on."""

    answers: dict[str, Any] = Field(default_factory=dict)
    revision: int | None = None


class AskedIn(Schema):
    """Answers to be looked at, and what a process tells besides."""

    answers: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, str] = Field(default_factory=dict)


class OutcomeOut(Schema):
    """What answers mean."""

    visible: dict[str, bool]
    required: dict[str, bool]
    values: dict[str, Any]
    errors: list[dict[str, str]]


class FillingOut(Schema):
    """A filling: answers, what registers know, which registers did not answer."""

    number: str
    form: str
    version: str
    title: Words
    state: str
    channel: str
    answers: dict[str, Any]
    known: dict[str, dict[str, Any]]
    corrected: list[str]
    down: list[str]
    lost: dict[str, Any]
    revision: int
    saved_at: datetime


class SubmitIn(Schema):
    """Confirmation of the form's statement."""

    confirmed: bool
    revision: int | None = None


class SubmissionOut(Schema):
    """What was submitted."""

    number: str
    form: str
    version: str
    document: dict[str, Any]
    digest: str
    signature: dict[str, str]
    corrected: dict[str, Any]
    at: datetime


class HandedInOut(Schema):
    """A file that was taken."""

    sha256: str
    field: str
    name: str
    kind: str
    size: int


@router.get("", response=list[FormOut])
@open_to_public("which forms there are is no secret")
def read_forms(request: HttpRequest) -> list[FormDeclaration]:
    """The forms in force."""
    del request
    return queries.forms()


@router.get("/fillings/{filling}", response=FillingOut)
@requires("forms.fill")
def read_filling(request: HttpRequest, filling: str) -> dict[str, Any]:
    """One's own filling."""
    return _told(queries.filling(filling, by=_actor(request)))


@router.put("/fillings/{filling}/answers", response=FillingOut)
@requires("forms.fill")
def save_answers(request: HttpRequest, filling: str, given: AnswersIn) -> dict[str, Any]:
    """Keep answers of a draft; fields that are not sent stay as they are."""
    saved = services.save_draft(
        number=filling, answers=given.answers, by=_actor(request), at=now(), revision=given.revision
    )
    return _told(saved)


@router.post("/fillings/{filling}/files/{field}", response=HandedInOut)
@requires("forms.fill")
def send_file(request: HttpRequest, filling: str, field: str, file: File[UploadedFile]) -> HandedIn:
    """Hand in a file."""
    return services.hand_in_file(
        number=filling, field=field, name=file.name or "", stream=file, by=_actor(request), at=now()
    )


@router.post("/fillings/{filling}/submission", response=SubmissionOut)
@requires("forms.fill")
def submit_filling(request: HttpRequest, filling: str, given: SubmitIn) -> Submission:
    """Submit; a second time answers with the first time's submission."""
    return services.submit(
        number=filling, by=_actor(request), at=now(), confirmed=given.confirmed, revision=given.revision
    )


@router.get("/submissions/{filling}", response=SubmissionOut)
@requires("forms.fill")
def read_submission(request: HttpRequest, filling: str) -> Submission:
    """What was submitted: whole for whoever did; by grade and mask for staff of the form's office."""
    return queries.submission(filling, by=_actor(request), at=now())


@router.get("/{form_id}", response=FormDocument)
@open_to_public("what a form asks is no secret")
def read_form(request: HttpRequest, form_id: str) -> dict[str, Any]:
    """A form: its declaration, and the document for evaluators."""
    del request
    form = queries.form(form_id)
    declared = form.declaration.model_dump(mode="json", by_alias=True)
    return {"declaration": declared, "document": portable(form)}


@router.post("/{form_id}/evaluate", response=OutcomeOut)
@requires("forms.fill")
def ask_form(request: HttpRequest, form_id: str, asked: AskedIn) -> dict[str, Any]:
    """What these answers mean: which fields show, which are asked for, every value, what is wrong."""
    del request
    return evaluate(queries.form(form_id), asked.answers, facts=asked.facts, at=now()).as_dict()


@router.post("/{form_id}/fillings", response=FillingOut)
@requires("forms.fill")
def begin_filling(request: HttpRequest, form_id: str) -> dict[str, Any]:
    """Begin a form, or go on with one's draft of it."""
    begun = services.open_form(form=form_id, by=_actor(request), at=now(), channel=Channel.PUBLIC)
    return _told(begun)


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _told(filling: Filling) -> dict[str, Any]:
    return asdict(filling) | {
        "title": filling.title,
        "known": {
            name: asdict(each) | {"office": each.office.model_dump()} for name, each in filling.known.items()
        },
        "corrected": filling.corrected,
        "down": list(filling.down),
    }
