"""A batch: its receipt, what a person should know about it, and its quarantine."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.quality import queries as quality
from shuzhi.data.quality.errors import NotCheckedYet
from shuzhi.data.sources import jobs, queries
from shuzhi.data.sources.showing import shown_cells
from shuzhi.data.sources.types import Batch, Progress, Status
from shuzhi.data.sources.types import Step as CollectingStep
from shuzhi.foundation.clock import now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Column, Fact, Link, Pages, Receipt, Row, Said, Step, Steps, Table
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import actor_of, name_of, page, page_number, said
from shuzhi.terminals.staff.sources.batch_list import RUNNING
from shuzhi.terminals.staff.sources.running import running
from shuzhi.terminals.staff.sources.views import title_of

CELLS = (
    Column("row", Said("行号", "Row"), "number"),
    Column("column", Said("列", "Column")),
    Column("value", Said("值（已脱敏）", "Value, masked"), "code"),
    Column("reason", Said("原因", "Reason")),
)
HERE: dict[Status, Literal["now", "stopped"]] = {Status.COLLECTING: "now", Status.FAILED: "stopped"}


@requires("sources.read")
def show(request: HttpRequest, batch: str) -> HttpResponse:
    """One batch from hand-in to receipt."""
    found = queries.batch(batch)
    actor = actor_of(request)
    may_look = policy.allows("sources.read_quarantine", by=actor, office=found.office)
    may_collect = policy.allows("sources.collect", by=actor, office=found.office)
    return page(
        request,
        "staff/sources/batch.html",
        title=Said(f"批次 {found.id}", f"Batch {found.id}"),
        chips=[] if found.status in RUNNING else [titles.state_chip(titles.BATCH, found.status)],
        trail=(
            Link(Said("数据归集", "Sources"), reverse("staff:sources")),
            Link(_source_title(found), reverse("staff:source", args=[found.source])),
        ),
        batch=found,
        facts=_facts(found),
        receipt=_receipt(found) if found.status is Status.COLLECTED else None,
        **_progress(found),
        collect_url=reverse("staff:batch_collect", args=[found.id])
        if may_collect and found.status is Status.FAILED
        else "",
        repaired=_repaired(found),
        quarantine=_quarantine(found, page_number(request), actor)
        if may_look and found.quarantined
        else None,
        hidden_rows=found.quarantined if not may_look else 0,
        quality_url=_quality_url(found),
    )


def _source_title(found: Batch) -> Said:
    """What its source is called."""
    return title_of(queries.source(found.source), catalog.titles([found.dataset]))


def _progress(found: Batch) -> dict[str, Any]:
    """The steps, and while it runs the figures so far."""
    if found.status not in RUNNING:
        return {"way": _way(found, None)}
    so_far = queries.progress([found.id]).get(found.id)
    return {
        "way": _way(found, so_far),
        "running": running(found, so_far),
        "poll_url": reverse("staff:batch_progress", args=[found.id]),
    }


def _facts(found: Batch) -> list[Fact]:
    offices = organization.office_titles()
    datasets = catalog.titles([found.dataset])
    return [
        Fact(Said("文件", "File"), found.file_name),
        Fact(Said("部门", "Office"), name_of(offices, found.office)),
        Fact(
            Said("数据集", "Data set"),
            name_of(datasets, found.dataset),
            reverse("staff:dataset", args=[found.dataset]),
        ),
        Fact(Said("方式", "Mode"), titles.MODES[found.mode]),
        Fact(Said("收到时间", "Received"), found.received_at),
        Fact(Said("归集完成", "Collected"), found.collected_at),
        Fact(Said("大小", "Size"), Said(f"{found.size:,d} 字节", f"{found.size:,d} bytes")),
        Fact(Said("文件指纹", "SHA-256"), f"{found.sha256[:16]}…"),
    ]


def _receipt(found: Batch) -> Receipt:
    return Receipt(
        received=found.received,
        accepted=found.accepted,
        quarantined=found.quarantined,
        duplicates=found.duplicates,
        quarantine_url="#quarantine" if found.quarantined else "",
    )


def _way(found: Batch, so_far: Progress | None) -> Steps:
    """The stops of a batch, and which it is at; a failed one stopped at the second."""
    stops = (
        Said("接收，原件留存", "Received, original kept"),
        Said("逐行核对", "Rows checked"),
        Said("判定新旧和重复", "New, known and double told apart"),
        Said("写入数据湖", "Written to the lake"),
        Said("出具回执", "Receipt"),
    )
    if found.status is Status.COLLECTED:
        at = len(stops)
    elif found.status is Status.COLLECTING and so_far:
        at = 1 + list(CollectingStep).index(so_far.step)
    else:
        at = 1
    here: Literal["next", "now", "stopped"] = HERE.get(found.status, "next")
    return Steps(
        Said("归集步骤", "Collecting"),
        [Step(stop, "done" if n < at else here if n == at else "next") for n, stop in enumerate(stops)],
    )


def _repaired(found: Batch) -> list[Fact]:
    """What collecting put right by itself, by field."""
    fields = {f.id: f.name for f in catalog.entry(found.dataset).schema_.fields} if found.repaired else {}
    return [
        Fact(name_of(fields, name), Said(f"{count:,d} 处已规范", f"{count:,d} put into standard form"))
        for name, count in found.repaired.items()
        if count
    ]


def _quarantine(found: Batch, number: int, actor: Actor) -> Table:
    cells = queries.quarantined(found.id, number)  # the last page where one asks for more
    shown = shown_cells(cells, found, by=actor, at=now())
    return Table(
        id="quarantine",
        tall=False,
        caption=Said("隔离原因", "Reasons of the quarantine"),
        columns=CELLS,
        rows=[
            Row({"row": cell.row, "column": cell.column, "value": cell.value, "reason": said(cell.message)})
            for cell in shown.cells
        ],
        pages=Pages(shown.page, queries.CELLS_A_PAGE, shown.total),
    )


def _quality_url(found: Batch) -> str:
    try:
        quality.scorecard(found.dataset)
    except NotCheckedYet:
        return ""
    return reverse("staff:dataset_quality", args=[found.dataset])


@requires("sources.read")
def progress(request: HttpRequest, batch: str) -> HttpResponse:
    """How far a running batch is; asked for every second, and once it is done the page is loaded again."""
    found = queries.batch(batch)
    response = render(request, "staff/sources/progress.html", {**_progress(found), "polled": True})
    if found.status not in RUNNING:
        response.headers["HX-Refresh"] = "true"
    return response


@requires("sources.collect")
@require_POST
def collect(request: HttpRequest, batch: str) -> HttpResponse:
    """Try a failed batch once more."""
    found = queries.batch(batch)
    policy.require("sources.collect", by=actor_of(request), office=found.office)
    jobs.collect_later(found.id)
    return HttpResponseRedirect(reverse("staff:batch", args=[found.id]))
