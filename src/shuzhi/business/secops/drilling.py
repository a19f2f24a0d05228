"""Drills (演练): planned, injected into the running platform, recorded, and learnt from.

An inject opens a real incident in the real inboxes, marked as a drill's; containing one cuts nobody off. In K17 it counts
only where the drill was planned so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from shuzhi.business.secops import models
from shuzhi.business.secops.errors import DrillIncomplete, DrillNotReady, NoSuchDrill
from shuzhi.business.secops.raising import report
from shuzhi.business.secops.types import Drill, DrillNote, DrillResult
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow

PLANNED, RUNNING, CLOSED = "planned", "running", "closed"


@transaction.atomic
def plan_drill(
    *, title: str, plan: str, office: str, planned_on: date, by: Actor, at: datetime, counts: bool = False
) -> Drill:
    """Plan a drill: what is tried, by whom, when; `counts` lets its incidents count in K17.

    Raises:
        DrillIncomplete: it has no title or plan.
        Forbidden: it is not the actor's to plan.
    """
    policy.require("secops.drill", by=by)
    _require(title=title, plan=plan)
    row = models.Drill.objects.create(
        title=title.strip(), plan=plan.strip(), office=office, planned_on=planned_on, counts=counts,
        planned_by=by.name,
    )  # fmt: skip
    audit.record("secops.drill_planned", target=f"drill/{row.id}", by=by, at=at, counts=counts)
    return drill(row.id)


@transaction.atomic
def start_drill(*, drill: int, by: Actor, at: datetime) -> Drill:
    """Begin: from now on things may be injected."""
    policy.require("secops.drill", by=by)
    row = _locked(drill, PLANNED)
    row.state, row.started_at = RUNNING, at
    row.save(update_fields=["state", "started_at"])
    audit.record("secops.drill_started", target=f"drill/{row.id}", by=by, at=at)
    return _value(row)


@transaction.atomic
def inject(
    *, drill: int, title: Words, said: Words, caller: str, severity: str, by: Actor, at: datetime
) -> int:
    """Put an incident into the drill (注入); returns its number.

    Raises:
        NoSuchDrill, DrillNotReady: it does not run.
        IncidentIncomplete: it is not said what happened.
    """
    policy.require("secops.drill", by=by)
    row = _locked(drill, RUNNING)
    number = report(
        title=Words(zh=f"【演练】{title.zh}", en=f"[Drill] {title.en}"),
        said=said, caller=caller, office=row.office, severity=severity, drill=row.id, by=by, at=at,
    )  # fmt: skip
    row.notes.create(
        at=at, by=by.name, text=" ".join(dict.fromkeys((title.zh, title.en)))[:1000], incident=number
    )
    return number


@transaction.atomic
def note(*, drill: int, text: str, by: Actor, at: datetime) -> None:
    """Keep what somebody saw or did while it ran."""
    policy.require("secops.drill", by=by)
    row = _locked(drill, RUNNING)
    _require(text=text)
    row.notes.create(at=at, by=by.name, text=text.strip()[:1000])


@transaction.atomic
def close_drill(*, drill: int, findings: str, measures: list[str], by: Actor, at: datetime) -> Drill:
    """End it with what was found and what is done about it (复盘).

    Raises:
        NoSuchDrill, DrillNotReady: it does not run.
        DrillIncomplete: nothing was learnt.
    """
    policy.require("secops.drill", by=by)
    kept = [text.strip()[:300] for text in measures if text.strip()]
    _require(findings=findings, measures=" ".join(kept))
    row = _locked(drill, RUNNING)
    row.state, row.closed_at, row.findings, row.measures = CLOSED, at, findings.strip(), kept
    row.save(update_fields=["state", "closed_at", "findings", "measures"])
    audit.record("secops.drill_closed", target=f"drill/{row.id}", by=by, at=at, measures=len(kept))
    return _value(row)


def drills(*, most: int = 100) -> list[Drill]:
    """Drills, the newest first."""
    return [_value(row) for row in models.Drill.objects.prefetch_related("notes").order_by("-id")[:most]]


def drill(number: int) -> Drill:
    """One drill with its record.

    Raises:
        NoSuchDrill: there is none of this number.
    """
    row = models.Drill.objects.prefetch_related("notes").filter(id=number).first()
    if row is None:
        raise NoSuchDrill(drill=number)
    return _value(row)


def results(number: int) -> list[DrillResult]:
    """How fast each inject was met, from the dossiers' own steps."""
    rows = models.Incident.objects.filter(drill=number).order_by("id")
    return [_result(row) for row in rows]


def _result(row: models.Incident) -> DrillResult:
    dossier, steps = workflow.dossier(row.dossier), workflow.history(row.dossier)[1:]

    def after(moment: datetime | None) -> int | None:
        return None if moment is None else round((moment - row.found_at).total_seconds())

    closed = dossier.closed_at
    in_time = None
    if closed is not None and dossier.due_on is not None:
        in_time = day_of(closed) <= dossier.due_on
    return DrillResult(
        incident=row.id,
        title=Words(zh=row.title_zh, en=row.title_en),
        first_step=after(steps[0].at if steps else None),
        contained=after(row.contained_at),
        ended=after(closed),
        outcome=row.outcome,
        in_time=in_time,
    )


def _locked(number: int, wanted: str) -> models.Drill:
    row = models.Drill.objects.select_for_update().filter(id=number).first()
    if row is None:
        raise NoSuchDrill(drill=number)
    if row.state != wanted:
        raise DrillNotReady(drill=number, state=row.state, wanted=wanted)
    return row


def _require(**said: str) -> None:
    missing = [name for name, text in said.items() if not text.strip()]
    if missing:
        raise DrillIncomplete(missing="、".join(missing))


def _value(row: models.Drill) -> Drill:
    notes = tuple(
        DrillNote(one.at, one.by, one.text, one.incident)
        for one in sorted(row.notes.all(), key=lambda one: (one.at, one.id))
    )
    state: Any = row.state
    return Drill(
        row.id, row.title, row.plan, row.office, row.planned_on, row.counts, state, row.started_at,
        row.closed_at, row.findings, tuple(row.measures), notes,
    )  # fmt: skip
