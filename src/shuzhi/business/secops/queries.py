"""Reading incidents: the list, one with its history of days, exceptions in force."""

from __future__ import annotations

from datetime import date, timedelta

from shuzhi.business.secops import models
from shuzhi.business.secops.errors import NoSuchIncident
from shuzhi.business.secops.scanning import declared_rules, value_of
from shuzhi.business.secops.types import AccessRule, Day, Exemption, Incident, Kind
from shuzhi.foundation.words import Words

PAGE = 50
DAYS_SHOWN = 28


def incidents(*, open_only: bool = False, page: int = 1) -> list[Incident]:
    """Incidents, the newest first."""
    rows = models.Incident.objects.order_by("-is_open", "-id")
    rows = rows.filter(is_open=True) if open_only else rows
    rules = {rule.rule: rule for rule in declared_rules()}
    return [_value(row, rules.get(row.rule)) for row in rows[(page - 1) * PAGE : page * PAGE]]


def count_incidents(*, open_only: bool = False) -> int:
    """How many there are."""
    rows = models.Incident.objects.all()
    return (rows.filter(is_open=True) if open_only else rows).count()


def incident(number: int) -> Incident:
    """One incident.

    Raises:
        NoSuchIncident: there is none of this number.
    """
    row = models.Incident.objects.filter(id=number).first()
    if row is None:
        raise NoSuchIncident(incident=number)
    rules = {rule.rule: rule for rule in declared_rules()}
    return _value(row, rules.get(row.rule))


def days(*, caller: str, until: date) -> list[Day]:
    """What a caller did on the days up to one, the newest first."""
    rows = models.CallerDay.objects.filter(
        caller=caller, day__lte=until, day__gt=until - timedelta(days=DAYS_SHOWN)
    )
    return [value_of(row) for row in rows.order_by("-day")]


def exemptions(*, today: date) -> list[Exemption]:
    """The exceptions in force, the next to end first."""
    rows = models.Exemption.objects.filter(until__gte=today).order_by("until", "id")[:200]
    return [Exemption(row.rule, row.caller, row.up_to, row.until, row.reason, row.by) for row in rows]


def _value(row: models.Incident, rule: AccessRule | None) -> Incident:
    return Incident(
        id=row.id, rule=row.rule, kind=rule.kind if rule else Kind.VOLUME, caller=row.caller, office=row.office,
        day=row.day, days=row.days, figures=row.figures, said=Words(zh=row.said_zh, en=row.said_en),
        title=rule.title if rule else Words(zh=row.rule, en=row.rule), severity=rule.severity if rule else "medium",
        dossier=row.dossier, contained_at=row.contained_at, found_at=row.found_at,
    )  # fmt: skip
