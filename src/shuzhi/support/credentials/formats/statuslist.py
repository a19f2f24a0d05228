"""Status lists (状态表): what issuers say today of many credentials at once (draft-ietf-oauth-status-list, Token Status List).

Two bits a credential, compressed and signed. Whoever asks for a list does not say about whom. A list holds SIZE
places; those of one list are mixed by a secret, so that neighbours in it are no neighbours in time.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.errors import Revoked, StatusUnknown, Suspended
from shuzhi.support.credentials.formats import jws
from shuzhi.support.credentials.formats.coding import decode, encode, unreadable
from shuzhi.support.credentials.formats.keys import Keys
from shuzhi.support.credentials.types import State

TYPE = "statuslist+jwt"
SIZE = 65536
BITS, A_BYTE = 2, 4
LONGEST = SIZE // A_BYTE
MOST_BYTES = 1 << 22  # of another issuer's list, unpacked
GOOD_FOR, ASK_AGAIN = timedelta(hours=24), timedelta(minutes=5)
CODES = {State.VALID: 0, State.REVOKED: 1, State.SUSPENDED: 2}


@dataclass(frozen=True)
class StatusList:
    """A list that was read: of which address, from when, and until when it may be relied on."""

    uri: str
    bits: bytes
    width: int
    made_at: datetime
    until: datetime

    def at(self, place: int) -> int | None:
        """What it says of a place."""
        each = 8 // self.width
        if not 0 <= place < len(self.bits) * each:
            return None
        return self.bits[place // each] >> (place % each * self.width) & ((1 << self.width) - 1)


Lists = Mapping[str, StatusList]


def place_of(number: int, secret: bytes) -> tuple[int, int]:
    """(list, place in it) of the credential with this running number."""
    which, place = divmod(number, SIZE)
    mixed = int.from_bytes(hmac.digest(secret, str(which).encode(), hashlib.sha256)[:8])
    return which, (place * (mixed | 1) + (mixed >> 32)) % SIZE


def publish(
    uri: str, states: Iterable[tuple[int, State]], *, issuer: str, key_id: str, key: SigningKey, at: datetime
) -> str:
    """Sign a list of the places that are not valid."""
    bits = bytearray(LONGEST)
    for place, state in states:
        bits[place // A_BYTE] |= CODES[state] << (place % A_BYTE * BITS)
    payload = {
        "iss": issuer,
        "sub": uri,
        "iat": int(at.timestamp()),
        "exp": int((at + GOOD_FOR).timestamp()),
        "ttl": int(ASK_AGAIN.total_seconds()),
        "status_list": {"bits": BITS, "lst": encode(zlib.compress(bytes(bits), 9))},
    }
    return jws.sign(TYPE, payload, key_id=key_id, key=key)


def read(token: str, keys: Keys) -> StatusList:
    """A list that one of these keys signed.

    Raises:
        Unreadable, UnknownKey, NotGenuine: as they say.
    """
    payload = jws.read(TYPE, token.strip(), keys)
    try:
        told = payload["status_list"]
        width, packed = told["bits"], decode(told["lst"])
        unpacking = zlib.decompressobj()
        bits = unpacking.decompress(packed, MOST_BYTES)
        if width not in (1, 2, 4, 8) or unpacking.unconsumed_tail:
            raise unreadable("status list", "状态表有误")
        made, until = (datetime.fromtimestamp(payload[name], UTC) for name in ("iat", "exp"))
        return StatusList(str(payload["sub"]), bits, width, made, until)
    except (KeyError, TypeError, ValueError, OverflowError, zlib.error):
        raise unreadable("status list", "状态表有误") from None


def require_valid(status: Any, lists: Lists, *, at: datetime, leeway: timedelta) -> StatusList:
    """What a credential's issuer says of it in a current list; `status` is the claim that names list and place.

    Raises:
        StatusUnknown: there is no list of this address that is current and has this place.
        Revoked, Suspended: as they say.
    """
    try:
        uri, place = status["status_list"]["uri"], status["status_list"]["idx"]
    except (KeyError, TypeError):
        raise unreadable("status", "缺少状态") from None
    found = lists.get(uri) if isinstance(uri, str) else None
    said = found.at(place) if found and isinstance(place, int) else None
    if found is None or said is None or not found.made_at - leeway <= at <= found.until + leeway:
        raise StatusUnknown(list=str(uri)[:200])
    if said == CODES[State.SUSPENDED]:
        raise Suspended
    if said != CODES[State.VALID]:
        raise Revoked
    return found
