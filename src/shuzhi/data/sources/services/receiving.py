from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max

from shuzhi.data.sources import keeping, models, queries
from shuzhi.data.sources.errors import NotAFileSource
from shuzhi.data.sources.services.registering import require_in_use
from shuzhi.data.sources.types import Batch, Kind, Mode, Source, Status
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

_ORDERING = 5348003  # the advisory lock under which a data set's next sequence number is taken


def receive_file(
    *,
    source: str,
    path: Path,
    by: Actor,
    at: datetime,
    mode: Mode | None = None,
    name: str | None = None,
    declared_rows: int | None = None,
    again: bool = False,
) -> Batch:
    """Take over a file (接收): keep its content, give it its place in the order. Collecting comes after.

    The same content for the same source and mode again returns the earlier batch, unless that one failed. With
    `again` it holds anew when other content came since: that is how a source returns to an earlier state.
    `name` is what the sender called the file; `declared_rows` how many rows they say it has.

    Raises:
        NoSuchSource: the source is not registered.
        NotAFileSource: the source is a database.
        FileKeepsChanging: the file was written to meanwhile.
        NoSpaceForFile: the disk is full.
        Forbidden: the actor does not speak for the office.
    """
    found = queries.source(source)
    policy.require("sources.receive", by=by, office=found.office)
    require_in_use(source)
    if found.kind is not Kind.FILE:
        raise NotAFileSource(source=source)
    kept = keeping.keep_file(path)
    return place_in_order(
        found,
        kept,
        mode=mode or found.mode,
        name=name or path.name,
        by=by,
        at=at,
        declared_rows=declared_rows,
        again=again,
    )


@transaction.atomic
def place_in_order(
    source: Source,
    kept: keeping.Kept,
    *,
    mode: Mode,
    name: str,
    by: Actor,
    at: datetime,
    declared_rows: int | None = None,
    reaches: str | None = None,
    again: bool = False,
) -> Batch:
    """Create the batch of kept content. Its sequence is counted, not read from a clock, so clocks may jump."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_ORDERING, source.dataset])
    earlier = _same_content(source, kept, mode)
    if earlier is not None and not (again and _came_between(earlier)):
        return queries.batch_value(earlier)
    last = models.Batch.objects.filter(dataset=source.dataset).aggregate(last=Max("seq"))["last"]
    seq = (last or 0) + 1
    row = models.Batch.objects.create(
        id=f"{source.id}-{seq:06d}",
        source_id=source.id,
        dataset=source.dataset,
        office=source.office,
        seq=seq,
        mode=mode.value,
        status=Status.RECEIVED.value,
        file_name=name[-300:],
        sha256=kept.sha256,
        turn=earlier.turn + 1 if earlier else 1,
        size=kept.size,
        declared_rows=declared_rows,
        reaches=reaches,
        received_at=at,
    )
    facts = {"source": source.id, "file": row.file_name, "sha256": kept.sha256, "mode": mode.value}
    audit.record("sources.batch_received", target=f"batch/{row.id}", by=by, at=at, **facts)
    return queries.batch_value(row)


def _same_content(source: Source, kept: keeping.Kept, mode: Mode) -> models.Batch | None:
    same = models.Batch.objects.filter(source_id=source.id, mode=mode.value, sha256=kept.sha256)
    return same.exclude(status=Status.FAILED.value).order_by("-turn").first()


def _came_between(earlier: models.Batch) -> bool:
    later = models.Batch.objects.filter(source_id=earlier.source_id, seq__gt=earlier.seq)
    return later.exclude(status=Status.FAILED.value).exists()
