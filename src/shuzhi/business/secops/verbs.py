"""What scenarios do about unusual access: scan what was done, look at incidents, contain one, or find it harmless."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.secops import drilling, queries, scanning, services, third_parties
from shuzhi.business.secops.types import ControlState
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Role


class Nothing(BaseModel):
    """Nothing is to be said."""

    model_config = ConfigDict(extra="forbid")


class Looking(BaseModel):
    """Which incidents."""

    model_config = ConfigDict(extra="forbid")

    open_only: bool = False


class Containing(BaseModel):
    """An incident, and why its caller is cut off."""

    model_config = ConfigDict(extra="forbid")

    incident: int
    reason: str


class Dismissing(Containing):
    """An incident that is none: up to which figure, for how many days."""

    up_to: int = Field(ge=1)
    days: int = Field(default=30, ge=1)


def scan(said: Nothing, stage: Stage) -> Any:
    """Judge what was done since the last scan, once it is sealed, as the worker does all the while."""
    del said
    while audit.seal(at=stage.at):
        pass
    return scanning.scan(by=stage.by, at=stage.at)


def contain(said: Containing, stage: Stage) -> dict[str, Any]:
    """Cut the caller off at once."""
    services.contain(incident=said.incident, by=stage.by, at=stage.at, reason=said.reason)
    return _told(queries.incident(said.incident))


def dismiss(said: Dismissing, stage: Stage) -> dict[str, Any]:
    """Find it harmless, and allow as much for a while."""
    until = day_of(stage.at) + timedelta(days=said.days)
    services.dismiss(
        incident=said.incident, up_to=said.up_to, until=until, reason=said.reason, by=stage.by, at=stage.at
    )
    return _told(queries.incident(said.incident))


def look(said: Looking, stage: Stage) -> list[dict[str, Any]]:
    """Incidents, open ones first."""
    del stage
    return [_told(each) for each in queries.incidents(open_only=said.open_only)]


class Reporting(BaseModel):
    """What happened, to what."""

    model_config = ConfigDict(extra="forbid")

    title: Words
    said: Words
    caller: str
    office: str = "data-bureau"
    severity: Literal["high", "medium"] = "medium"


class Injecting(Reporting):
    """What a drill injects."""

    drill: int


class Reviewing(BaseModel):
    """An asset that somebody looked at."""

    model_config = ConfigDict(extra="forbid")

    asset: str
    note: str = ""


class Admitting(BaseModel):
    """A third party's account, for so many minutes."""

    model_config = ConfigDict(extra="forbid")

    username: str
    person: str
    roles: tuple[Role, ...] = (Role.DATA_OFFICER,)
    vendor: str
    contact: str
    purpose: str
    scope: str
    sponsor: str
    office: str
    minutes: int = Field(ge=1)


class Ending(BaseModel):
    """An access that ends early, and why."""

    model_config = ConfigDict(extra="forbid")

    access: int
    why: str


class Planning(BaseModel):
    """A drill; `counts` lets its incidents count in K17."""

    model_config = ConfigDict(extra="forbid")

    title: str
    plan: str
    office: str = "data-bureau"
    planned_on: date
    counts: bool = False


class OfDrill(BaseModel):
    """Which drill."""

    model_config = ConfigDict(extra="forbid")

    drill: int


class Learning(OfDrill):
    """What was found, and what is done about it."""

    findings: str
    measures: tuple[str, ...]


class OfIncident(BaseModel):
    """Which incident."""

    model_config = ConfigDict(extra="forbid")

    incident: int


class Assessing(BaseModel):
    """Which controls."""

    model_config = ConfigDict(extra="forbid")

    assessment: str


class Stating(Assessing):
    """A control that somebody answers for, for so many days."""

    control: str
    met: bool
    note: str
    days: int = Field(default=180, ge=1)


def report(said: Reporting, stage: Stage) -> dict[str, Any]:
    """Report what no rule finds."""
    number = services.report_incident(
        title=said.title, said=said.said, caller=said.caller, office=said.office, severity=said.severity,
        by=stage.by, at=stage.at,
    )  # fmt: skip
    return _told(queries.incident(number))


