from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.words import Words


class Normalise(StrEnum):
    """How values are made comparable before they are compared."""

    NONE = "none"
    UPPER = "upper"
    FIRM_NAME = "firm_name"
    DIGITS = "digits"


class MatchRule(BaseModel):
    """Records whose values agree on all of these fields are one entity.

    `openings` are what may be left off the front of a value (杭州 before a firm's name). The fields of `unless` may
    be unsaid, but where both sides say them and differ nothing is joined: the pair is listed for a person to decide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[str, ...]
    normalise: dict[str, Normalise] = {}
    openings: dict[str, tuple[str, ...]] = {}
    unless: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that the rule looks at."""
        return tuple(dict.fromkeys([*self.by, *self.unless]))


@dataclass(frozen=True)
class Record:
    """One source's record of an entity, in the register's field names; `reasons` say why a value is missing."""

    dataset: str
    key: str
    batch: str
    seq: int
    row: int
    values: Mapping[str, str | None]
    reasons: Mapping[str, Words] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The record's name across batches."""
        return f"{self.dataset}#{self.key}"


@dataclass(frozen=True)
class Ambiguity:
    """A record that a rule would give to several entities, or to one that something speaks against.

    It stays alone until a person decides.
    """

    record: str
    rule: tuple[str, ...]
    identifiers: tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """Which records belong together, under which id."""

    entities: Mapping[str, tuple[Record, ...]]
    ambiguities: tuple[Ambiguity, ...]
