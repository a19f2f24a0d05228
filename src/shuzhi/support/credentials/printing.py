"""The credential on paper (证照 PDF): text, square and the machine's own copy in one file, sealed as PAdES by the node.

Ordinary readers know no SM2, so the seal is always ECDSA on P-256, certified by an authority of the node's own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.crypto import certificates, node, signing
from shuzhi.support.credentials import models, queries, trust
from shuzhi.support.credentials.errors import StateForbids
from shuzhi.support.credentials.formats import cwt, pdf, statuslist
from shuzhi.support.credentials.types import STATE_TITLES, Credential, State

_NAMED = re.compile(r"{(\w+)}")
AUTHORITY, SEAL = "credentials-ca", "credentials-seal"


def as_pdf(number: str, *, office: str, at: datetime) -> bytes:
    """The credential as a sealed PDF; `office` is the issuing office's title.

    Raises:
        NoSuchCredential: as it says.
        StateForbids: it does not hold.
    """
    found = queries.credential(number)
    if found.state is not State.VALID:
        title = STATE_TITLES[found.state]
        raise StateForbids(number=number, state=title.en.lower(), state_zh=title.zh)
    kind = queries.kind_of(number)
    drawn = pdf.draw(
        pdf.Sheet(
            title=kind.title,
            office=office,
            number=number,
            facts=tuple((each.title, found.facts[each.id]) for each in kind.fields if each.id in found.facts),
            text=_sentence(kind.text, found.facts),
            basis=tuple(each.title for each in kind.basis),
            issued_at=found.issued_at,
            until=found.until,
            square=square(found, at=at),
        )
    )
    return pdf.seal(drawn, attached=queries.signed(number).file.encode(), seal=_seal(at=at))


def square(found: Credential, *, at: datetime) -> str:
    """What the square on paper says: the address where anybody checks it, with its stamp."""
    return f"{trust.issuer()}/verify/#{stamp(found, at=at)}"


def stamp(found: Credential, *, at: datetime) -> str:
    """The square's text: which credential this is and where its state stands; no fact about anybody."""
    key_id, key = trust.signer(at=at)
    claims: dict[int | str, object] = {
        cwt.ISSUER: trust.issuer(),
        cwt.NOT_BEFORE: int(found.issued_at.timestamp()),
        "t": "stamp",
        "k": found.kind,
        "z": found.title.zh,
        "n": found.number,
        "s": list(statuslist.place_of(found.place, trust.places_secret())),
        "f": {},
    }
    if found.until is not None:
        claims["e"] = int(found.until.timestamp())
    return cwt.sign(claims, key_id=key_id, key=key)


def authority() -> list[bytes]:
    """Certificates of the node's own authority, PEM."""
    rows = models.Certificate.objects.filter(role="ca").order_by("made_at")
    return [row.pem.encode() for row in rows]


@transaction.atomic
def _seal(*, at: datetime) -> pdf.Seal:
    """The sealing key with its chain; made when the first PDF is."""
    ring = node.keyring()
    top = ring.active(AUTHORITY) or ring.make(AUTHORITY, signing.P256, at=at)
    own = ring.active(SEAL) or ring.make(SEAL, signing.P256, at=at)
    ca_key, key = ring.signer(top), ring.signer(own)
    ca = _certificate(
        "ca", top.id, lambda: certificates.authority(_name("证照根 CA"), ca_key, at=at, serial=_serial()), at
    )
    leaf = _certificate(
        "seal",
        own.id,
        lambda: certificates.leaf(_name("电子证照签章"), key.public, ca, ca_key, at=at, serial=_serial()),
        at,
    )
    return pdf.Seal(key, leaf, ca)


def _sentence(text: Words | None, facts: Mapping[str, Any]) -> Words | None:
    """The kind's sentence with the facts in it; what is not said stays a blank."""
    if text is None:
        return None
    zh, en = (_NAMED.sub(lambda found: str(facts.get(found[1], "　")), each) for each in (text.zh, text.en))
    return Words(zh=zh, en=en)


def _certificate(role: str, key: str, make: Callable[[], bytes], at: datetime) -> bytes:
    row = models.Certificate.objects.filter(role=role, key=key).first()
    if row is None:
        row, _ = models.Certificate.objects.get_or_create(
            role=role, key=key, defaults={"pem": make().decode(), "made_at": at}
        )
    return row.pem.encode()


def _name(what: str) -> str:
    return f"数治 {what} {trust.issuer().partition('://')[2]}"[:64]


def _serial() -> int:
    return int.from_bytes(os.urandom(16)) >> 1
