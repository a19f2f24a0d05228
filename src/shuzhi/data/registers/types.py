from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.linkage.types import MatchRule, Normalise
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.declaring import (
    NO_FIELD_POLICY,
    NO_POLICY,
    FieldPolicy,
    PolicyDeclaration,
    says_nothing,
)
from shuzhi.pillars.security.types import Grade, Mask

SANDBOX = "sandbox:"  # a colon stands in no register's id


def twin_of(register: str) -> str:
    """The name under which a register's twin of made-up rows is kept."""
    return SANDBOX + register


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Derivation(StrEnum):
    """How a value follows from another one."""

    CURRENT_DIVISION = "current_division"  # the present district in which an address lies
    CURRENT_TOWN = "current_town"  # the present town or street office that an address names
    NAMED_DIVISION = "named_division"  # the present district of that name
    OFFICE_DIVISION = "office_division"  # the present district that an office bears in its name


class DerivedFrom(_Declared):
    """A register field that follows from a field of the data set.

    Where nothing follows, that is listed for somebody to mend, unless the field is `optional`.
    """

    of: str
    by: Derivation
    optional: bool = False


class SourceMapping(_Declared):
    """A data set that feeds the register: register field ← data set field, or what follows from one."""

    dataset: str
    fields: dict[str, str]
    derive: dict[str, DerivedFrom] = {}

    @property
    def says(self) -> frozenset[str]:
        """The register fields that this data set has a word on."""
        return frozenset(self.fields) | frozenset(self.derive)

    def only(self, names: Collection[str]) -> SourceMapping:
        """The part of the mapping that gives these register fields."""
        fields = {target: field for target, field in self.fields.items() if target in names}
        derive = {target: rule for target, rule in self.derive.items() if target in names}
        return self.model_copy(update={"fields": fields, "derive": derive})


class RegisterField(_Declared):
    """A field of the golden record. `sources` is the order of precedence; the mappings' order if empty.

    Every build keeps the number of records by each value of a `tally` field, day by day. A value that breaks the
    field's `standard` (a code with a wrong check digit) is not taken: it would name nobody, or somebody else.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Words
    grade: Grade = Grade.L1
    mask: Mask = Mask.NONE
    sources: tuple[str, ...] = ()
    identifier: bool = False
    compare: Normalise = Normalise.NONE
    standard: str | None = None
    tally: bool = False
    policy: FieldPolicy = Field(default=NO_FIELD_POLICY, exclude_if=says_nothing)


class RegisterDeclaration(_Declared):
    """A register as a pack declares it: `registers/<id>.yaml`."""

    register_: str = Field(alias="register", pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    summary: Words | None = None
    owner: str
    sources: tuple[SourceMapping, ...]
    fields: tuple[RegisterField, ...]
    match: tuple[MatchRule, ...] = Field(min_length=1)
    label: str
    policy: PolicyDeclaration = Field(default=NO_POLICY, exclude_if=says_nothing)

    @property
    def id(self) -> str:
        """The register's id."""
        return self.register_

    def scheme(self, field_id: str) -> RegisterField | None:
        """The field of that id, if it identifies."""
        return next((field for field in self.fields if field.identifier and field.id == field_id), None)

    def precedence(self, field: RegisterField) -> tuple[str, ...]:
        """The data sets that may say this field, the most trusted first."""
        if field.sources:
            return field.sources
        return tuple(source.dataset for source in self.sources if field.id in source.says)


@dataclass(frozen=True)
class Provenance:
    """Where a golden value comes from."""

    dataset: str
    batch: str
    row: int
    at: datetime | None


@dataclass(frozen=True)
class GoldenRecord:
    """One entity: its values, and the source of each."""

    register: str
    id: str
    label: str
    values: Mapping[str, str | None]
    provenance: Mapping[str, Provenance]
    updated_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True)
class EarlierRecord:
    """What a golden record said until a build changed it."""

    values: Mapping[str, str | None]
    until: datetime


@dataclass(frozen=True)
class Disagreement:
    """A field on which sources differ (the golden value follows the precedence), or that could not be derived.

    `values` is what each data set says; for an underived field the reason, as `zh` and `en`.
    """

    entity: str
    label: str
    field: str
    chosen: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Tally:
    """How many records have a value of a field, and on how many of them the sources differ.

    `by_source` says how many of them took their name from which data set.
    """

    records: int
    disputed: int
    by_source: Mapping[str, int]


class BuildState(StrEnum):
    """Where the latest build that was asked for stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class BuildTurn:
    """The latest build in the queue: where it stands, and since when."""

    state: BuildState
    since: datetime


@dataclass(frozen=True)
class BuildReport:
    """What a build found and changed.

    `conflicts` are values on which sources differ, `underived` values that could not be derived (an address
    that lies in no known district), `ambiguous` records that fit several entities. All are listed.
    """

    register: str
    entities: int
    records: int
    matched: int
    created: int
    changed: int
    retired: int
    conflicts: int
    underived: int
    ambiguous: int
    per_source: Mapping[str, int]
    seconds: float

    @classmethod
    def unchanged(cls, stored: Mapping[str, Any], *, seconds: float) -> BuildReport:
        """The stored report of the last build, when building again has nothing to do."""
        nothing = {"created": 0, "changed": 0, "retired": 0, "seconds": round(seconds, 3)}
        return cls(**{**stored, **nothing})

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "per_source": dict(self.per_source)
        }


@dataclass(frozen=True)
class RegisterDeclared:
    """A register's declaration is another than before: its grades, masks and policy hold from now on."""

    register: str


class ChangeKind(StrEnum):
    """What a build did to an entity."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True)
class Change:
    """One change of an entity: its values now (of a deleted one, its last), and before if it was changed."""

    id: int
    register: str
    entity: str
    kind: ChangeKind
    values: Mapping[str, Any]
    before: Mapping[str, Any] | None
    at: datetime


@dataclass(frozen=True)
class RegisterChanged:
    """A build changed entities of a register that is followed."""

    register: str
    changes: int
