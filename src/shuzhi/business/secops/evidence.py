"""An incident's evidence (证据固定): one package that a third party verifies without the platform.

    incident.json           the finding, its dossier, every step          timeline.json   steps and entries in the order of time
    receipts/<entry>.json   audit entries, each with its proof of inclusion and a signed head
    keys.txt                the log's public keys                         verify_evidence.py, verify_audit.py
    manifest.json           SHA-256 of every file                         manifest.receipt.json   the manifest's own entry, proven

Nothing is signed anew: the manifest's digest is written into the audit log, whose heads are signed.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from shuzhi.business.secops import queries
from shuzhi.business.secops.types import Incident
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security import queries as log
from shuzhi.pillars.security.log import proofs, receipts, verify_audit
from shuzhi.pillars.security.queries import LoggedAct, Question
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow

MOST_ENTRIES = 500  # a file each; what is left off is counted in the manifest
EXPORTED = "secops.evidence_exported"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the archive's own times say nothing
VERIFIER = Path(__file__).with_name("verify_evidence.py")


def export_evidence(*, incident: int, by: Actor, at: datetime) -> bytes:
    """The package as a ZIP archive. Entries that still wait are sealed first.

    Raises:
        NoSuchIncident: there is none of this number.
        Forbidden: only who handles incidents and reads the log takes evidence out.
    """
    policy.require("secops.handle", by=by)
    policy.require("audit.read", by=by)
    found = queries.incident(incident)
    entries, left_off = _entries(found)
    files = dict(_files(found, entries, by=by, at=at))
    manifest = _json(
        {
            "format": "shuzhi-evidence-1",
            "incident": f"incident/{incident}",
            "at": at,
            "by": by.name,
            "entries": len(entries),
            "left_off": left_off,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )
    files["manifest.receipt.json"] = _noted(incident, manifest, by=by, at=at)
    files["manifest.json"] = manifest
    return _packed(files)


def _noted(incident: int, manifest: bytes, *, by: Actor, at: datetime) -> bytes:
    """Write the manifest's digest into the log, and prove that it is there."""
    digest = hashlib.sha256(manifest).hexdigest()
    with transaction.atomic():
        audit.record(EXPORTED, target=f"incident/{incident}", by=by, at=at, manifest=digest)
    rows = log.acts(Question(action=EXPORTED, target=f"incident/{incident}"), size=20)
    ref = next(row.ref for row in rows if row.facts.get("manifest") == digest)
    return receipts.as_json(receipts.receipt(ref, by=by, at=at))


def _entries(found: Incident) -> tuple[list[LoggedAct], int]:
    """What the log says of the incident, its dossier and its caller on its last day; how many more there are."""
    asked = (
        Question(target=f"incident/{found.id}"),
        Question(target=f"dossier/{found.dossier}"),
        Question(by=found.caller, day=found.day),
    )
    kept: dict[str, LoggedAct] = {}
    count = 0
    for question in asked:
        exact = [one for one in log.acts(question, size=MOST_ENTRIES) if question.target in ("", one.target)]
        kept |= {one.ref: one for one in exact[: MOST_ENTRIES - len(kept)] if one.ref not in kept}
        count += log.count_acts(question) if question.by else len(exact)
    return sorted(kept.values(), key=lambda one: (one.at, one.ref)), max(count - len(kept), 0)


def _files(
    found: Incident, entries: list[LoggedAct], *, by: Actor, at: datetime
) -> Iterator[tuple[str, bytes]]:
    dossier, steps = workflow.dossier(found.dossier), workflow.history(found.dossier)
    yield "incident.json", _json({"incident": asdict(found), "dossier": asdict(dossier), "steps": [asdict(one) for one in steps]})  # fmt: skip
    yield "timeline.json", _json(sorted(
        [{"at": one.at, "step": one.action or "opened", "state": one.state, "by": one.by, "note": one.note} for one in steps]
        + [{"at": one.at, "entry": one.ref, "action": one.action, "target": one.target, "by": one.actor, "outcome": one.outcome} for one in entries],
        key=lambda one: one["at"],
    ))  # fmt: skip
    for one in entries:
        yield f"receipts/{one.ref}.json", receipts.as_json(receipts.receipt(one.ref, by=by, at=at))
    yield "keys.txt", "".join(f"{key.text}\n" for key in proofs.public_keys()).encode()
    yield "verify_evidence.py", VERIFIER.read_bytes()
    yield "verify_audit.py", Path(verify_audit.__file__).read_bytes()


def _json(told: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told, enc_hook=_plain), indent=1)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


def _packed(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
