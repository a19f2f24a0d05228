"""Forms as a pack declares them, and what filling one in yields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.data_policy.declaring import NO_FIELD_POLICY, FieldPolicy
from shuzhi.pillars.security.types import Grade, Mask

FIELD = r"^[a-z][a-z0-9_]*$"
NAME = r"^[a-z][a-z0-9-]*$"
Width = Literal["full", "half", "short"]
Control = Literal["text", "textarea", "select", "radio"]
FactKind = Literal["text", "number", "date", "boolean"]
SUBJECT = "subject"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldLayout(_Declared):
    """A field where it stands on the page: its words, its width, how sensitive it is.

    `help` is read before the answer; `choices` are the words of the schema's `enum`. Grade and mask say, as in a data
    set, what a reader without clearance sees of a submission.
    """

    field: str
    title: Words
    help: Words | None = None
    width: Width = "full"
    control: Control | None = None
    choices: dict[str, Words] = {}
    autocomplete: str = Field(default="", pattern=r"^[a-z0-9 -]*$")
    grade: Grade = Grade.L3
    mask: Mask = Mask.PARTIAL
    # Of a field with rows (an array of objects): what each row asks, and what a row is called.
    rows: tuple[FieldLayout, ...] = ()
    row: Words | None = None

    @property
    def id(self) -> str:
        """The field, as policies call it."""
        return self.field

    @property
    def policy(self) -> FieldPolicy:
        """Forms declare no further limits of use for a field."""
        return NO_FIELD_POLICY


class Section(_Declared):
    """Fields that belong together."""

    id: str = Field(pattern=NAME)
    title: Words | None = None
    help: Words | None = None
    fields: tuple[FieldLayout, ...] = Field(min_length=1)


class Page(_Declared):
    """What is asked at once."""

    id: str = Field(pattern=NAME)
    title: Words
    sections: tuple[Section, ...] = Field(min_length=1)


class Layout(_Declared):
    """The pages in their order."""

    pages: tuple[Page, ...] = Field(min_length=1)


class Constraint(_Declared):
    """What must hold among answers: an expression, whom it concerns, and what to say where it is false."""

    id: str = Field(pattern=NAME)
    fields: tuple[str, ...] = Field(min_length=1)
    that: str
    message: Words


class Logic(_Declared):
    """Expressions of FEEL over the answers and the facts. Keys are fields; of `visible` also `page/x`, `section/x`."""

    visible: dict[str, str] = {}
    required: dict[str, str] = {}
    value: dict[str, str] = {}
    constraints: tuple[Constraint, ...] = ()


class Prefill(_Declared):
    """A register that knows answers: whose record (`of` the subject, or a field of an earlier prefill) fills what.

    Where several records bear the identifier (a mother's children) the one with the greatest `latest` field is taken.
    """

    id: str = Field(pattern=NAME)
    register_: str = Field(alias="register", pattern=NAME)
    by: str = Field(pattern=FIELD)
    of: str = SUBJECT
    latest: str | None = None
    fields: dict[str, str] = {}


class Files(_Declared):
    """What may be handed in with a file field."""

    accept: tuple[Literal["pdf", "jpeg", "png", "docx", "xlsx"], ...] = ("pdf", "jpeg", "png")
    most: int = Field(default=3, ge=1, le=20)
    megabytes: int = Field(default=5, ge=1, le=50)


class Signature(_Declared):
    """What the person declares when they sign."""

    statement: Words


class Retention(_Declared):
    """How long a form's answers are kept: drafts since they were last saved, submissions since they were submitted."""

    draft_days: int = Field(default=90, ge=1, le=3650)
    submission_years: int | None = Field(default=None, ge=1, le=100)  # None: for good


class FormDeclaration(_Declared):
    """A form as a pack declares it: `forms/<id>.json`."""

    id: str = Field(pattern=NAME)
    title: Words
    summary: Words | None = None
    owner: str
    version: str = Field(default="1", pattern=r"^\d+(\.\d+)*$")
    synthetic: bool = False
    audience: tuple[Literal["resident", "firm", "staff"], ...] = ("resident",)
    within: Literal["task"] | None = None  # filled in for a task of a process only: it stands in no list
    subject: str = "resident_id"
    basis: tuple[Basis, ...] = ()
    facts: dict[str, FactKind] = {}
    schema_: dict[str, Any] = Field(alias="schema")
    layout: Layout
    logic: Logic = Logic()
    prefill: tuple[Prefill, ...] = ()
    files: dict[str, Files] = {}
    signature: Signature | None = None
    retention: Retention = Retention()

    @property
    def placed(self) -> Iterator[tuple[Page, Section, FieldLayout]]:
        """Every field of the layout in its order, with where it stands."""
        for page in self.layout.pages:
            for section in page.sections:
                for field in section.fields:
                    yield page, section, field

    def field(self, name: str) -> FieldLayout:
        """A field's layout."""
        return next(each for _, _, each in self.placed if each.field == name)


class PackForm(_Declared):
    """A form as its file gave it: what it declares, the text, and the text's digest."""

    id: str
    declaration: FormDeclaration
    digest: str
    text: str

    @property
    def basis(self) -> tuple[Basis, ...]:
        """The laws that the form rests on."""
        return self.declaration.basis


Row = dict[str, Any]
Answer = str | bool | list[str] | list[Row] | None
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer, in words for whoever gave it. In a row the field is `children.0.name`."""

    field: str
    code: str
    message: Words

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"field": self.field, "code": self.code, "zh": self.message.zh, "en": self.message.en}


@dataclass(frozen=True)
class Outcome:
    """What a set of answers means: which fields show, which are asked for, the values, and what is wrong."""

    visible: Mapping[str, bool]
    required: Mapping[str, bool]
    values: Mapping[str, Answer]
    errors: tuple[Fault, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON, and to compare with the browser's."""
        return {
            "visible": dict(self.visible),
            "required": dict(self.required),
            "values": dict(self.values),
            "errors": [each.as_dict() for each in self.errors],
        }


class State(StrEnum):
    """How far a filling is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """Where a form is filled in."""

    PUBLIC = "public"
    WINDOW = "window"
    KIOSK = "kiosk"
    DESK = "desk"  # by staff, as part of a case's task


AT_WORK = frozenset({Channel.WINDOW, Channel.DESK})


@dataclass(frozen=True)
class Known:
    """An answer that government had already: the value as the register has it, and where it comes from."""

    value: Answer
    register: str
    office: Words
    batch: str
    day: date | None


@dataclass(frozen=True)
class Filling:
    """A form that somebody fills in (填报)."""

    number: str
    form: str
    definition: str  # the version that asks: form:digest
    version: str
    title: Words
    state: State
    channel: Channel
    account: str
    office: str | None
    task: str
    answers: Mapping[str, Answer]
    known: Mapping[str, Known]
    facts: Mapping[str, str]
    down: tuple[str, ...]
    lost: Mapping[str, Answer]
    revision: int
    opened_at: datetime
    saved_at: datetime

    @property
    def corrected(self) -> list[str]:
        """The answers that differ from what the registers say."""
        return [name for name, known in self.known.items() if self.answers.get(name) != known.value]


@dataclass(frozen=True)
class HandedIn:
    """A file handed in with a form; `earlier` is the submission it was handed in with before, if it was."""

    sha256: str
    field: str
    name: str
    kind: str
    size: int
    at: datetime
    earlier: str = ""


@dataclass(frozen=True)
class Submission:
    """What was submitted: the document, its digest, and the signature over it."""

    number: str
    form: str
    version: str
    document: Mapping[str, Any]
    digest: str
    signature: Mapping[str, str]
    corrected: Mapping[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """That a form was handed in: to which office, by whom and when, and whose it is.

    `holder` is whom the form is about, as `resident_id/…` or `uscc/…`, where it asks for that.
    """

    number: str
    title: Words
    office: str
    by: str
    at: datetime
    holder: str
    channel: Channel

    @property
    def is_own(self) -> bool:
        """Whether no clerk filled it in for somebody."""
        return self.channel not in AT_WORK


@dataclass(frozen=True)
class SubmissionLine:
    """A submission in an office's list: what it is of, when, through which door, and whether a register was corrected."""

    number: str
    form: str
    title: Words
    channel: Channel
    corrected: int
    files: int
    at: datetime


@dataclass(frozen=True)
class Removed:
    """What a term's end removed."""

    drafts: int
    submissions: int


@dataclass(frozen=True)
class HandedOver:
    """A submission for the process whose task it belongs to: who filled in what, whole."""

    number: str
    form: str
    task: str
    filling: str
    account: str
    office: str | None
    document: Mapping[str, Any]


@dataclass(frozen=True)
class FormSubmitted:
    """A form was submitted; `task` is what whoever opened it for somebody called it."""

    form: str
    version: str
    submission: str
    subject: str
    task: str
    at: datetime


@dataclass(frozen=True)
class Forgotten:
    """How many drafts and files were forgotten."""

    drafts: int
    files: int
