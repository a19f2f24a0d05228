"""base64url as JOSE writes it, read strictly: a text that could be written otherwise is refused, so no byte may change."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from shuzhi.support.credentials.errors import Unreadable


def encode(content: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of a text that is written in the one right way.

    Raises:
        Unreadable: it is not.
    """
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        content = b""
    if not text or encode(content) != text:
        raise unreadable("base64url")
    return content


def encode_json(value: Any) -> str:
    """A value as compact JSON in base64url."""
    return encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decode_json(text: str) -> Any:
    """The value again.

    Raises:
        Unreadable: it is no JSON, or names a thing twice.
    """
    try:
        return json.loads(decode(text).decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise unreadable("JSON") from None


def read_object(text: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Unreadable: it is none, or names a thing twice.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise unreadable("JSON") from None
    if not isinstance(value, dict):
        raise unreadable("JSON")
    return value


def unreadable(what: str, what_zh: str = "") -> Unreadable:
    """The refusal of what can't be read."""
    return Unreadable(problem=what, problem_zh=what_zh or f"{what} 有误")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)
