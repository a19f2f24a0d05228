from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words


class Way(StrEnum):
    """How data open on conditions are used."""

    API = "api"
    SANDBOX = "sandbox"


WAYS = {
    Way.SANDBOX: Words(zh="沙箱：只取汇总数，不取明细", en="Sandbox: counts and means, no rows"),
    Way.API: Words(zh="接口：凭密钥按行取用", en="API: rows by a key"),
}


@dataclass(frozen=True)
class Wish:
    """What somebody asks for."""

    title: str
    purpose: str
    office: str
    dataset: str = ""
    way: Way = Way.SANDBOX
    days: int = 90


@dataclass(frozen=True)
class Demand:
    """A request as its maker sees it; `key` is there at the moment it is made only."""

    number: int
    dossier: int
    dataset: str
    title: str
    office: str
    account: str
    purpose: str
    way: Way
    days: int
    asked_at: datetime
    finding: Mapping[str, Any] | None
    agreed_at: datetime | None
    until: datetime | None
    has_key: bool
    calls: int
    report: str
    key: str = ""


@dataclass(frozen=True)
class Case:
    """A use case as it is listed."""

    title: str
    summary: str
    url: str
    datasets: tuple[str, ...]
    contest: str
    listed_at: datetime
    number: int = 0
    prize: str = ""


class Prize(BaseModel):
    """A prize of a contest, and how many of it there are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    title: Words
    count: int = Field(default=1, ge=1, le=100)


class Announcement(BaseModel):
    """What the bureau announces a contest with. Entries are taken on the days from `since` to `until`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contest: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    text: Words
    since: date
    until: date
    datasets: tuple[str, ...] = Field(default=(), max_length=200)
    prizes: tuple[Prize, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _has_days(self) -> Announcement:
        if self.until < self.since:
            raise ValueError("a contest ends on the day it begins or later")
        if len({each.id for each in self.prizes}) != len(self.prizes):
            raise ValueError("two prizes have the same id")
        return self


@dataclass(frozen=True)
class Contest:
    """A contest with where it stands."""

    announced: Announcement
    announced_at: datetime
    awarded_at: datetime | None

    @property
    def id(self) -> str:
        """Its id."""
        return self.announced.contest

    def takes_entries(self, today: date) -> bool:
        """Whether one can still enter."""
        return self.announced.since <= today <= self.announced.until

    def is_over(self, today: date) -> bool:
        """Whether its days are over."""
        return today > self.announced.until

    def prize(self, name: str) -> Words | None:
        """What a prize is called."""
        return next((each.title for each in self.announced.prizes if each.id == name), None)
