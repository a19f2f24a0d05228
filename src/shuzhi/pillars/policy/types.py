"""Laws, and how other declarations name them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words


class LawKind(StrEnum):
    """What kind of rule it is, the strongest first."""

    LAW = "law"  # 法律
    REGULATION = "regulation"  # 行政法规
    LOCAL = "local"  # 地方性法规
    STANDARD = "standard"  # 标准


class Basis(BaseModel):
    """A legal basis as declarations name it: a law's title, an article if need be, and since when the law holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    since: date


class LawDeclaration(BaseModel):
    """A law as a pack declares it: `laws/<id>.yaml`. Facts only: the text is its publisher's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    law: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    kind: LawKind
    issuer: Words
    since: date
    until: date | None = None
    number: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    def is_named_by(self, basis: Basis) -> bool:
        """Whether a basis rests on this law: 住房公积金管理条例 第十三条 rests on 住房公积金管理条例."""
        return basis.title == self.title.zh or basis.title.startswith(f"{self.title.zh} ")
