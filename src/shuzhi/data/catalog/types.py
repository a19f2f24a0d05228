"""A data set's one schema: it drives its table, checks, form, API, documentation and catalog entry."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.data_policy.declaring import (
    NO_FIELD_POLICY,
    NO_POLICY,
    FieldPolicy,
    PolicyDeclaration,
    says_nothing,
)
from shuzhi.pillars.security.types import Grade, Mask

SLUG = r"^[a-z][a-z0-9-]*$"
FIELD = r"^[a-z][a-z0-9_]*$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Update(StrEnum):
    """How often a data set changes (更新周期)."""

    REALTIME = "realtime"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"
    ONCE = "once"


class Access(StrEnum):
    """Sharing class (共享属性) and opening class (开放属性)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class Status(StrEnum):
    """A catalog entry's life."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    AMOUNT = "amount"
    GEOMETRY = "geometry"


class Dimension(StrEnum):
    """The six dimensions of data quality in GB/T 36344-2018."""

    NORMATIVE = "normative"
    COMPLETE = "complete"
    ACCURATE = "accurate"
    CONSISTENT = "consistent"
    TIMELY = "timely"
    ACCESSIBLE = "accessible"


class CheckKind(StrEnum):
    """The checks a rule may use."""

    NOT_NULL = "not_null"
    VALID = "valid"
    UNIQUE = "unique"
    IN_CODELIST = "in_codelist"
    RANGE = "range"
    LENGTH = "length"
    COMPARE = "compare"
    REFERENCE = "reference"
    NOT_FUTURE = "not_future"
    FRESH = "fresh"
    MATCHES_TOTAL = "matches_total"


class Severity(StrEnum):
    """Whether a failing row counts against the data set, or is only counted."""

    ERROR = "error"
    WARNING = "warning"


class Operator(StrEnum):
    """How `compare` compares the first field with the second."""

    LT = "lt"
    LE = "le"
    EQ = "eq"
    NE = "ne"
    GE = "ge"
    GT = "gt"


class FieldDeclaration(_Declared):
    """One field of a data set."""

    id: str = Field(pattern=FIELD)
    name: Words
    aliases: tuple[str, ...] = ()
    type: FieldType = FieldType.TEXT
    standard: str | None = None
    required: bool = False
    grade: Grade = Grade.L1
    mask: Mask = Mask.NONE
    open: bool = False
    nulls: tuple[str, ...] = ()
    policy: FieldPolicy = Field(default=NO_FIELD_POLICY, exclude_if=says_nothing)


DIVISION_TREE = "divisions"
"""What a rule's `codelist` calls the tree of divisions with its history."""


class RuleDeclaration(_Declared):
    """One quality rule; `field` or `fields` says where it looks, the rest depends on `check`.

    `codelist` is a code list, or `divisions` for the tree of divisions; `as_of` names the field with the day on which
    the code must have held, the day of the check if it is left out.
    """

    id: str = Field(pattern=SLUG)
    dimension: Dimension
    check: CheckKind
    field: str | None = None
    fields: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    message: Words
    codelist: str | None = None
    as_of: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    op: Operator | None = None
    dataset: str | None = None
    to: str | None = None
    days: int | None = None

    @property
    def looks_at(self) -> tuple[str, ...]:
        """Every field the rule reads."""
        return self.fields or ((self.field,) if self.field else ())


class DataSetDeclaration(_Declared):
    """A data set as a pack declares it: `datasets/<id>.yaml`."""

    dataset: str = Field(pattern=SLUG)
    title: Words
    summary: Words | None = None
    owner: str
    tier: Tier
    theme: str = Field(pattern=SLUG)
    update: Update
    sharing: Access
    opening: Access
    licence: str | None = None
    source_note: Words | None = None
    synthetic: bool = False
    basis: tuple[Basis, ...] = ()
    key: tuple[str, ...] = ()
    fields: tuple[FieldDeclaration, ...]
    rules: tuple[RuleDeclaration, ...] = ()
    tags: tuple[str, ...] = ()
    policy: PolicyDeclaration = Field(default=NO_POLICY, exclude_if=says_nothing)

    def field(self, field_id: str) -> FieldDeclaration:
        """A field by id; KeyError if the data set has none of that name."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)


class Entry(BaseModel):
    """A catalog entry as other rooms and pages see it."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: Words
    summary: Words | None
    owner: str
    tier: Tier
    theme: str
    status: Status
    sharing: Access
    opening: Access
    update: Update
    synthetic: bool
    version: int
    node: str | None
    publisher: str | None = None
    formats: tuple[str, ...] = ()
    proposed_at: datetime
    published_at: datetime | None
    modified_at: datetime
    schema_: DataSetDeclaration


class EntryVersion(BaseModel):
    """What an entry declared in an earlier version, and who replaced it when."""

    model_config = ConfigDict(frozen=True)

    version: int
    declared: DataSetDeclaration
    at: datetime
    by: str


class LineageEdge(BaseModel):
    """One step on the way of the data: `target` is made from `origin`."""

    model_config = ConfigDict(frozen=True)

    origin: str
    target: str
    kind: str
    at: datetime
