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
    drill: int | None = None
    is_open: bool = True
    outcome: str = ""


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


class Exposure(StrEnum):
    """Who can reach an asset."""

    INSIDE = "inside"  # 仅平台内部
    OFFICES = "offices"  # 经网关供其他部门
    OUTSIDE = "outside"  # 平台以外的系统
    PUBLIC = "public"  # 社会公众


class AssetKind(StrEnum):
    """What is listed (资产类别)."""

    DATASET = "dataset"
    INTERFACE = "interface"
    RELEASE = "release"
    PROCESS = "process"
    ACCOUNTS = "accounts"
    KEY = "key"
    SUBSCRIPTION = "subscription"
    CONNECTION = "connection"


class GapKind(StrEnum):
    """What is missing of an asset."""

    OWNER = "owner"  # 无主
    GRADE = "grade"  # 未定级
    REVIEW = "review"  # 超期未复核


@dataclass(frozen=True)
class Found:
    """An asset as a register of the platform tells it now."""

    id: str
    kind: AssetKind
    title: Words
    owner: str = ""
    grade: str = ""
    exposure: Exposure = Exposure.INSIDE


@dataclass(frozen=True)
class Asset:
    """An asset of the list (资产), with when a person looked at it last."""

    id: str
    kind: AssetKind
    title: Words
    owner: str
    grade: str
    exposure: Exposure
    first_at: datetime
    changed_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str
    note: str
    gaps: tuple[GapKind, ...]


@dataclass(frozen=True)
class StockReport:
    """What a stock-taking (资产盘点) found: `gaps` opened and closed are dossiers, each of one office."""

    assets: int
    new: int
    changed: int
    gone: int
    incomplete: int
    gaps_opened: int
    gaps_closed: int


@dataclass(frozen=True)
class Access:
    """A third party's access (第三方访问)."""

    id: int
    vendor: str
    contact: str
    holder: str
    purpose: str
    scope: str
    sponsor: str
    office: str
    since: datetime
    until: datetime
    granted_by: str
    reviewed_at: datetime
    ended_at: datetime | None
    ended_why: str


@dataclass(frozen=True)
class DrillNote:
    """A line of a drill's record; `incident` where it was an inject."""

    at: datetime
    by: str
    text: str
    incident: int | None


@dataclass(frozen=True)
class DrillResult:
    """How long an inject's incident took, in seconds from the inject: to the first step, and to the end."""

    incident: int
    title: Words
    first_step: int | None
    contained: int | None
    ended: int | None
    outcome: str
    in_time: bool | None


@dataclass(frozen=True)
class Drill:
    """A drill (演练)."""

    id: int
    title: str
    plan: str
    office: str
    planned_on: date
    counts: bool
    state: Literal["planned", "running", "closed"]
    started_at: datetime | None
    closed_at: datetime | None
    findings: str
    measures: tuple[str, ...]
    notes: tuple[DrillNote, ...] = ()


class Control(BaseModel):
    """One control (测评项): its clause, what it asks, and the check of the platform that answers it, if any can."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    clause: str = Field(max_length=40)
    title: Words
    asks: Words
    check: str | None = None


class ControlSetDeclaration(BaseModel):
    """Controls of a self-assessment (自评估): `assessments/<assessment>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assessment: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    summary: Words
    controls: tuple[Control, ...] = Field(min_length=1)
    basis: tuple[Basis, ...] = ()


class ControlState(StrEnum):
    """How a control stands."""

    CHECKED = "checked"  # the platform looked, and it is so
    FAILED = "failed"  # the platform looked, and it is not so; or somebody stated so
    STATED = "stated"  # somebody answers for it, the platform can't see
    MANUAL = "manual"  # nobody has said anything yet


@dataclass(frozen=True)
class Evidence:
    """What a check of the platform saw."""

    is_met: bool
    said: Words


@dataclass(frozen=True)
class Result:
    """One control's result."""

    control: Control
    state: ControlState
    said: Words


@dataclass(frozen=True)
class AssessmentReport:
    """A self-assessment: every control's result, never a mark for the whole."""

    id: int
    controls: ControlSetDeclaration
    at: datetime
    by: str
    results: tuple[Result, ...]

    def count(self, state: ControlState) -> int:
        """How many controls stand so."""
        return sum(result.state is state for result in self.results)
