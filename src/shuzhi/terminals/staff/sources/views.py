"""The list of sources, and one source with its batches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.sources import queries
from shuzhi.data.sources.types import Batch, Kind, Source, Status
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import (
    Action,
    Cell,
    Chip,
    Column,
    Fact,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.ordering import ordered
from shuzhi.terminals.staff.shell import Titles, actor_of, asked_for, name_of, office_filter, page, said, turn
from shuzhi.terminals.staff.sources.batch_list import ROWS, RUNNING, batch_table
from shuzhi.terminals.staff.sources.modes import MODE_CHOICES

COLUMNS = (
    Column("source", Said("数据源", "Source"), sortable=True),
    Column("office", Said("部门", "Office"), sortable=True),
    Column("dataset", Said("数据集", "Data set")),
    Column("mode", Said("方式", "Mode")),
    Column("rows", Said("最近一批行数", "Rows, latest batch"), "number", sortable=True),
    Column("receipt", Said("回执", "Receipt"), "chips"),
    Column("at", Said("最近批次", "Latest batch"), "date", sortable=True),
)


@requires("sources.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Every source with its latest batch, page by page; four statements, whatever their number."""
    actor = actor_of(request)
    asked = asked_for(request, "office", "sort")
    offices = organization.office_titles()
    datasets = catalog.titles()
    every = queries.sources()
    shown = [source for source in every if asked.get("office") in (None, source.office)]
    latest = queries.latest_batches()
    in_order = _sorted(shown, latest, asked.get("sort", ""))
    pages = turn(request, len(in_order), ROWS)
    return page(
        request,
        "staff/sources/list.html",
        title=Said("数据归集", "Sources"),
        lead=Said(
            "各部门交来的文件和数据库。每一批都有回执：收到 = 入库 + 隔离 + 重复。",
            "Files and databases that offices hand in. Every batch has a receipt: received = accepted + quarantined + duplicates.",
        ),
        doors=_doors(actor),
        table=Table(
            id="sources",
            caption=Said("数据源", "Sources"),
            columns=COLUMNS,
            rows=[
                _row(source, latest.get(source.id), offices, datasets)
                for source in in_order[pages.first_row - 1 : pages.last_row]
            ],
            query=asked,
            pages=pages,
            filters=(office_filter(asked, offices, {source.office for source in every}),),
            empty=Said(
                "应用包里声明了数据源之后，会列在这里。", "Sources that packs declare are listed here."
            ),
        ),
    )


def _doors(actor: Actor) -> list[Link]:
    """What this person can do here, and the list of all batches."""
    doors = [Link(Said("全部批次", "All batches"), reverse("staff:batches"))]
    if policy.allows("sources.register", by=actor, office=actor.office):
        doors.insert(0, Link(Said("登记数据源", "Register a source"), reverse("staff:source_register")))
    if policy.allows("catalog.propose", by=actor, office=actor.office):
        doors.insert(0, Link(Said("从文件开始编目", "Start from a file"), reverse("staff:source_propose")))
    return doors


def _sorted(shown: list[Source], latest: dict[str, Batch], sort: str) -> list[Source]:
    keys = {
        "source": lambda s: s.id,
        "office": lambda s: s.office,
        "rows": lambda s: latest[s.id].received if s.id in latest else -1,
        "at": lambda s: latest[s.id].received_at.timestamp() if s.id in latest else 0,
    }
    return ordered(shown, keys, sort)


def _row(source: Source, batch: Batch | None, offices: Titles, datasets: Titles) -> Row:
    return Row(
        cells={
            "source": Cell(title_of(source, datasets), under=source.id),
            "office": name_of(offices, source.office),
            "dataset": Cell(
                name_of(datasets, source.dataset), url=reverse("staff:dataset", args=[source.dataset])
            ),
            "mode": Said(
                f"{titles.KINDS[source.kind].zh} · {titles.MODES[source.mode].zh}",
                f"{titles.KINDS[source.kind].en} · {titles.MODES[source.mode].en}",
            ),
            "rows": batch.received if batch else None,
            "receipt": balance(batch),
            "at": batch.received_at if batch else None,
        },
        url=reverse("staff:source", args=[source.id]),
        action=Action(Said("看隔离", "Quarantine"), reverse("staff:batch", args=[batch.id]) + "#quarantine")
        if batch and batch.quarantined
        else None,
    )


