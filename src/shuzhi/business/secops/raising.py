"""Raising an incident (立案): one open incident for a caller and rule, however many days show the same."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from shuzhi.business.secops import models
from shuzhi.business.secops.errors import IncidentIncomplete
from shuzhi.business.secops.types import AccessRule, Judgement
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import services as workflow

LOOP = "security-incident"
REPORTED = "reported"


def raise_incident(
    rule: AccessRule, row: models.CallerDay, judgement: Judgement, *, by: Actor, at: datetime
) -> bool:
    """Open an incident, or add the day to the open one; whether one was opened."""
    earlier = models.Incident.objects.filter(rule=rule.rule, caller=row.caller).order_by("-id").first()
    if earlier is not None and earlier.is_open:
        _add(earlier, row, judgement)
        return False
    if earlier is not None and row.day <= earlier.day:
        return False  # this day has been judged and closed by a person
    figures = _figures(row, judgement)
    dossier = workflow.open_dossier(
        loop=LOOP,
        subject=f"caller/{row.caller}",
        title=Words(zh=f"{rule.title.zh}：{row.caller}", en=f"{rule.title.en}: {row.caller}"),
        office=rule.office,
        requester=None,
        by=by,
        at=at,
        facts={"rule": rule.rule, "day": row.day.isoformat(), "said": judgement.said.model_dump()},
    )
    incident = models.Incident.objects.create(
        rule=rule.rule, caller=row.caller, office=row.office, day=row.day, figures=figures,
        said_zh=judgement.said.zh, said_en=judgement.said.en, dossier=dossier.id, found_at=at,
    )  # fmt: skip
    audit.record(
        "secops.raised", target=f"incident/{incident.id}", by=by, at=at, rule=rule.rule, caller=row.caller,
        day=row.day.isoformat(), figure=judgement.figure,
    )  # fmt: skip
    return True


def report(
    *,
    title: Words,
    said: Words,
    caller: str,
    office: str,
    severity: str,
    by: Actor,
    at: datetime,
    drill: int | None = None,
) -> int:
    """Open an incident that a person reports, or a drill injects; returns its number."""
    missing = [
        name
        for name, text in (("title", title.zh), ("said", said.zh), ("caller", caller))
        if not text.strip()
    ]
    if missing:
        raise IncidentIncomplete(missing="、".join(missing))
    dossier = workflow.open_dossier(
        loop=LOOP, subject=f"caller/{caller}"[:200], title=title, office=office, requester=None, by=by, at=at,
        facts={"rule": REPORTED, "said": said.model_dump(), "drill": drill},
    )  # fmt: skip
    row = models.Incident.objects.create(
        rule=f"{REPORTED}-{dossier.id}", caller=caller[:200], office=office, day=day_of(at), figures={},
        said_zh=said.zh, said_en=said.en, dossier=dossier.id, found_at=at, title_zh=title.zh[:200],
        title_en=title.en[:200], severity=severity, drill=drill,
    )  # fmt: skip
    audit.record(
        "secops.reported", target=f"incident/{row.id}", by=by, at=at, caller=caller[:200], drill=drill,
        severity=severity,
    )  # fmt: skip
    return int(row.id)


def _add(incident: models.Incident, row: models.CallerDay, judgement: Judgement) -> None:
    if row.day < incident.day:
        return
    incident.days += row.day > incident.day
    incident.day, incident.figures = row.day, _figures(row, judgement)
    incident.said_zh, incident.said_en = judgement.said.zh, judgement.said.en
    incident.save()


def _figures(row: models.CallerDay, judgement: Judgement) -> dict[str, object]:
    judged = {name: value for name, value in asdict(judgement).items() if name != "said"}
    done = {name: getattr(row, name) for name in ("calls", "refused", "missed", "late", "rows", "fresh")}
    return judged | done
