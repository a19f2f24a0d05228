"""Webhooks (回调) of the contract: which outside systems are told of consents that were given, ended, or are to be deleted.

An event tells numbers only. It goes to the systems of the offices that the consent is for, and of the office whose
system or clerk recorded it; to nobody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.market import models
from shuzhi.business.market.govstack import shapes
from shuzhi.business.market.govstack.asking import Asked, Document, one
from shuzhi.business.market.govstack.errors import BadInput
from shuzhi.business.market.types import ConsentGiven, ConsentWithdrawn, DeletionDue, DeletionEnded
from shuzhi.data.exchange.errors import EndpointRefused
from shuzhi.data.exchange.pushing.endpoints import read_endpoint, rules_of
from shuzhi.foundation.outbox.services import Subscriber
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.crypto import node

EVENTS = (ConsentGiven, ConsentWithdrawn, DeletionDue, DeletionEnded)
NAMES = {
    "ConsentGiven": "consent.given",
    "ConsentWithdrawn": "consent.withdrawn",
    "DeletionDue": "deletion.due",
    "DeletionEnded": "deletion.ended",
}
PURPOSE = "webhooks"
UNTOLD = "********"  # stands for the secret, which is told nobody again
CONTENT_TYPE = "application/json"


def webhook_create(asked: Asked) -> Document:
    """A new webhook of this system's office."""
    return _saved(asked, str(uuid.uuid4()))


def webhook_read(asked: Asked, name: str) -> Document:
    """One of the office's webhooks."""
    return {"webhook": _told(_own(asked, name))}


def webhook_update(asked: Asked, name: str) -> Document:
    """Change where and whether it is called; the secret stays where it is not said anew."""
    _own(asked, name)
    return _saved(asked, name)


def webhook_delete(asked: Asked, name: str) -> Document:
    """Call it no more."""
    row = _own(asked, name)
    row.is_deleted = True
    row.save(update_fields=["is_deleted"])
    row.deliveries.filter(state="waiting").update(state="dropped", ended_at=asked.at)
    audit.record("market.webhook_deleted", target=f"webhook/{row.id}", by=asked.by, at=asked.at)
    return {}


def webhook_list(asked: Asked) -> Document:
    """A page of the office's webhooks."""
    rows = models.Webhook.objects.filter(office=asked.office, is_deleted=False).order_by("made_at", "id")
    return {"webhooks": [_told(row) for row in asked.page(rows)]}


def subscriber_of(event: str) -> Subscriber:
    """What the outbox calls with an event of this name."""

    def tell(payload: Mapping[str, Any], at: datetime) -> None:
        queue(event, payload, at=at)

    return tell


@transaction.atomic
def queue(event: str, payload: Mapping[str, Any], *, at: datetime) -> int:
    """Put an event on its way to every webhook that may hear of it; how many."""
    consent = models.ConsentRecord.objects.filter(id=payload["consent"]).first()
    if consent is None:
        return 0
    offices = [payload["office"]] if "office" in payload else list(payload["receivers"])
    hooks = models.Webhook.objects.filter(
        office__in={*offices, consent.office} - {""}, is_deleted=False, is_disabled=False
    )
    told = {
        "event": NAMES[event],
        "consentRecordId": consent.id,
        "dataAgreementId": consent.agreement_id,
        "dataAgreementRevisionId": consent.agreed_revision_id,
    } | {key: payload[key] for key in ("fields", "outcome") if key in payload}
    made = [
        models.WebhookDelivery(webhook=hook, event=NAMES[event], payload=told, at=at)
        for hook in hooks.order_by("id")
    ]
    models.WebhookDelivery.objects.bulk_create(made)
    if made:
        transaction.on_commit(_ask_worker, robust=True)
    return len(made)


def secret_of(row: models.Webhook) -> bytes:
    """The secret by which its calls are signed; empty if none was given."""
    sealed = bytes(row.sealed_secret)
    return node.keyring().unseal(PURPOSE, sealed, context=row.id.encode()) if sealed else b""


@transaction.atomic
def _saved(asked: Asked, name: str) -> Document:
    given = asked.body("webhook", shapes.Webhook)
    if given.contentType != CONTENT_TYPE:
        raise BadInput(problem=f"contentType is {CONTENT_TYPE}")
    try:
        read_endpoint(given.payloadUrl, rules_of(settings()))
    except EndpointRefused as refusal:
        raise BadInput(problem=f"payloadUrl: {refusal}") from None
    facts: dict[str, Any] = {
        "office": asked.office,
        "content": {"payloadUrl": given.payloadUrl, "contentType": given.contentType},
        "events": sorted(NAMES.values()),
        "is_disabled": given.disabled,
        "failures": 0,
        "not_before": None,
    }
    if given.secretKey != UNTOLD:
        plain = given.secretKey.encode()
        cipher = node.suite().cipher
        facts["sealed_secret"] = (
            node.keyring().seal(PURPOSE, cipher, plain, context=name.encode(), at=asked.at) if plain else b""
        )
    row, _ = models.Webhook.objects.update_or_create(
        id=name, defaults=facts, create_defaults=facts | {"made_at": asked.at}
    )
    audit.record(
        "market.webhook_saved", target=f"webhook/{name}", by=asked.by, at=asked.at, url=given.payloadUrl,
        disabled=given.disabled,
    )  # fmt: skip
    return {"webhook": _told(row)}


def _own(asked: Asked, name: str) -> models.Webhook:
    return one(models.Webhook.objects.filter(office=asked.office, is_deleted=False), name, "webhook")


def _told(row: models.Webhook) -> Document:
    return {"id": row.id, **row.content, "disabled": row.is_disabled, "secretKey": UNTOLD}


def reseal_secrets(at: datetime) -> int:
    """Bring secrets under the key that is active now; how many."""
    ring, count = node.keyring(), 0
    for row in models.Webhook.objects.exclude(sealed_secret=b"").order_by("id"):
        if not ring.is_current(PURPOSE, bytes(row.sealed_secret)):
            plain = secret_of(row)
            row.sealed_secret = ring.seal(PURPOSE, node.suite().cipher, plain, context=row.id.encode(), at=at)
            row.save(update_fields=["sealed_secret"])
            count += 1
    return count


def _ask_worker() -> None:
    from shuzhi.business.market.jobs import call_soon

    call_soon()
