"""Batches in lists: all of them with filters, and those of one source; a running one shows its figures so far."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.sources import queries
from shuzhi.data.sources.types import Batch, Progress, Status, Step
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Choice, Column, Field, Link, Pages, Row, Said, Table
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import (
    Titles,
    asked_for,
    name_of,
    office_filter,
    page,
    select_filter,
    turn,
)

ROWS = 20
COLUMNS = (
    Column("batch", Said("批次", "Batch")),
    Column("mode", Said("方式", "Mode")),
    Column("state", Said("状态", "State"), "chips"),
    Column("received", Said("收到", "Received"), "number"),
    Column("accepted", Said("入库", "Accepted"), "number"),
    Column("quarantined", Said("隔离", "Quarantined"), "number"),
    Column("duplicates", Said("重复", "Duplicates"), "number"),
    Column("at", Said("收到时间", "Received at"), "date"),
)
WITH_OFFICE = (COLUMNS[0], Column("office", Said("部门", "Office")), *COLUMNS[1:])
RUNNING = (Status.RECEIVED, Status.COLLECTING)


@requires("sources.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Every batch, the newest first, by office, data set and state."""
    asked = asked_for(request, "office", "dataset", "status")
    status = Status(asked["status"]) if asked.get("status") in set(Status) else None
    wanted = {"office": asked.get("office"), "dataset": asked.get("dataset")}
    pages = turn(request, queries.receipts(status=status, **wanted).batches, ROWS)
    shown = queries.batches(status=status, most=ROWS, page=pages.number, **wanted)
    offices, datasets = organization.office_titles(), catalog.titles({batch.dataset for batch in shown})
    return page(
        request,
        "staff/sources/batches.html",
        title=Said("批次", "Batches"),
        lead=Said("交来的每一批，最近的在前。", "Everything that was handed in, the newest first."),
        trail=(Link(Said("数据归集", "Sources"), reverse("staff:sources")),),
        running=any(batch.status in RUNNING for batch in shown),
        table=Table(
            id="batches",
            caption=Said("批次", "Batches"),
            columns=WITH_OFFICE,
            rows=_rows(shown, offices, datasets),
            query=asked,
            pages=pages,
            filters=_filters(asked, offices),
            empty=Said("没有符合条件的批次。", "No batch fits."),
        ),
    )


def _rows(shown: Sequence[Batch], offices: Titles, datasets: Titles) -> list[Row]:
    so_far = progress_of(shown)
    rows = []
    for batch in shown:
        row = batch_row(batch, so_far)
        cells = {
            **row.cells,
            "batch": Cell(batch.id, under=name_of(datasets, batch.dataset)),
            "office": name_of(offices, batch.office),
        }
        rows.append(Row(cells, url=row.url))
    return rows


def _filters(asked: dict[str, str], offices: Titles) -> tuple[Field, ...]:
    states = (
        Choice("", Said("全部状态", "All states")),
        *(Choice(state.value, titles.BATCH[state][0]) for state in Status),
    )
    return (
        office_filter(asked, offices),
        select_filter(asked, "status", Said("状态", "State"), states),
    )


def batch_table(
    batches: Sequence[Batch],
    *,
    pages: Pages | None,
    caption: Said,
    empty: Said,
    empty_action: Link | None = None,
) -> Table:
    """The batches of one source or data set."""
    so_far = progress_of(batches)
    return Table(
        id="batches",
        tall=False,
        caption=caption,
        columns=COLUMNS,
        rows=[batch_row(batch, so_far) for batch in batches],
        pages=pages,
        empty=empty,
        empty_action=empty_action,
    )


def progress_of(batches: Sequence[Batch]) -> dict[str, Progress]:
    """How far those are that run; no statement when none does."""
    running = [batch.id for batch in batches if batch.status in RUNNING]
    return queries.progress(running) if running else {}


def batch_row(batch: Batch, so_far: dict[str, Progress]) -> Row:
    """A batch as lists show it."""
    return Row(
        cells={
            "batch": Cell(batch.id, under=batch.file_name),
            "mode": titles.MODES[batch.mode],
            "state": titles.state_chip(titles.BATCH, batch.status),
            **_figures(batch, so_far.get(batch.id)),
            "at": batch.received_at,
        },
        url=reverse("staff:batch", args=[batch.id]),
    )


def _figures(batch: Batch, so_far: Progress | None) -> dict[str, object]:
    """The receipt; before there is one what is counted so far, and a dash for what nobody knows yet."""
    if batch.status is Status.COLLECTED:
        return {
            "received": batch.received,
            "accepted": batch.accepted,
            "quarantined": batch.quarantined,
            "duplicates": batch.duplicates,
        }
    if so_far is None:
        return {}
    judged = so_far.step is Step.WRITING
    return {
        "received": Cell(so_far.read, under=Said("已读", "read so far")),
        "accepted": so_far.accepted if judged else None,
        "quarantined": so_far.quarantined,
        "duplicates": so_far.duplicates if judged else None,
    }
