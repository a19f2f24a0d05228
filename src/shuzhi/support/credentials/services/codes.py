"""The one code (一码通): what the holder chose to show, signed for a minute; read once by each verifier."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import models, queries, trust
from shuzhi.support.credentials.errors import CodeReplayed, NothingToShow
from shuzhi.support.credentials.formats import cwt, statuslist
from shuzhi.support.credentials.formats.coding import unreadable
from shuzhi.support.credentials.services.trying import verify
from shuzhi.support.credentials.types import Code, Found
from shuzhi.support.credentials.verifying import SKEW

LIFE = timedelta(seconds=60)
STEP = timedelta(seconds=30)
AHEAD = 10  # codes that a phone keeps for when it loses the network: five minutes
MOST_SHOWN = 3  # more make a square that a phone can't read


@transaction.atomic
def show_on_code(
    *, holder: tuple[str, str], shown: Mapping[str, Sequence[str]], by: Actor, at: datetime
) -> None:
    """Choose what the code shows (授权范围): fields by the number of the credential; all else is not shown any more.

    Raises:
        NothingToShow: none of them is a valid credential of this holder, or there are more than fit.
    """
    rows = list(queries.rows_of(*holder).filter(number__in=list(shown), state="valid"))
    if len(rows) > MOST_SHOWN or (shown and not rows):
        raise NothingToShow
    models.ShownOnCode.objects.filter(credential__scheme=holder[0], credential__holder=holder[1]).delete()
    for row in rows:
        allowed = [each.id for each in queries.declared(row.kind).fields if each.code]
        chosen = [name for name in allowed if name in shown[row.number]]
        models.ShownOnCode.objects.create(credential=row, fields=chosen, since=at)
    audit.record(
        "credentials.code_chosen",
        target="code",
        by=by,
        at=at,
        subjects=[node_reference(*holder)],
        credentials=sorted(row.number for row in rows),
    )


def codes(
    *, holder: tuple[str, str], at: datetime, many: int = AHEAD, entropy: Callable[[int], bytes] = os.urandom
) -> list[Code]:
    """The codes of the next minutes, one every STEP, each good for LIFE.

    Raises:
        NothingToShow: the holder has chosen nothing that is valid now.
    """
    shown = models.ShownOnCode.objects.select_related("credential__kind").filter(
        credential__scheme=holder[0], credential__holder=holder[1], credential__state="valid"
    )
    parts = [
        _part(each)
        for each in shown.order_by("credential__number")
        if each.credential.until is None or each.credential.until > at
    ]
    if not parts:
        raise NothingToShow
    key_id, key = trust.signer(at=at)
    made = []
    for step in range(many):
        since = (at + step * STEP).replace(microsecond=0)
        until = since + LIFE
        claims: dict[int | str, Any] = {
            cwt.ISSUER: trust.issuer(),
            cwt.NOT_BEFORE: int(since.timestamp()),
            cwt.EXPIRES: int(until.timestamp()),
            cwt.NONCE: entropy(12),
            "t": "code",
            "w": parts,
        }
        made.append(Code(cwt.sign(claims, key_id=key_id, key=key), since, until))
    return made


@transaction.atomic
def read_code(*, code: str, by: Actor, at: datetime) -> Found:
    """Check a code that somebody shows (核验一码通). The same verifier takes a code once.

    Raises:
        CodeReplayed: this verifier has seen it.
        Unreadable, UnknownKey, NotGenuine, Expired, NotYet, Revoked, Suspended, Forbidden: as they say.
    """
    policy.require("credentials.scan", by=by)
    found = verify(document=code, at=at)
    if found.form != "code" or found.until is None:
        raise unreadable("code", "不是一码通")
    models.SeenCode.objects.filter(until__lt=at - 2 * SKEW).delete()
    try:
        with transaction.atomic():
            models.SeenCode.objects.create(verifier=by.name, nonce=found.nonce, until=found.until)
    except IntegrityError:
        raise CodeReplayed from None
    audit.record(
        "credentials.code_read",
        target="code",
        by=by,
        at=at,
        subjects=queries.references_of_numbers([each.number for each in found.parts]),
        nonce=found.nonce,
        credentials=[each.number for each in found.parts],
        fields=sorted({name for each in found.parts for name in each.shows}),
    )
    return found


def _part(shown: models.ShownOnCode) -> dict[str, object]:
    row = shown.credential
    facts = queries.facts_of(row)
    kind = queries.declared(row.kind)
    told: dict[str, object] = {
        "k": kind.credential,
        "z": kind.title.zh,
        "n": row.number,
        "s": list(statuslist.place_of(row.id, trust.places_secret())),
        "f": {name: facts[name] for name in shown.fields if name in facts},
    }
    if row.until is not None:
        told["e"] = int(row.until.timestamp())
    return told
