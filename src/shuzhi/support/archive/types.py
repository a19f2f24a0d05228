"""Kinds of archived cases as packs declare them, records as they stand, and the four checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.types import Grade


class ArchiveDeclaration(BaseModel):
    """Which closed cases are archived, and how long they are kept: `archives/<kind>.yaml`.

    `loop` or `process` names whose cases; without either a room files them itself by `kind`. `years` is absent where they
    are kept for good (永久). `required` are parts (file names without ending) that a whole package has besides history and facts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    archive: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    loop: str | None = None
    process: str | None = None
    years: int | None = Field(default=None, ge=1, le=100)
    required: tuple[str, ...] = ()
    grade: Grade = Grade.L3
    basis: tuple[Basis, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_origin(self) -> ArchiveDeclaration:
        if self.loop and self.process:
            raise ValueError("an archive takes the cases of a loop or of a process")
        return self


class Check(StrEnum):
    """The four checks (四性检测)."""

    GENUINE = "genuine"  # 真实性
    COMPLETE = "complete"  # 完整性
    USABLE = "usable"  # 可用性
    SAFE = "safe"  # 安全性


CHECK_TITLES = {
    Check.GENUINE: Words(zh="真实", en="Genuine"),
    Check.COMPLETE: Words(zh="完整", en="Complete"),
    Check.USABLE: Words(zh="可用", en="Usable"),
    Check.SAFE: Words(zh="安全", en="Safe"),
}


@dataclass(frozen=True)
class ArchivedFile:
    """A file that goes into a package; `name` with its ending."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """What the four checks found: nothing said of a check means that it holds."""

    faults: dict[Check, tuple[Words, ...]]

    @property
    def holds(self) -> bool:
        """Whether all four hold."""
        return not any(self.faults.values())


@dataclass(frozen=True)
class Record:
    """An archived case."""

    id: int
    number: str
    kind: str
    subject: str
    title: Words
    office: str
    grade: str
    sha256: str
    size: int
    closed_at: datetime
    filed_at: datetime
    keep_until: date | None
    checked: Checked
    checked_at: datetime
    proposed_by: str
    destroyed_at: datetime | None


@dataclass(frozen=True)
class CaseFiled:
    """A closed case was archived."""

    record: str
    subject: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class CaseDestroyed:
    """An archived case was destroyed after its term; what rooms keep of it besides goes too."""

    record: str
    subject: str
    at: datetime