def take_stock(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Take the list of assets."""
    del said
    return asdict(services.take_stock(by=stage.by, at=stage.at)) | {"kinds": dict(queries.asset_kinds())}


def assets(said: Nothing, stage: Stage) -> list[dict[str, Any]]:
    """The first assets, and what is missing of them."""
    del said
    return [asdict(one) for one in queries.assets(at=stage.at)]


def review(said: Reviewing, stage: Stage) -> None:
    """Look at an asset."""
    services.review_asset(asset=said.asset, note=said.note, by=stage.by, at=stage.at)


def admit(said: Admitting, stage: Stage) -> dict[str, Any]:
    """Open a vendor's account for a time."""
    access, _ = services.open_vendor_account(
        **said.model_dump(exclude={"minutes", "roles"}), roles=frozenset(said.roles),
        until=stage.at + timedelta(minutes=said.minutes), by=stage.by, at=stage.at,
    )  # fmt: skip
    return asdict(access)


def end(said: Ending, stage: Stage) -> dict[str, Any]:
    """End an access before its time."""
    return asdict(services.end_access(access=said.access, why=said.why, by=stage.by, at=stage.at))


def end_expired(said: Nothing, stage: Stage) -> dict[str, Any]:
    """End what is over, as the worker does each minute."""
    del said
    ended = services.end_expired(by=stage.by, at=stage.at)
    return {"ended": ended, "open": len(third_parties.accesses(open_only=True))}


def third_party_list(said: Nothing, stage: Stage) -> list[dict[str, Any]]:
    """Third parties' accesses, the open ones first; whether an account is in use at this moment."""
    del said
    return [
        asdict(one) | {"open": one.ended_at is None and stage.at < one.until}
        for one in third_parties.accesses()
    ]


def plan(said: Planning, stage: Stage) -> dict[str, Any]:
    """Plan a drill."""
    return asdict(services.plan_drill(**said.model_dump(), by=stage.by, at=stage.at))


def start(said: OfDrill, stage: Stage) -> dict[str, Any]:
    """Begin a drill."""
    return asdict(services.start_drill(drill=said.drill, by=stage.by, at=stage.at))


def inject(said: Injecting, stage: Stage) -> dict[str, Any]:
    """Put an incident into a drill."""
    number = services.inject(
        drill=said.drill, title=said.title, said=said.said, caller=said.caller, severity=said.severity,
        by=stage.by, at=stage.at,
    )  # fmt: skip
    return _told(queries.incident(number))


def learn(said: Learning, stage: Stage) -> dict[str, Any]:
    """End a drill with what was learnt, and how fast each inject was met."""
    closed = services.close_drill(
        drill=said.drill, findings=said.findings, measures=list(said.measures), by=stage.by, at=stage.at
    )
    return asdict(closed) | {"results": [asdict(one) for one in drilling.results(said.drill)]}


def take_evidence(said: OfIncident, stage: Stage) -> dict[str, Any]:
    """Export an incident's evidence."""
    packed = services.export_evidence(incident=said.incident, by=stage.by, at=stage.at)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
    return {"bytes": len(packed), "files": names}


def assess(said: Assessing, stage: Stage) -> dict[str, Any]:
    """Look at every control."""
    found = services.assess(assessment=said.assessment, by=stage.by, at=stage.at)
    return {
        state.value: [one.control.control for one in found.results if one.state is state]
        for state in ControlState
    }


def state(said: Stating, stage: Stage) -> None:
    """Answer for a control that the platform can't see."""
    services.state_control(
        assessment=said.assessment, control=said.control, is_met=said.met, note=said.note,
        until=day_of(stage.at) + timedelta(days=said.days), by=stage.by, at=stage.at,
    )  # fmt: skip


def _told(incident: Any) -> dict[str, Any]:
    names = (
        "id",
        "rule",
        "kind",
        "caller",
        "office",
        "day",
        "figures",
        "said",
        "dossier",
        "severity",
        "drill",
        "outcome",
    )
    return {
        **{name: getattr(incident, name) for name in names},
        "contained": incident.contained_at is not None,
    }


VERBS = (
    Verb("scan access", Words(zh="扫描异常访问", en="look for unusual access"), Nothing, scan),
    Verb("contain incident", Words(zh="处置安全事件", en="contain an incident"), Containing, contain),
    Verb("dismiss incident", Words(zh="排除安全事件", en="find an incident harmless"), Dismissing, dismiss),
    Verb(
        "report security incident",
        Words(zh="上报安全事件", en="report a security incident"),
        Reporting,
        report,
    ),
    Verb("take stock", Words(zh="盘点资产", en="take stock of assets"), Nothing, take_stock),
    Verb("assets", Words(zh="查看资产清单", en="look at the assets"), Nothing, assets, looks=True),
    Verb("review asset", Words(zh="复核资产", en="review an asset"), Reviewing, review),
    Verb("admit third party", Words(zh="开通第三方访问", en="admit a third party"), Admitting, admit),
    Verb("end third party", Words(zh="终止第三方访问", en="end a third party's access"), Ending, end),
    Verb("end expired access", Words(zh="终止到期访问", en="end what is over"), Nothing, end_expired),
    Verb(
        "third parties",
        Words(zh="查看第三方访问", en="look at third parties' access"),
        Nothing,
        third_party_list,
        looks=True,
    ),
    Verb("plan drill", Words(zh="制定演练方案", en="plan a drill"), Planning, plan),
    Verb("start drill", Words(zh="开始演练", en="begin a drill"), OfDrill, start),
    Verb("inject", Words(zh="注入演练情况", en="inject into a drill"), Injecting, inject),
    Verb("close drill", Words(zh="复盘演练", en="end a drill with what was learnt"), Learning, learn),
    Verb("take evidence", Words(zh="固定证据", en="take an incident's evidence"), OfIncident, take_evidence),
    Verb("assess", Words(zh="自评估", en="assess the platform"), Assessing, assess),
    Verb("state control", Words(zh="声明测评项", en="answer for a control"), Stating, state),
    Verb("incidents", Words(zh="查看安全事件", en="look at incidents"), Looking, look, looks=True),
)
