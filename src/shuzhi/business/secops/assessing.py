"""Self-assessment (自评估): every control is looked at by the platform, answered for by somebody, or open. Nothing pretends.

A check of the platform can't be overruled by a statement; a statement ends, within a year; a control without either says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from shuzhi.business.secops import models
from shuzhi.business.secops.checks import CHECKS
from shuzhi.business.secops.errors import NoSuchControl, NotForStatement, StatementIncomplete
from shuzhi.business.secops.types import (
    AssessmentReport,
    Control,
    ControlSetDeclaration,
    ControlState,
    Result,
)
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

LONGEST = timedelta(days=366)
SILENT = Words(
    zh="平台看不到，尚无人声明", en="The platform can't see it, and nobody has answered for it yet"
)


@transaction.atomic
def assess(*, assessment: str, by: Actor, at: datetime) -> AssessmentReport:
    """Look at every control now, and keep what was seen.

    Raises:
        NoSuchControl: no installed pack declares this assessment.
        Forbidden: it is not the actor's to do.
    """
    policy.require("secops.assess", by=by)
    declared = control_set(assessment)
    results = tuple(_result(control, assessment, at) for control in declared.controls)
    row = models.Assessment.objects.create(
        controls=assessment, at=at, by=by.name,
        results=[
            {"control": one.control.control, "state": one.state.value, "said": one.said.model_dump()}
            for one in results
        ],
    )  # fmt: skip
    report = AssessmentReport(row.id, declared, at, by.name, results)
    audit.record(
        "secops.assessed", target=f"assessment/{assessment}", by=by, at=at,
        counts={state.value: report.count(state) for state in ControlState},
    )  # fmt: skip
    return report


@transaction.atomic
def state_control(
    *, assessment: str, control: str, is_met: bool, note: str, until: date, by: Actor, at: datetime
) -> None:
    """Answer for a control that the platform can't see, for a time (人工声明).

    Raises:
        NoSuchControl: there is none of this name.
        NotForStatement: the platform looks at it itself.
        StatementIncomplete: nothing is said, or for too long.
        Forbidden: it is not the actor's to say.
    """
    policy.require("secops.assess", by=by)
    declared = next((one for one in control_set(assessment).controls if one.control == control), None)
    if declared is None:
        raise NoSuchControl(control=control)
    if declared.check is not None:
        raise NotForStatement(control=control)
    if not note.strip() or not day_of(at) < until <= day_of(at) + LONGEST:
        raise StatementIncomplete(until=until)
    models.Statement.objects.update_or_create(
        control=_key(assessment, control),
        defaults={"is_met": is_met, "note": note.strip()[:1000], "by": by.name, "at": at, "until": until},
    )
    audit.record(
        "secops.control_stated", target=f"control/{_key(assessment, control)}", by=by, at=at, is_met=is_met,
        until=until.isoformat(),
    )  # fmt: skip


def control_sets() -> list[ControlSetDeclaration]:
    """What packs declare."""
    rows = models.ControlSet.objects.order_by("id")
    return [ControlSetDeclaration.model_validate(row.declared) for row in rows]


def control_set(assessment: str) -> ControlSetDeclaration:
    """The controls of one assessment.

    Raises:
        NoSuchControl: no installed pack declares it.
    """
    row = models.ControlSet.objects.filter(id=assessment).first()
    if row is None:
        raise NoSuchControl(control=assessment)
    return ControlSetDeclaration.model_validate(row.declared)


def latest(assessment: str) -> AssessmentReport | None:
    """The newest assessment; None before the first. Controls that a pack has since changed are shown as they were seen."""
    row = models.Assessment.objects.filter(controls=assessment).order_by("-id").first()
    if row is None:
        return None
    declared = control_set(assessment)
    seen = {one["control"]: one for one in row.results}
    results = tuple(
        Result(control, ControlState(one["state"]), Words.model_validate(one["said"]))
        for control in declared.controls
        if (one := seen.get(control.control)) is not None
    )
    return AssessmentReport(row.id, declared, row.at, row.by, results)


def _result(control: Control, assessment: str, at: datetime) -> Result:
    if control.check is not None:
        seen = CHECKS[control.check](at)
        return Result(control, ControlState.CHECKED if seen.is_met else ControlState.FAILED, seen.said)
    told = models.Statement.objects.filter(
        control=_key(assessment, control.control), until__gte=day_of(at)
    ).first()
    if told is None:
        return Result(control, ControlState.MANUAL, SILENT)
    zh = f"{told.by} {day_of(told.at)} 声明{'符合' if told.is_met else '不符合'}（至 {told.until}）：{told.note}"
    en = f"{told.by} stated on {day_of(told.at)} that it is {'met' if told.is_met else 'not met'} (until {told.until}): {told.note}"
    return Result(control, ControlState.STATED if told.is_met else ControlState.FAILED, Words(zh=zh, en=en))


def _key(assessment: str, control: str) -> str:
    return f"{assessment}/{control}"
