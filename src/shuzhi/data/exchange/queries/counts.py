"""Calls and requests, counted (计数)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from shuzhi.data.exchange import models
from shuzhi.data.exchange.types import CallCount, SubscriptionStatus
from shuzhi.foundation.clock import CHINA


def calls_per_day(
    *, since: date, until: date, interface: str | None = None, office: str | None = None
) -> list[CallCount]:
    """Calls that used quota, by day and subscription, the latest day first."""
    rows = models.DailyCount.objects.filter(day__gte=since, day__lte=until).select_related("subscription")
    if interface is not None:
        rows = rows.filter(subscription__interface=interface)
    if office is not None:
        rows = rows.filter(subscription__office=office)
    return [
        CallCount(
            day=row.day,
            subscription=row.subscription_id,
            interface=row.subscription.interface_id,
            office=row.subscription.office,
            calls=row.calls,
        )
        for row in rows.order_by("-day", "subscription_id")
    ]


def share_satisfaction(day: date) -> tuple[frozenset[int], frozenset[int]]:
    """For K15: the dossiers of requests that were granted by the end of the day, and of all requests by then.

    A request that its own office withdrew counts as never made; one revoked or expired later was met.
    """
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    rows = models.Subscription.objects.filter(requested_at__lt=end, sandbox=False)
    asked = rows.exclude(status=SubscriptionStatus.WITHDRAWN.value)
    met = asked.filter(granted_at__lt=end)
    return _dossiers(met), _dossiers(asked)


def undecided_requests(day: date) -> frozenset[int]:
    """The dossiers of requests made by the end of the day on which no word was said until then."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)
    rows = models.Subscription.objects.filter(requested_at__lt=end, sandbox=False)
    open_then = rows.filter(
        Q(decided_at=None) | Q(decided_at__gte=end), Q(granted_at=None) | Q(granted_at__gte=end)
    )
    return _dossiers(open_then)


def _dossiers(rows: QuerySet[models.Subscription]) -> frozenset[int]:
    return frozenset(number for number in rows.values_list("dossier", flat=True) if number is not None)
