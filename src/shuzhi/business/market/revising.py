"""Revisions (修订): what an object said at a moment, each bound to the one before it.

The digest is SHA-1, as the GovStack contract wants it, and identifies only. What proves that nothing was changed is the
audit log, which notes every digest.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.db import connection

from shuzhi.business.market import models

LOCK = 7_231_010


def revise(
    schema: str,
    name: str,
    content: dict[str, Any],
    *,
    at: datetime,
    individual: str = "",
    other: str = "",
    signature: str = "",
) -> models.Revision:
    """Write the next revision of an object and make it the successor of the last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT COALESCE(max(place), 0) + 1 FROM market_revision")
        place = cursor.fetchone()[0]
    before = latest(schema, name)
    snapshot = serialize(
        {
            "objectData": content,
            "schemaName": schema,
            "objectId": name,
            "signedWithoutObjectId": False,
            "timestamp": at.isoformat(),
            "authorizedByIndividual": individual or None,
            "authorizedByOther": other or None,
        }
    )
    made = models.Revision.objects.create(
        id=str(uuid.uuid4()),
        place=place,
        schema=schema,
        object=name,
        snapshot=snapshot,
        digest=digest_of(snapshot),
        at=at,
        individual=individual,
        other=other,
        predecessor_digest=before.digest if before else "",
        predecessor_signature=signature,
    )
    if before is not None:
        models.Revision.objects.filter(id=before.id).update(successor=made.id)
    return made


def latest(schema: str, name: str) -> models.Revision | None:
    """An object's last revision."""
    return models.Revision.objects.filter(schema=schema, object=name).order_by("-place").first()


def serialize(content: Any) -> str:
    """Canonical JSON."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """The contract's digest of a serialized object."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
