"""Handling incidents (处置): contain at once, resolve, or call it a false alarm with a declared exception."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from shuzhi.business.secops import models
from shuzhi.business.secops.assessing import assess, state_control
from shuzhi.business.secops.drilling import close_drill, inject, note, plan_drill, start_drill
from shuzhi.business.secops.errors import ExemptionTooLong, NoSuchIncident, NothingToContain
from shuzhi.business.secops.evidence import export_evidence
from shuzhi.business.secops.raising import LOOP, report
from shuzhi.business.secops.scanning import scan
from shuzhi.business.secops.stocktaking import review_asset, take_stock
from shuzhi.business.secops.third_parties import (
    end_access,
    end_expired,
    grant_access,
    open_vendor_account,
    review_access,
)
from shuzhi.data.exchange import services as exchange
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity import services as accounts
from shuzhi.support.identity import signing_in
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops

LONGEST_EXEMPTION = timedelta(days=366)
log = structlog.get_logger(__name__)

__all__ = [
    "assess",
    "close_drill",
    "contain",
    "dismiss",
    "end_access",
    "end_expired",
    "export_evidence",
    "follow_dossier",
    "grant_access",
    "inject",
    "note",
    "open_vendor_account",
    "plan_drill",
    "report_incident",
    "review_access",
    "review_asset",
    "scan",
    "start_drill",
    "state_control",
    "take_stock",
]


@transaction.atomic
def contain(*, incident: int, by: Actor, at: datetime, reason: str) -> None:
    """Suspend the caller at once (遏制): its subscription is revoked, or its account closed and signed out everywhere.

    Raises:
        NoSuchIncident: there is none of this number.
        NothingToContain: the caller is neither a subscription nor an account.
        Forbidden: the actor may not revoke, or not close accounts.
        ActionNotAllowedHere: the incident is closed, or the subscription has ended.
    """
    policy.require("secops.handle", by=by)
    row = _locked(incident)
    loops.act(dossier=row.dossier, action="contain", by=by, at=at, note=reason)
    _suspend(row, by=by, at=at, reason=reason)


@transaction.atomic
def report_incident(
    *, title: Words, said: Words, caller: str, office: str, severity: str, by: Actor, at: datetime
) -> int:
    """Somebody reports what no rule finds (上报): a lost device, a letter, something seen; returns its number.

    Raises:
        IncidentIncomplete: it is not said what happened, or to what.
        Forbidden: only staff report incidents.
    """
    policy.require("secops.report", by=by)
    return report(title=title, said=said, caller=caller, office=office, severity=severity, by=by, at=at)


@transaction.atomic
def dismiss(*, incident: int, up_to: int, until: date, reason: str, by: Actor, at: datetime) -> None:
    """False alarm (误报): the rule lets this caller pass up to a figure until a day.

    Raises:
        NoSuchIncident: there is none of this number.
        ExemptionTooLong: it would be longer than a year, or is over.
        Forbidden: it is not the actor's to decide.
    """
    policy.require("secops.handle", by=by)
    if not day_of(at) <= until <= day_of(at) + LONGEST_EXEMPTION:
        raise ExemptionTooLong(until=until)
    row = _locked(incident)
    loops.act(dossier=row.dossier, action="false-alarm", by=by, at=at, note=reason)
    models.Exemption.objects.create(
        rule=row.rule, caller=row.caller, up_to=up_to, until=until, reason=reason[:500], by=by.name, at=at
    )
    _close(row)
    audit.record(
        "secops.exempted", target=f"incident/{row.id}", by=by, at=at, rule=row.rule, caller=row.caller,
        up_to=up_to, until=until.isoformat(),
    )  # fmt: skip


@transaction.atomic
def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """An incident took a step in somebody's inbox: what the step means is done."""
    if payload["loop"] != LOOP:
        return
    row = models.Incident.objects.select_for_update().filter(dossier=payload["dossier"]).first()
    if row is None:
        return
    if payload["action"] == "contain" and row.contained_at is None:
        _suspend_for_last(row, at=at)
    if workflow.dossier(row.dossier).closed_at is not None and row.is_open:
        _close(row)


def _suspend_for_last(row: models.Incident, *, at: datetime) -> None:
    """Contained in the inbox: whoever took the step suspends, by their own right."""
    last = workflow.history(row.dossier)[-1]
    actor = identity.actor(last.by.removeprefix("account/"))
    if actor is None:
        return
    try:
        with transaction.atomic():
            _suspend(row, by=actor, at=at, reason=last.note)
    except PlatformError as refusal:  # the page goes on saying that nothing is contained yet
        log.warning("secops.not_contained", incident=row.id, reason=refusal.code)


def _suspend(row: models.Incident, *, by: Actor, at: datetime, reason: str) -> None:
    kind, _, name = row.caller.partition("/")
    if row.drill is not None:
        log.info("secops.drill_contained", incident=row.id)  # nobody is cut off in earnest
    elif kind == "subscription" and name.isdecimal():
        exchange.revoke_subscription(subscription=int(name), by=by, at=at, reason=reason)
    elif kind == "account":
        accounts.close_account(username=name, by=by, at=at)
        signing_in.end_sessions(username=name, by=by, at=at)
    else:
        raise NothingToContain(caller=row.caller)
    row.contained_at = at
    row.save(update_fields=["contained_at"])
    audit.record("secops.contained", target=f"incident/{row.id}", by=by, at=at, caller=row.caller)


def _close(row: models.Incident) -> None:
    row.is_open, row.outcome = False, workflow.dossier(row.dossier).state
    row.save(update_fields=["is_open", "outcome"])


def _locked(incident: int) -> models.Incident:
    row = models.Incident.objects.select_for_update().filter(id=incident).first()
    if row is None:
        raise NoSuchIncident(incident=incident)
    return row
