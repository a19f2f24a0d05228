"""Receipts (回执): what an SMS gateway tells later of a message that it took."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.foundation.outbox import services as outbox
from shuzhi.support.messages import models
from shuzhi.support.messages.channels.signatures import is_signed
from shuzhi.support.messages.errors import ReceiptRefused
from shuzhi.support.messages.masking import plain_problem
from shuzhi.support.messages.types import DeliveryGivenUp, State


@transaction.atomic
def take(*, secret: str, body: bytes, stamp: str, signature: str, told: dict[str, str], at: datetime) -> bool:
    """Note a receipt; False where it is of nothing that waits for one, such as the same receipt again.

    Raises:
        ReceiptRefused: the gateway did not sign it.
    """
    if not is_signed(secret, body, stamp, signature, at):
        raise ReceiptRefused
    rows = models.Delivery.objects.select_for_update(of=("self",)).select_related("message")
    row = rows.filter(reference=str(told.get("id", ""))[:120], state=State.SENT).first()
    if row is None:
        return False
    delivered = told.get("state") == State.DELIVERED
    row.state, row.changed_at = (State.DELIVERED if delivered else State.GIVEN_UP), at
    row.problem = "" if delivered else plain_problem(str(told.get("problem", "")))
    row.save()
    if not delivered:
        outbox.publish(DeliveryGivenUp(row.message_id, row.message.template, row.channel), at=at)
    return True