def title_of(source: Source, datasets: Titles) -> Said:
    """A source's title, or that of the data set it feeds."""
    return said(source.title) if source.title else name_of(datasets, source.dataset)


def balance(batch: Batch | None) -> Chip:
    """Whether the latest receipt accounts for every row."""
    if batch is None:
        return Chip(Said("还没有批次", "No batch yet"))
    if batch.status != Status.COLLECTED:
        return titles.state_chip(titles.BATCH, batch.status)
    if not batch.balances:
        return Chip(Said("账不平", "Not balanced"), Tone.DANGER)
    if batch.quarantined:
        return Chip(
            Said(f"账平，隔离 {batch.quarantined:,d}", f"Balanced, {batch.quarantined:,d} held"), Tone.WARNING
        )
    return Chip(Said("账平", "Balanced"), Tone.SUCCESS)


@requires("sources.read")
def show(request: HttpRequest, source: str) -> HttpResponse:
    """One source: what it is, its batches, and the form to hand a file in."""
    return source_page(request, queries.source(source))


def source_page(
    request: HttpRequest, found: Source, *, errors: object = None, status: int = 200
) -> HttpResponse:
    """The page of a source; with errors above the form when a hand-in was refused."""
    actor = actor_of(request)
    offices = organization.office_titles()
    datasets = catalog.titles([found.dataset])
    pages = turn(request, queries.receipts(source=found.id).batches, ROWS)
    shown = queries.batches(source=found.id, most=ROWS, page=pages.number)
    may = found.kind is Kind.FILE and policy.allows("sources.receive", by=actor, office=found.office)
    return page(
        request,
        "staff/sources/source.html",
        title=title_of(found, datasets),
        trail=(Link(Said("数据归集", "Sources"), reverse("staff:sources")),),
        status=status,
        facts=_facts(found, offices, datasets),
        errors=errors,
        fields=hand_in_fields(found) if may else (),
        hand_in_url=reverse("staff:source_hand_in", args=[found.id]),
        speaks_for=name_of(offices, found.office),
        is_file=found.kind is Kind.FILE,
        table=batch_table(
            shown,
            pages=pages,
            caption=Said("批次", "Batches"),
            empty=Said(
                "提交第一个文件后，批次和回执会列在这里。",
                "Hand in a first file: its batch and receipt appear here.",
            ),
        ),
        running=any(batch.status in RUNNING for batch in shown),
    )


def _facts(found: Source, offices: Titles, datasets: Titles) -> list[Fact]:
    return [
        Fact(Said("编号", "Id"), found.id),
        Fact(Said("部门", "Office"), name_of(offices, found.office)),
        Fact(
            Said("归集到", "Into"),
            name_of(datasets, found.dataset),
            reverse("staff:dataset", args=[found.dataset]),
        ),
        Fact(Said("来源类型", "Kind"), titles.KINDS[found.kind]),
        Fact(Said("更新方式", "Mode"), titles.MODES[found.mode]),
        Fact(Said("增量字段", "Watermark"), found.watermark or ""),
        Fact(Said("已到", "Reached"), found.reached or ""),
        Fact(Said("来自应用包", "From pack"), found.pack or ""),
        Fact(Said("登记时间", "Registered"), found.registered_at),
    ]


def hand_in_fields(found: Source) -> list[Field]:
    """What the form asks for: the file, its mode, and how many rows it should have."""
    return [
        Field(
            name="file",
            label=Said("文件", "File"),
            control="file",
            hint=Said(
                "可用 CSV、TSV、XLSX、XLS、JSON、XML、Parquet；编码和表头由平台识别。",
                "CSV, TSV, XLSX, XLS, JSON, XML or Parquet; encoding and header are found out.",
            ),
        ),
        Field(
            name="mode",
            label=Said("这一批是", "This batch is"),
            control="select",
            short=True,
            value=found.mode.value,
            choices=MODE_CHOICES,
        ),
        Field(
            name="rows",
            label=Said("应有行数", "Rows it should have"),
            control="number",
            inputmode="numeric",
            short=True,
            required=False,
            hint=Said(
                "行数不符时整批退回，防止只传了一半。",
                "If the number differs the whole batch is refused, so half a file cannot pass.",
            ),
        ),
    ]
