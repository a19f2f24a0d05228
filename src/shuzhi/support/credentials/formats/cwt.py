"""Signed CBOR (CWT in COSE_Sign1, RFC 8392 and 9052) for squares: `SZ1:` and base64url.

Everything is protected and written in the one shortest way; whatever is written otherwise is refused.
"""

from __future__ import annotations

from typing import Any

import cbor2

from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.formats.coding import decode, encode, unreadable
from shuzhi.support.credentials.formats.keys import COSE, Keys, Signed, require_signature

PREFIX = "SZ1:"
SIGN1 = 18
ISSUER, EXPIRES, NOT_BEFORE, ISSUED, NONCE, STATUS = 1, 4, 5, 6, 7, 65535
ALGORITHM, KEY = 1, 4
LONGEST = 4000


def sign(claims: dict[int | str, Any], *, key_id: str, key: SigningKey) -> str:
    """Claims as a text that a square can hold."""
    protected = _write({ALGORITHM: COSE[key.algorithm], KEY: bytes.fromhex(key_id)})
    payload = _write(claims)
    signature = key.sign(_write(["Signature1", protected, b"", payload]))
    return PREFIX + encode(_write(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature])))


def read(text: str, keys: Keys) -> dict[Any, Any]:
    """The claims of a text that one of these keys signed.

    Raises:
        Unreadable, UnknownKey, NotGenuine: as they say.
    """
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise unreadable("code", "不是本平台的码")
    told = _read(decode(text.removeprefix(PREFIX)))
    if not isinstance(told, cbor2.CBORTag) or told.tag != SIGN1 or not isinstance(told.value, (list, tuple)):
        raise unreadable("COSE")
    if len(told.value) != 4 or told.value[1] != {}:  # noqa: PLR2004 - protected, unprotected, payload, signature
        raise unreadable("COSE")
    protected, _, payload, signature = told.value
    if not all(isinstance(each, bytes) for each in (protected, payload, signature)):
        raise unreadable("COSE")
    header, claims = _read(protected), _read(payload)
    if not isinstance(header, dict) or set(header) != {ALGORITHM, KEY} or not isinstance(claims, dict):
        raise unreadable("COSE")
    key_id = header[KEY].hex() if isinstance(header[KEY], bytes) else ""
    message = _write(["Signature1", protected, b"", payload])
    require_signature(keys, Signed(claims.get(ISSUER), key_id, header[ALGORITHM], COSE, message, signature))
    return dict(claims)


def _write(value: Any) -> bytes:
    return bytes(cbor2.dumps(value, canonical=True))


def _read(content: bytes) -> Any:
    try:
        value = cbor2.loads(content)
        if _write(value) != content:
            raise unreadable("CBOR")
    except (
        cbor2.CBORDecodeError,
        cbor2.CBOREncodeError,
        ValueError,
        TypeError,
        RecursionError,
        OverflowError,
    ):
        raise unreadable("CBOR") from None
    return value
