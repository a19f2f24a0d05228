"""Having everything forgotten that no law keeps (遗忘权)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.market import models, queries
from shuzhi.business.market.services.consents import withdraw_consent
from shuzhi.business.market.types import Forgotten
from shuzhi.data.opendata.requests.voices import unfollow_all
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import services as forms
from shuzhi.support.messages.services import forget_contact


@transaction.atomic
def forget_me(*, by: Actor, at: datetime) -> Forgotten:
    """Withdraw every consent; forget all drafts with their files, addresses and what is followed. `kept.KEPT` tells what stays.

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
    others = unfollow_all(by=by) + forget_contact(by=by, at=at)
    row = models.Forgetting.objects.create(
        individual_id=holder.id,
        consents=len(consents),
        drafts=gone.drafts,
        files=gone.files,
        others=others,
        at=at,
    )
    audit.record(
        "market.forgotten", target=f"individual/{holder.id}", by=by, at=at,
        subjects=[node_reference(holder.scheme, holder.value)], consents=row.consents, drafts=row.drafts,
        files=row.files, others=row.others,
    )  # fmt: skip
    return Forgotten(row.consents, row.drafts, row.files, row.others, at)
