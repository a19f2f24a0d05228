"""Having everything forgotten that no law keeps (遗忘权)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.market import models, queries
from shuzhi.business.market.services.consents import withdraw_consent
from shuzhi.business.market.types import Forgotten
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import services as forms


@transaction.atomic
def forget_me(*, by: Actor, at: datetime) -> Forgotten:
    """Withdraw every consent, and forget all drafts with their files; what stays is told by `kept.KEPT`.

    Receivers are told to delete, as after any withdrawal. The receipt says how much it was, never what.

    Raises:
        NoDataAccount: the account is bound to nobody.
    """
    holder = queries.require_holder(by)
    given = models.ConsentRecord.objects.filter(individual_id=holder.id, is_given=True).order_by("id")
    consents = list(given.values_list("id", flat=True))
    for consent in consents:
        withdraw_consent(consent=consent, individual=holder.id, by=by, at=at)
    gone = forms.forget_drafts(by=by, at=at)
    row = models.Forgetting.objects.create(
        individual_id=holder.id, consents=len(consents), drafts=gone.drafts, files=gone.files, at=at
    )
    audit.record(
        "market.forgotten", target=f"individual/{holder.id}", by=by, at=at,
        subjects=[node_reference(holder.scheme, holder.value)], consents=row.consents, drafts=row.drafts,
        files=row.files,
    )  # fmt: skip
    return Forgotten(row.consents, row.drafts, row.files, at)
