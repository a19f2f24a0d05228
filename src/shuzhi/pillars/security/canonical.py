"""What an audit entry says, as bytes (审计条目的规范形式): shared by the rooms and the gateway, and free of Django.

A stored entry must give the same bytes again years later. So facts hold only what the database returns
unchanged: texts, whole numbers, truth values, lists and mappings. Everything else becomes text once, here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

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
encode = msgspec.json.Encoder(order="sorted").encode


class Content(msgspec.Struct, frozen=True):
    """An entry's content, in the form in which it is stored and digested.

    `subjects` are keyed hashes of the persons, firms or records it is about (see `subjects`), never the
    identifiers themselves. An entry without any has no such key in its canonical form.
    """

    at: datetime
    action: str
    target: str
    actor: str
    office: str | None = None
    purpose: str | None = None
    basis: str | None = None
    outcome: str = "done"
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    subjects: tuple[str, ...] = ()

    @property
    def canonical(self) -> bytes:
        """The entry as bytes: these are what the log proves."""
        return canonical_bytes(
            at=self.at,
            action=self.action,
            target=self.target,
            actor=self.actor,
            office=self.office,
            purpose=self.purpose,
            basis=self.basis,
            outcome=self.outcome,
            facts=self.facts,
            subjects=self.subjects,
        )

    @property
    def digest(self) -> str:
        """The SHA-256 that is stored beside the entry."""
        return hashlib.sha256(self.canonical).hexdigest()


FIELDS = Content.__struct_fields__


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
    subjects: Sequence[str] = (),
) -> Content:
    """Bring what a room wants to note into the form that can be stored and digested."""
    return Content(
        at if at.tzinfo is UTC else at.astimezone(UTC),
        _fitting(action, LIMITS["action"]),
        _fitting(target, LIMITS["target"]),
        _fitting(actor, LIMITS["actor"]),
        None if office is None else _fitting(office, LIMITS["office"]),
        None if purpose is None else _fitting(purpose, LIMITS["purpose"]),
        None if basis is None else _fitting(basis, LIMITS["basis"]),
        _fitting(outcome, LIMITS["outcome"]),
        storable(facts) if facts else {},
        tuple(dict.fromkeys(subjects)) if subjects else (),
    )


def canonical_bytes(
    *,
    at: datetime,
    action: str,
    target: str,
    actor: str,
    office: str | None,
    purpose: str | None,
    basis: str | None,
    outcome: str,
    facts: Any,
    subjects: Sequence[str] | None = (),
) -> bytes:
    """An entry's canonical JSON: sorted keys, UTC time with microseconds, no spaces, UTF-8."""
    content: dict[str, Any] = {
        "action": action,
        "actor": actor,
        "at": (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds"),
        "basis": basis,
        "facts": facts,
        "office": office,
        "outcome": outcome,
        "purpose": purpose,
        "target": target,
    }
    if subjects:
        content["subjects"] = subjects
    return encode(content)


def canonical_digest(**content: Any) -> str:
    """SHA-256 over the entry's canonical JSON."""
    return hashlib.sha256(canonical_bytes(**content)).hexdigest()


def next_link(previous: str, entry_digest: str) -> str:
    """The hash that ties an entry to all before it."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry_digest)).hexdigest()


def storable(value: object) -> Any:
    """A fact as JSON that PostgreSQL returns exactly as it was given."""
    # Texts come first and by exact type, since entries are made many thousands a second.
    if type(value) is str:
        return value if value.isprintable() else _clean(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return {_clean(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(_clean(str(item)) for item in value)
    return _clean(str(value))


def _clean(text: str) -> str:
    # The common text is printable, which is told faster than by the pattern.
    return text if text.isprintable() else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _fitting(text: str, limit: int) -> str:
    text = _clean(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
