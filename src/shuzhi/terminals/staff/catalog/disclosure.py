"""The check before opening, as a page: what a release would give away of persons, and in which cells."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries
from shuzhi.data.opendata import disclosure
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.anonymity import Finding
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Chip, Column, Fact, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

FAULTS = {
    "few": Said("人数太少（k-匿名）", "Too few rows (k-anonymity)"),
    "uniform": Said("敏感值太单一（l-多样性）", "Too alike (l-diversity)"),
    "small": Said("计数太小", "Small counts"),
    "identified": Said("直接指向个人的字段", "Names persons"),
}
CELLS = (
    Column("where", Said("单元", "Cell")),
    Column("fault", Said("问题", "Fault")),
    Column("rows", Said("行数", "Rows"), "number"),
)


@requires("opendata.open")
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """The check of the rows as they would go out today."""
    entry = queries.entry(dataset)
    policy.require("opendata.open", by=actor_of(request), office=entry.owner)
    found, errors = None, None
    try:
        found = disclosure.check(dataset, at=now())
    except PlatformError as refusal:
        errors = refusal_above(refusal)
    return page(
        request,
        "staff/catalog/disclosure.html",
        title=Said("开放前核查", "Check before opening"),
        lead=said(entry.title),
        chips=[_verdict(found)] if found else [],
        trail=(
            Link(Said("数据目录", "Catalog"), reverse("staff:catalog")),
            Link(said(entry.title), reverse("staff:dataset", args=[dataset])),
        ),
        errors=errors,
        facts=_facts(found) if found and found.roles.about_persons else [],
        cells=_cells(found) if found and found.roles.about_persons else None,
        impersonal=found is not None and not found.roles.about_persons,
    )


def _verdict(found: Finding) -> Chip:
    if found.passes:
        return Chip(Said("可以开放", "May be opened"), Tone.SUCCESS)
    return Chip(Said("会暴露个人，不能开放", "Gives persons away"), Tone.DANGER)


def _facts(found: Finding) -> list[Fact]:
    return [
        Fact(Said("准标识字段", "Quasi-identifiers"), "、".join(found.roles.quasi) or "—"),
        Fact(Said("敏感字段", "Sensitive fields"), "、".join(found.roles.sensitive) or "—"),
        Fact(
            Said(f"最小一组的行数（要求 k ≥ {found.k}）", f"Smallest group (k ≥ {found.k})"), found.smallest
        ),
        Fact(
            Said(f"最少的敏感值种数（要求 l ≥ {found.l}）", f"Least diversity (l ≥ {found.l})"),
            found.least_diverse,
        ),
        Fact(Said("不合要求的单元", "Cells at fault"), found.faulty_cells),
        Fact(
            Said("涉及行数", "Rows in them"),
            Said(f"{found.faulty_rows:,} / {found.rows:,}", f"{found.faulty_rows:,} of {found.rows:,}"),
        ),
    ]


def _cells(found: Finding) -> Table:
    return Table(
        id="cells",
        tall=False,
        caption=Said("不合要求的单元，小的在前", "Cells at fault, the smallest first"),
        columns=CELLS,
        rows=[
            Row({"where": cell.named.rpartition("：")[0], "fault": FAULTS[cell.fault], "rows": cell.rows})
            for cell in found.cells
        ],
        empty=Said("没有。", "None."),
    )
