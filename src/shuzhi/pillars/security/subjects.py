"""Whom an entry is about (数据主体), as a keyed hash: the log answers "who saw my data" and names nobody.

Without the node's key a reference tells nothing, and can't be found by trying all identity numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings

KEY = "audit-subjects"  # the name of the node's secret; it is never rotated, or earlier entries would not be found
USCC, RESIDENT, ENTITY = "uscc", "resident_id", "entity"

Identity = tuple[str, str]  # a scheme and a value in it
# Rooms that know the same person or firm by other identifiers say so here when they are ready.
_resolvers: list[Callable[[str, str], Iterable[Identity]]] = []


def subject_reference(key: bytes, scheme: str, value: str) -> str:
    """The reference of one identifier: 128 bits of HMAC-SHA256 in hexadecimal.

    An identifier has one reference however it is typed: wide letters, small letters and spaces don't matter.
    """
    told = value if value.isascii() else unicodedata.normalize("NFKC", value)
    digest = _keyed(key).copy()
    digest.update(f"{scheme}\n{told.strip().upper()}".encode("utf-8", "replace"))
    return digest.finalize()[:16].hex()


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> HMAC:
    """The state after the key, which is the same for all references and is copied for each."""
    return HMAC(key, hashes.SHA256())


@lru_cache(maxsize=1)
def node_key() -> bytes:
    """The node's key for references."""
    return secret(settings().home, KEY).encode()


def node_reference(scheme: str, value: str) -> str:
    """The reference of an identifier on this node."""
    return subject_reference(node_key(), scheme, value)


def resolve_by(resolver: Callable[[str, str], Iterable[Identity]]) -> None:
    """Ask this function too which identifiers name the same subject."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def references_of(scheme: str, value: str) -> list[str]:
    """The references of a subject by all identifiers that are known of it, the given one first."""
    named = [
        (scheme, value),
        *(found for resolver in _resolvers for found in resolver(scheme, value.strip())),
    ]
    return list(dict.fromkeys(node_reference(*each) for each in named))
