"""Demands (点单): from the wish to the report. Offices take their steps in their inbox; this follows them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from shuzhi.data.opendata import disclosure, models
from shuzhi.data.opendata.requests.errors import (
    KeyNotValid,
    NoSuchDemand,
    OthersTerms,
    PurposeTooShort,
    TooManyWaiting,
    WishUnclear,
)
from shuzhi.data.opendata.requests.terms import hash_of_terms
from shuzhi.data.opendata.requests.types import Demand, Way, Wish
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services

LOOP = "data-demand"
PLATFORM = system("opendata")
# Opening a dossier takes a post that residents have not: the platform opens it in their name.
DESK = Actor(name="system/opendata", title="平台", roles=PLATFORM.roles | {Role.DATA_OFFICER})
SHORTEST, MOST_WAITING, MOST_DAYS = 10, 20, 366
PREFIX = "szu_"


@transaction.atomic
def ask_for_data(*, wish: Wish, by: Actor, at: datetime) -> Demand:
    """Ask for data that are open on conditions, or for data that the catalog does not offer.

    Raises:
        Forbidden: nobody is signed in as a resident or for a firm.
        PurposeTooShort, TooManyWaiting: as they say.
    """
    policy.require("opendata.ask", by=by)
    if len(wish.purpose.strip()) < SHORTEST:
        raise PurposeTooShort(least=SHORTEST)
    require_room(by)
    dossier = workflow_services.open_dossier(
        loop=LOOP,
        subject=f"dataset/{wish.dataset}" if wish.dataset else "dataset/",
        title=Words(zh=wish.title, en=wish.title),
        office=wish.office,
        requester=by.name,
        by=DESK,
        at=at,
        facts={"purpose": wish.purpose, "way": wish.way.value, "days": wish.days, "asker": by.title},
    )
    row = models.Demand.objects.create(
        dossier=dossier.id,
        dataset=wish.dataset,
        title=wish.title[:200],
        office=wish.office,
        account=by.name,
        purpose=wish.purpose,
        way=wish.way.value,
        days=max(1, min(wish.days, MOST_DAYS)),
        asked_at=at,
    )
    audit.record("opendata.asked", target=f"demand/{row.pk}", by=by, at=at, dataset=wish.dataset)
    return value_of(row)


def require_known(wish: Wish, *, offices: Container[str]) -> None:
    """The wish names an office that there is, and what is wanted.

    Raises:
        WishUnclear: it does not.
    """
    if wish.office not in offices or not wish.title:
        raise WishUnclear


def require_room(by: Actor) -> None:
    """Nobody fills an office's inbox alone.

    Raises:
        TooManyWaiting: they have many requests that wait.
    """
    waiting = models.Demand.objects.filter(account=by.name, reported_at=None, until=None).count()
    if waiting >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)


@transaction.atomic
def agree(*, demand: int, terms: str, by: Actor, at: datetime) -> Demand:
    """Agree to the terms of use; the key is made now, shown once, and holds from delivery on.

    Raises:
        NoSuchDemand: it is not theirs.
        OthersTerms: the text is not the one they read.
        ActionNotAllowedHere: it is not the time to agree.
    """
    row = _own(demand, by)
    if terms != hash_of_terms():
        raise OthersTerms
    workflow_services.act(
        dossier=row.dossier, action="agree", by=by, at=at, evidence={"terms": terms, "by": by.name}
    )
    key = PREFIX + secrets.token_urlsafe(32)
    row.agreed_at, row.terms, row.digest = at, terms, _digest(key)
    row.save(update_fields=["agreed_at", "terms", "digest"])
    audit.record("opendata.agreed", target=f"demand/{row.pk}", by=by, at=at, terms=terms)
    return value_of(row, key)


@transaction.atomic
def report(*, demand: int, text: str, by: Actor, at: datetime) -> Demand:
    """Say what was done with the data: the key ends with it.

    Raises:
        NoSuchDemand, PurposeTooShort, ActionNotAllowedHere: as they say.
    """
    row = _own(demand, by)
    if len(text.strip()) < SHORTEST:
        raise PurposeTooShort(least=SHORTEST)
    workflow_services.act(dossier=row.dossier, action="report", by=by, at=at, note=text.strip())
    row.report, row.reported_at, row.digest, row.until = text.strip(), at, None, at
    row.save(update_fields=["report", "reported_at", "digest", "until"])
    audit.record("opendata.use_reported", target=f"demand/{row.pk}", by=by, at=at)
    return value_of(row)


@transaction.atomic
def withdraw(*, demand: int, by: Actor, at: datetime) -> None:
    """Take a request back.

    Raises:
        NoSuchDemand, ActionNotAllowedHere: as they say.
    """
    row = _own(demand, by)
    workflow_services.act(dossier=row.dossier, action="withdraw", by=by, at=at)
    models.Demand.objects.filter(pk=row.pk).update(digest=None, until=at)


def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """An office took a step: what follows from it is done."""
    if payload["loop"] != LOOP:
        return
    row = models.Demand.objects.select_for_update().filter(dossier=payload["dossier"]).first()
    if row is None:
        return
    if payload["state"] == "checking":
        _check(row, at=at)
    elif payload["state"] == "using" and row.until is None:
        models.Demand.objects.filter(pk=row.pk).update(until=at + timedelta(days=row.days))
    elif payload["state"] in {"revoked", "refused", "opened"}:
        models.Demand.objects.filter(pk=row.pk).update(digest=None, until=at)


def holder_of(key: str, *, dataset: str, at: datetime) -> Demand:
    """Whose key this is, if it opens this data set now; the call is counted.

    Raises:
        KeyNotValid: it does not.
    """
    row = models.Demand.objects.filter(digest=_digest(key), dataset=dataset, until__gt=at).first()
    if row is None or not key.startswith(PREFIX):
        raise KeyNotValid
    models.Demand.objects.filter(pk=row.pk).update(calls=F("calls") + 1)
    return value_of(row)


def demands_of(by: Actor) -> list[Demand]:
    """What somebody asked for, the latest first."""
    rows = models.Demand.objects.filter(account=by.name).order_by("-asked_at", "-id")
    return [value_of(row) for row in rows]


def demand_of(number: int, *, by: Actor) -> Demand:
    """One request of one's own.

    Raises:
        NoSuchDemand: it is none.
    """
    return value_of(_own(number, by, lock=False))


def state_of(demand: Demand) -> Any:
    """The dossier as it stands."""
    return workflow.dossier(demand.dossier)


def _check(row: models.Demand, *, at: datetime) -> None:
    finding = _finding(row.dataset, at=at)
    models.Demand.objects.filter(pk=row.pk).update(finding=finding)
    action = "pass" if finding["passes"] else "fail"
    note = finding["says"]
    workflow_services.act(dossier=row.dossier, action=action, by=PLATFORM, at=at, note=note, evidence=finding)


def _finding(dataset: str, *, at: datetime) -> dict[str, Any]:
    """What the check before opening says, in figures; no value of a person is in it."""
    try:
        found = disclosure.check(dataset, at=at)
    except PlatformError as refusal:
        return {"passes": False, "says": refusal.message_zh, "code": refusal.code}
    said = f"k≥{found.k}，l≥{found.l}：{found.faulty_cells} 个单元、{found.faulty_rows} 行不合要求"
    if not found.roles.about_persons:
        said = "与个人无关"
    facts = {"k": found.k, "l": found.l, "cells": found.faulty_cells, "rows": found.faulty_rows}
    return {"passes": found.passes, "says": said, **facts}


def _own(number: int, by: Actor, *, lock: bool = True) -> models.Demand:
    rows = models.Demand.objects.select_for_update() if lock else models.Demand.objects.all()
    row = rows.filter(pk=number, account=by.name).first()
    if row is None:
        raise NoSuchDemand(number=number)
    return row


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def value_of(row: models.Demand, key: str = "") -> Demand:
    """A table row as pages see it."""
    return Demand(
        number=row.pk,
        dossier=row.dossier,
        dataset=row.dataset,
        title=row.title,
        office=row.office,
        account=row.account,
        purpose=row.purpose,
        way=Way(row.way),
        days=row.days,
        asked_at=row.asked_at,
        finding=row.finding,
        agreed_at=row.agreed_at,
        until=row.until,
        has_key=row.digest is not None,
        calls=row.calls,
        report=row.report,
        key=key,
    )
