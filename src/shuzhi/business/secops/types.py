"""What a pack declares of unusual access, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis


class Kind(StrEnum):
    """What a rule looks at, a caller and a day (in China) at a time."""

    VOLUME = "volume"  # 调用量
    HOURS = "hours"  # 时段
    NOVELTY = "novelty"  # 首次出现
    WALKING = "walking"  # 遍历
    REFUSALS = "refusals"  # 被拒
    EXPORT = "export"  # 导出量


class AccessRule(BaseModel):
    """One rule of unusual access: `access-rules/<rule>.yaml`.

    `least` is the figure below which nothing is unusual. `times` says how many spreads (1.4826 times the median
    absolute deviation of the caller's own days) above the median of `history_days` a day must lie; a caller with
    fewer than `history_least` days of history is judged by `new_least`. `share` is a share of the day's calls; for
    `hours`, of the days before. Offices of `round_the_clock` have no closing time. `office` handles what is found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    title: Words
    kind: Kind
    why: Words
    least: int = Field(ge=1)
    times: float = Field(default=6.0, gt=0, le=100)
    share: float = Field(default=0.5, ge=0, le=1)
    history_days: int = Field(default=28, ge=7, le=90)
    history_least: int = Field(default=5, ge=3, le=60)
    new_least: int = Field(default=1_000_000, ge=1)
    hours_from: time = time(7)
    hours_to: time = time(20)
    round_the_clock: tuple[str, ...] = ()
    office: str
    severity: Literal["high", "medium"] = "medium"
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True)
class Day:
    """What one caller did on one day: `late` outside working time, `missed` asked for what is not there, `rows` exported."""

    day: date
    calls: int = 0
    refused: int = 0
    missed: int = 0
    late: int = 0
    rows: int = 0
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """Why a day is unusual: its figure, the bound it passed, what the bound comes from, in words."""

    figure: int
    bound: float
    usual: float
    said: Words


@dataclass(frozen=True)
class Incident:
    """A finding with the dossier in which it is handled."""

    id: int
    rule: str
    kind: Kind
    caller: str
    office: str | None
    day: date
    days: int
    figures: dict[str, Any]
    said: Words
    title: Words
    severity: str
    dossier: int
    contained_at: datetime | None
    found_at: datetime


@dataclass(frozen=True)
class Exemption:
    """A declared exception (例外): this rule lets this caller pass up to `up_to` until its last day."""

    rule: str
    caller: str
    up_to: int
    until: date
    reason: str
    by: str


@dataclass(frozen=True)
class ScanReport:
    """What a scan read and found."""

    entries: int
    findings: int
    incidents: int
    place: int
