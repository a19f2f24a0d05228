"""Requests from a collected data set (批量转入): every row becomes a request once, whatever is killed and done again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from shuzhi.business.incidents import queries
from shuzhi.business.incidents.errors import NoSuchDesk, NothingSaid
from shuzhi.business.incidents.services.taking_in import NUMBER, Told, take_in
from shuzhi.business.incidents.types import Channel, Import, Imported
from shuzhi.data.sources import queries as sources
from shuzhi.foundation import lake
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

BATCH = 200


def import_requests(*, desk: str, dataset: str, code: Callable[[], str], by: Actor, at: datetime) -> Imported:
    """Make requests of a data set's current rows; those that are requests already are left alone.

    A row that says nothing at all is counted as quarantined, beside those that the collecting set aside.

    Raises:
        NoSuchDesk: there is no such desk, or it takes no such data set.
        Forbidden: it is another office's.
    """
    declared = queries.desk(desk)
    policy.require("incidents.take_in", by=by, office=declared.office)
    how = next((each for each in declared.imports if each.dataset == dataset), None)
    if how is None:
        raise NoSuchDesk(desk=f"{desk}/{dataset}")
    counts: Counter[str] = Counter()
    offices: Counter[str] = Counter()
    for rows in _batches(how):
        with transaction.atomic():
            _take(desk, how, rows, counts, offices, code=code, by=by, at=at)
    set_aside = _set_aside(dataset)
    made = Imported(
        rows=sum(counts.values()) + set_aside, opened=counts["opened"], merged=counts["merged"],
        known=counts["known"], quarantined=counts["empty"] + set_aside, offices=dict(offices),
    )  # fmt: skip
    audit.record(
        "incidents.imported", target=f"desk/{desk}", by=by, at=at, dataset=dataset, rows=made.rows,
        opened=made.opened, merged=made.merged, known=made.known, quarantined=made.quarantined,
    )  # fmt: skip
    return made


def _take(
    desk: str, how: Import, rows: list[dict[str, Any]], counts: Counter[str], offices: Counter[str], *,
    code: Callable[[], str], by: Actor, at: datetime,
) -> None:  # fmt: skip
    origins = [f"{how.dataset}/{row[how.key]}"[:300] for row in rows]
    known = queries.known_origins(origins)
    for origin, row in zip(origins, rows, strict=True):
        if origin in known:
            counts["known"] += 1
            continue
        known.add(origin)
        try:
            taken = take_in(
                desk=desk,
                channel=Channel(how.channel),
                told=_told(how, row),
                code=code(),
                by=by,
                at=at,
                origin=origin,
            )
        except NothingSaid:
            counts["empty"] += 1
            continue
        counts["merged" if taken.request.merged_into else "opened"] += 1
        offices[taken.request.office] += 1


def _told(how: Import, row: dict[str, Any]) -> Told:
    caller = str(row.get(how.caller) or "") if how.caller else ""
    return Told(
        subject=_joined(row, how.subject), said=_joined(row, how.said), place=_joined(row, how.place),
        caller=caller if NUMBER.match(caller) else "",
    )  # fmt: skip


def _joined(row: dict[str, Any], fields: tuple[str, ...]) -> str:
    return " ".join(str(row[field]).strip() for field in fields if row.get(field) not in (None, ""))


def _batches(how: Import) -> Iterator[list[dict[str, Any]]]:
    names = sorted({how.key, *how.subject, *how.said, *how.place, *([how.caller] if how.caller else [])})
    table = lake.current(how.dataset, columns=names).sort_by(how.key)
    for batch in table.to_batches(max_chunksize=BATCH):
        rows = iter(batch.to_pylist())
        while chunk := list(islice(rows, BATCH)):
            yield chunk


def _set_aside(dataset: str) -> int:
    """Rows of the latest collected batch that wait in quarantine or stood there twice."""
    found = [
        batch
        for source in sources.sources()
        if source.dataset == dataset
        for batch in sources.batches(source=source.id)
        if batch.status == "collected"
    ]
    latest = max(found, key=lambda batch: batch.collected_at or batch.received_at, default=None)
    return latest.quarantined + latest.duplicates if latest else 0
