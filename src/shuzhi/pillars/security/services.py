"""Writes of this room that are asked for by people; everything else writes to the log through `audit`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy, queries, subjects
from shuzhi.pillars.security.crypto import node, resealing, signing
from shuzhi.pillars.security.crypto.errors import NoSuchKey
from shuzhi.pillars.security.crypto.keyring import Key
from shuzhi.pillars.security.erasing import erasable_keys
from shuzhi.pillars.security.queries import LoggedAct
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def ask_who_saw(
    *, scheme: str, value: str, by: Actor, at: datetime, page: int = 1, size: int = queries.PAGE
) -> list[LoggedAct]:
    """Who saw a subject's data, why and on what basis (谁看过我的数据), the newest first.

    Asking is itself an entry about the subject. The identifier is neither stored nor logged.

    Raises:
        Forbidden: the actor may not ask.
    """
    policy.require("audit.subject", by=by)
    references = subjects.references_of(scheme, value)
    found = queries.acts_about(references, page=page, size=size)
    audit.record(
        "audit.subject_asked",
        target="audit/subjects",
        by=by,
        at=at,
        subjects=references,
        scheme=scheme,
        page=page,
    )
    return found


def rotate_key(*, purpose: str, by: Actor, at: datetime) -> Key:
    """Make a new key of this purpose the active one (轮换密钥); what earlier ones sealed follows in the background.

    Raises:
        Forbidden: the actor is no administrator.
        NoSuchKey: there is no key of this purpose yet, so there is nothing to rotate.
    """
    policy.require("keys.rotate", by=by)
    ring = node.keyring()
    earlier = ring.active(purpose)
    if earlier is None:
        raise NoSuchKey(key=purpose)
    suite = node.suite()
    algorithm = suite.signature if earlier.algorithm in signing.ALGORITHMS else suite.cipher
    key = ring.make(purpose, algorithm, at=at)
    audit.record(
        "keys.rotated",
        target=f"key/{purpose}",
        by=by,
        at=at,
        key=key.id,
        algorithm=algorithm,
        earlier=earlier.id,
    )
    return key


def rotate_master(*, by: Actor, at: datetime) -> int:
    """Make a new master key and wrap every key under it; returns how many. Values need not change.

    Raises:
        Forbidden: the actor is no administrator.
        KeyServiceUnavailable: the key service doesn't serve.
    """
    policy.require("keys.rotate", by=by)
    ring = node.keyring()
    master = ring.masters.rotate()
    count = ring.rewrap() + erasable_keys().rewrap()
    audit.record("keys.master_rotated", target="key/master", by=by, at=at, master=master, keys=count)
    return count


def finish_rotations(*, by: Actor, at: datetime) -> dict[str, int]:
    """Seal anew what still stands under earlier keys, and retire those; returns values by purpose."""
    counts = resealing.finish_rotations(node.keyring(), at=at)
    if counts:
        audit.record("keys.resealed", target="key/all", by=by, at=at, values=counts)
    return counts
