"""Reading incidents: the list, one with its history of days, exceptions in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from shuzhi.business.secops import models, stocktaking
from shuzhi.business.secops.errors import NoSuchIncident
from shuzhi.business.secops.raising import LOOP
from shuzhi.business.secops.scanning import declared_rules, value_of
from shuzhi.business.secops.types import (
    AccessRule,
    Asset,
    AssetKind,
    Day,
    Exemption,
    Exposure,
    Incident,
    Kind,
)
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import queries as workflow

PAGE = 50
DAYS_SHOWN = 28
FALSE_ALARM = "dismissed"  # the state of the loop


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


def assets(
    *, at: datetime, kind: AssetKind | None = None, owner: str = "", gaps_only: bool = False, page: int = 1
) -> list[Asset]:
    """The asset list by kind and name, a page at a time."""
    rows = _assets(at, kind, owner, gaps_only=gaps_only).order_by("kind", "id")
    return [stocktaking.value_of(row, at) for row in rows[(page - 1) * PAGE : page * PAGE]]


def count_assets(
    *, at: datetime, kind: AssetKind | None = None, owner: str = "", gaps_only: bool = False
) -> int:
    """How many are listed."""
    return _assets(at, kind, owner, gaps_only=gaps_only).count()


def asset_kinds() -> dict[AssetKind, int]:
    """How many assets of each kind."""
    rows = (
        models.Asset.objects.filter(gone_at=None).values_list("kind").annotate(Count("id")).order_by("kind")
    )
    return {AssetKind(kind): count for kind, count in rows}


def stock_taken_at() -> datetime | None:
    """When the list was taken last."""
    row = models.Asset.objects.order_by("-seen_at").first()
    return row.seen_at if row else None


def open_gaps() -> dict[str, int]:
    """Open issues of the asset list: `kind/office` to its dossier."""
    rows = models.Gap.objects.filter(closed_at=None).order_by("kind", "office")
    return {f"{row.kind}/{row.office}": row.dossier for row in rows}


def rectified(day: date) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """K17 as dossiers: incidents closed in time, those closed or late, those without a due day.

    False alarms were none, and a drill's incidents count only where the drill was planned so.
    """
    counting = models.Drill.objects.filter(counts=True).values("id")
    left_out = models.Incident.objects.filter(
        Q(outcome=FALSE_ALARM) | (Q(drill__isnull=False) & ~Q(drill__in=counting))
    )
    without = frozenset(left_out.values_list("dossier", flat=True))
    in_time, counted, undecidable = workflow.timeliness(loop=LOOP, day=day)
    return in_time - without, counted - without, undecidable - without


def _assets(at: datetime, kind: AssetKind | None, owner: str, *, gaps_only: bool) -> QuerySet[models.Asset]:
    rows = models.Asset.objects.filter(gone_at=None)
    rows = rows.filter(kind=kind.value) if kind else rows
    rows = rows.filter(owner=owner) if owner else rows
    if gaps_only:
        old = at - stocktaking.REVIEWED_EVERY
        unseen = Q(reviewed_at=None, first_at__lt=old) | Q(reviewed_at__lt=old)
        rows = rows.filter(Q(owner="") | Q(grade="") | (~Q(exposure=Exposure.INSIDE) & unseen))
    return rows


def _value(row: models.Incident, rule: AccessRule | None) -> Incident:
    return Incident(
        id=row.id, rule=row.rule, kind=rule.kind if rule else Kind.VOLUME, caller=row.caller, office=row.office,
        day=row.day, days=row.days, figures=row.figures, said=Words(zh=row.said_zh, en=row.said_en),
        title=rule.title if rule else Words(zh=row.title_zh or row.rule, en=row.title_en or row.rule),
        severity=row.severity or (rule.severity if rule else "medium"),
        drill=row.drill, is_open=row.is_open, outcome=row.outcome,
        dossier=row.dossier, contained_at=row.contained_at, found_at=row.found_at,
    )  # fmt: skip
