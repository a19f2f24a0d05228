"""What was given back (回写) on its way: results become ordinary batches of their source, objections become dossiers.

Results of one interface leave together as a lot. Which they are is written down first, so that a lot has the same
content however often its worker is killed; receiving and collecting know a content that they had before.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.gateway.kinds.write_back import FIELD, REASON, VALUE
from shuzhi.data.exchange.services.handing import HANDED, take_over
from shuzhi.data.exchange.types import InterfaceKind, JobState
from shuzhi.data.exchange.work.errors import NoSuchEntity
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources import services as sources_services
from shuzhi.data.sources.types import Batch, Mode, Status
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import services as workflow

MOST_IN_A_LOT = 2_000
OBJECTION = "data-objection"
HEADER_LINES = 1


def settle_returns(*, by: Actor, at: datetime) -> int:
    """Settle what callers gave back so far; returns how many. Safe to repeat after a kill at any point.

    Raises:
        BatchBusy, EarlierBatchWaiting, LakeFull, LakeUnreachable: collecting has to wait; nothing is lost.
    """
    settled = _settle_sandbox(at=at)
    settled += sum(take_over(number, by=by, at=at) for number in _numbers(_waiting(**HANDED)))
    settled += sum(_open_objection(number, by=by, at=at) for number in _objections())
    for interface in _interfaces_with_results():
        for lot in (*_lots(interface), *_new_lots(interface)):
            settled += _collect(lot, by=by, at=at)
    return settled


@transaction.atomic
def follow_objection(payload: dict[str, Any], at: datetime) -> None:
    """The owning office decided an objection: its caller is told when it asks."""
    del at
    if payload["loop"] != OBJECTION:
        return
    row = models.Job.objects.select_for_update().filter(dossier=payload["dossier"]).first()
    if row is not None:
        row.outcome = (row.outcome or {}) | {"result": payload["state"]}
        row.save(update_fields=["outcome"])


def _waiting(**wanted: Any) -> Any:
    return models.Job.objects.filter(
        kind=InterfaceKind.WRITE_BACK.value,
        state__in=[JobState.WAITING.value, JobState.WORKING.value],
        subscription__sandbox=False,
        **wanted,
    )


def _settle_sandbox(*, at: datetime) -> int:
    """What came with a sandbox key is answered as if it had been taken in, and goes nowhere."""
    rows = models.Job.objects.filter(
        kind=InterfaceKind.WRITE_BACK.value,
        state__in=[JobState.WAITING.value, JobState.WORKING.value],
        subscription__sandbox=True,
    )
    told = {"result": "accepted", "sandbox": True}
    return rows.update(state=JobState.READY.value, outcome=told, done_at=at)


def _objections() -> list[int]:
    return _numbers(_waiting(subscription__interface__terms__source=None).exclude(**HANDED))


def _numbers(rows: Any) -> list[int]:
    return list(rows.order_by("id").values_list("id", flat=True)[:MOST_IN_A_LOT])


def _interfaces_with_results() -> list[str]:
    rows = _waiting().exclude(subscription__interface__terms__source=None).exclude(**HANDED)
    return sorted(set(rows.values_list("subscription__interface", flat=True)))


def _lots(interface: str) -> list[int]:
    rows = _waiting(subscription__interface=interface, lot__isnull=False)
    return sorted(set(rows.values_list("lot", flat=True)))


def _new_lots(interface: str) -> list[int]:
    with transaction.atomic():
        fresh = models.Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            kind=InterfaceKind.WRITE_BACK.value,
            state=JobState.WAITING.value,
            subscription__sandbox=False,
            subscription__interface=interface,
            lot=None,
        )
        numbers = list(fresh.order_by("id").values_list("id", flat=True)[:MOST_IN_A_LOT])
        models.Job.objects.filter(id__in=numbers).update(
            lot=min(numbers, default=None), state=JobState.WORKING.value
        )
    return numbers[:1]


def _collect(lot: int, *, by: Actor, at: datetime) -> int:
    rows = list(models.Job.objects.filter(lot=lot).select_related("subscription__interface").order_by("id"))
    terms = _terms(rows[0])
    with tempfile.TemporaryDirectory(prefix="shuzhi-returns-") as folder:
        file = Path(folder) / f"{rows[0].subscription.interface_id}-{lot}.csv"
        _write(file, [field["id"] for field in terms["written"]], rows)
        batch = sources_services.receive_file(
            source=terms["source"], path=file, by=by, at=at, mode=Mode.INCREMENTAL
        )
    batch = sources_services.collect_batch(batch=batch.id, by=by, at=at)
    return _settle(rows, batch, by=by, at=at)


def _terms(row: models.Job) -> dict[str, Any]:
    terms = row.subscription.interface.terms
    assert terms is not None  # it has been called, so it was published
    return dict(terms)


def _write(file: Path, fields: Sequence[str], rows: Sequence[models.Job]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(fields)
        writer.writerows([row.asked["values"].get(field, "") for field in fields] for row in rows)


@transaction.atomic
def _settle(rows: Sequence[models.Job], batch: Batch, *, by: Actor, at: datetime) -> int:
    reasons = _reasons(batch.id)
    for place, row in enumerate(rows, start=1 + HEADER_LINES):
        row.outcome, row.done_at, row.state = _outcome(batch, reasons.get(place)), at, JobState.READY.value
        row.save(update_fields=["outcome", "done_at", "state"])
    results = Counter(str((row.outcome or {})["result"]) for row in rows)
    audit.record(
        "exchange.returns_collected",
        target=f"interface/{rows[0].subscription.interface_id}",
        by=by,
        at=at,
        batch=batch.id,
        jobs=[row.id for row in rows],
        results=dict(results),
    )
    return len(rows)


def _outcome(batch: Batch, reasons: list[dict[str, str | None]] | None) -> dict[str, Any]:
    if batch.status is Status.FAILED:
        return {"result": "refused", "batch": batch.id, "reason": batch.problem}
    if reasons:
        return {"result": "quarantined", "batch": batch.id, "reasons": reasons}
    return {"result": "accepted", "batch": batch.id}


def _reasons(batch: str) -> dict[int, list[dict[str, str | None]]]:
    """Row of the file → why it is in quarantine."""
    found: dict[int, list[dict[str, str | None]]] = {}
    page, pages = 1, 1
    while page <= pages:
        shown = sources.quarantined(batch, page, size=500)
        for cell in shown.cells:
            reason = {"field": cell.field, "message": cell.message.en, "message_zh": cell.message.zh}
            found.setdefault(cell.row, []).append(reason)
        page, pages = page + 1, shown.pages
    return found


@transaction.atomic
def _open_objection(number: int, *, by: Actor, at: datetime) -> bool:
    """Put an objection before the owning office, once."""
    row = (
        models.Job.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("subscription__interface")
        .filter(id=number, state__in=[JobState.WAITING.value, JobState.WORKING.value])
        .first()
    )
    if row is None:
        return False
    said, terms = row.asked["values"], _terms(row)
    scheme = terms["parameters"][0]["id"]
    entity = registers.find(terms["register"], scheme, said[scheme])
    if entity is not None and not queries.is_in_scope(entity.id, queries.grant_of(row.subscription), at=at):
        entity = None  # not the caller's: the same as none
    row.done_at = at
    if entity is None:
        problem = NoSuchEntity()
        row.state = JobState.FAILED.value
        row.problem = {"code": problem.code, "message": str(problem), "message_zh": problem.message_zh}
    else:
        title = Words(
            zh=f"数据异议：{entity.label}的 {said[FIELD]}", en=f"Objection: {said[FIELD]} of {entity.label}"
        )
        dossier = workflow.open_dossier(
            loop=OBJECTION,
            subject=f"register/{terms['register']}",
            title=title,
            office=terms["owner"],
            requester=row.subscription.office,
            by=by,
            at=at,
            facts={name: said[name] for name in (scheme, FIELD, VALUE, REASON)} | {"entity": entity.id},
        )
        row.state, row.dossier = JobState.READY.value, dossier.id
        row.outcome = {"result": dossier.state, "dossier": dossier.id}
    row.save()
    audit.record(
        "exchange.objected",
        target=f"interface/{row.subscription.interface_id}",
        by=by,
        at=at,
        outcome="done" if entity else "failed",
        job=row.id,
        dossier=row.dossier,
        entity=entity.id if entity else None,
        field=said[FIELD],
    )
    return True
