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
    """Records whose values agree on all of these fields are one entity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[str, ...]
    normalise: dict[str, Normalise] = {}


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
    """A record that a rule would give to more than one entity; it stays alone until a person decides."""

    record: str
    rule: tuple[str, ...]
    identifiers: tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """Which records belong together, under which id."""

    entities: Mapping[str, tuple[Record, ...]]
    ambiguities: tuple[Ambiguity, ...]
