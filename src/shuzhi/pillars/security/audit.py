"""Audit log (审计日志): append-only entries in a Merkle log with signed heads, which anyone can verify.

An entry is written in the transaction of the act it describes, so an act without its entry cannot
commit. Sealing gives entries their place in the log a moment later: writers never wait for one another.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from shuzhi.foundation.database import prepared
from shuzhi.pillars.security.canonical import FIELDS, content_of
from shuzhi.pillars.security.log.proofs import consistency_proof, head, inclusion_proof
from shuzhi.pillars.security.log.sealing import seal
from shuzhi.pillars.security.log.verifying import Verification, verify
from shuzhi.pillars.security.types import Actor

__all__ = [
    "Verification", "consistency_proof", "head", "inclusion_proof", "record", "seal", "verify",
]  # fmt: skip


_INTO = """
INSERT INTO security_auditentry
    (at, action, target, actor, office, purpose, basis, outcome, facts, subjects, digest)
"""
_PLACES = "(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)"


def record(
    action: str,
    *,
    target: str,
    by: Actor,
    at: datetime,
    outcome: str = "done",
    subjects: Sequence[str] = (),
    **facts: object,
) -> None:
    """Write one entry in the running transaction; `subjects` are references of those it is about.

    Whoever acts for somebody else stands there as who acts, and the entry is about the other as well.
    """
    if by.behalf is not None:
        facts["behalf"] = f"delegation/{by.behalf.delegation}"
        subjects = (*subjects, by.behalf.subject)
    content = content_of(
        at=at,
        action=action,
        target=target,
        actor=by.name,
        office=by.office,
        purpose=by.purpose,
        basis=by.basis,
        outcome=outcome,
        facts=facts,
        subjects=subjects,
    )
    values = [getattr(content, name) for name in FIELDS[:-2]]
    told, digest = json.dumps(content.facts, ensure_ascii=False), content.digest
    # One statement and nothing around it: this is written thousands of times a second.
    prepared.write_row(_INTO, _PLACES, [*values, told, list(content.subjects) or None, digest])
