"""What scenarios do about unusual access: scan what was done, look at incidents, contain one, or find it harmless."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.secops import queries, scanning, services
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit


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


def _told(incident: Any) -> dict[str, Any]:
    names = ("id", "rule", "kind", "caller", "office", "day", "figures", "said", "dossier", "severity")
    return {
        **{name: getattr(incident, name) for name in names},
        "contained": incident.contained_at is not None,
    }


VERBS = (
    Verb("scan access", Words(zh="扫描异常访问", en="look for unusual access"), Nothing, scan),
    Verb("contain incident", Words(zh="处置安全事件", en="contain an incident"), Containing, contain),
    Verb("dismiss incident", Words(zh="排除安全事件", en="find an incident harmless"), Dismissing, dismiss),
    Verb("incidents", Words(zh="查看安全事件", en="look at incidents"), Looking, look, looks=True),
)
