"""Callbacks (回调): what the gateway tells by itself. Signed, taken once by their event, booked as an answer would be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import models
from shuzhi.support.payments.drivers import Outcome, Result
from shuzhi.support.payments.drivers.signing import is_signed
from shuzhi.support.payments.errors import NoSuchOrder, NotSignedByGateway
from shuzhi.support.payments.services.booking import book


@transaction.atomic
def take_callback(
    *, secret: str, path: str, body: bytes, headers: Mapping[str, str], told: Mapping[str, Any], by: Actor,
    at: datetime,
) -> bool:  # fmt: skip
    """Take a callback; False where it changes nothing: told twice, or of nothing that we know.

    Raises:
        NotSignedByGateway: as it says.
        ValueError, KeyError: the gateway signed nonsense.
    """
    if not is_signed(secret, "POST", path, body, headers, at=at):
        raise NotSignedByGateway
    day = told.get("settled_on")
    outcome = Outcome(
        str(told["key"])[:60],
        Result(told["state"]),
        int(told["fen"]),
        str(told.get("problem") or "")[:200],
        settled_on=date.fromisoformat(day) if day else None,
    )
    seen, made = models.Callback.objects.get_or_create(
        event=str(told["event"])[:80], defaults={"key": outcome.key, "state": outcome.result.value, "at": at}
    )
    if not made:
        models.Callback.objects.filter(event=seen.event).update(times=F("times") + 1)
    try:
        # A repetition is booked again all the same: booking knows by itself what is new.
        return book(outcome, by=by, at=at)
    except NoSuchOrder:
        return False
