"""Samples (样例导入): policies and agreements of a file, under the ids that they have there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.market import models, services
from shuzhi.business.market.govstack import shapes
from shuzhi.business.market.services.agreements import Terms
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def load_samples(*, samples: Mapping[str, Any], office: str, by: Actor, at: datetime) -> dict[str, int]:
    """Bring the `policies` and `dataAgreements` of a file; what is there already stays. They open nothing at the gate.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("market.clients", by=by)
    del office  # agreements of samples name no receiver
    policies = agreements = 0
    for each in _each(samples, "policies"):
        if not models.Policy.objects.filter(id=each["id"]).exists():
            content = shapes.Policy.model_validate(each).told()
            services.save_policy(content=content, name=str(each["id"]), by=by, at=at)
            policies += 1
    for each in _each(samples, "dataAgreements"):
        if not models.Agreement.objects.filter(id=each["id"]).exists():
            content = shapes.DataAgreement.model_validate(each).told()
            fields = tuple(one["name"] for one in content.get("dataAttributes", ()))
            terms = Terms(content["purpose"], (), fields)
            services.save_agreement(content=content, terms=terms, name=str(each["id"]), by=by, at=at)
            agreements += 1
    return {"policies": policies, "agreements": agreements}


def _each(samples: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in samples.get(name) or [] if isinstance(each, dict))
