"""What an audit entry says, as bytes (审计条目的规范形式): shared by the rooms and the gateway, and free of Django.

A stored entry must give the same bytes again years later. So facts hold only what the database returns
unchanged: texts, whole numbers, truth values, lists and mappings. Everything else becomes text once, here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
LIMITS = {
    "action": 100,
    "target": 300,
    "actor": 200,
    "office": 100,
    "purpose": 300,
    "basis": 300,
    "outcome": 20,
}

# PostgreSQL stores neither NUL nor half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Content:
    """An entry's content, in the form in which it is stored and digested."""

    at: datetime
    action: str
    target: str
    actor: str
    office: str | None = None
    purpose: str | None = None
    basis: str | None = None
    outcome: str = "done"
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 that the chain seals."""
        return canonical_digest(**asdict(self))


def content_of(
    *,
    at: datetime,
    action: str,
    target: str,
    actor: str,
    office: str | None = None,
    purpose: str | None = None,
    basis: str | None = None,
    outcome: str = "done",
    facts: Mapping[str, object] | None = None,
) -> Content:
    """Bring what a room wants to note into the form that can be stored and digested."""
    texts = {
        "action": action, "target": target, "actor": actor, "office": office,
        "purpose": purpose, "basis": basis, "outcome": outcome,
    }  # fmt: skip
    stored: dict[str, Any] = {name: _fitting(text, LIMITS[name]) for name, text in texts.items()}
    return Content(at=at.astimezone(UTC), facts=storable(dict(facts or {})), **stored)


def canonical_digest(
    *,
    at: datetime,
    action: str,
    target: str,
    actor: str,
    office: str | None,
    purpose: str | None,
    basis: str | None,
    outcome: str,
    facts: Mapping[str, Any],
) -> str:
    """SHA-256 over the entry's canonical JSON: sorted keys, UTC time, no spaces."""
    content = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": action,
        "target": target,
        "actor": actor,
        "office": office,
        "purpose": purpose,
        "basis": basis,
        "outcome": outcome,
        "facts": facts,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A stored entry that someone damaged may hold anything; it must give a different digest, not an error.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def next_link(previous: str, entry_digest: str) -> str:
    """The hash that ties an entry to all before it."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry_digest)).hexdigest()


def storable(value: object) -> Any:
    """A fact as JSON that PostgreSQL returns exactly as it was given."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_clean(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(_clean(str(item)) for item in value)
    return _clean(str(value))


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _fitting(text: str | None, limit: int) -> str | None:
    if text is None:
        return None
    text = _clean(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
