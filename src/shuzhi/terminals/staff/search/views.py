"""What the words are found in, room by room; a room that the reader may not enter is not searched."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import search as catalog
from shuzhi.data.catalog.types import Status
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.data_policy import Channel
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Cell, Column, Link, Row, Said, Table
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.registers.reading import sight
from shuzhi.terminals.staff.shell import Titles, actor_of, asked_for, name_of, page, said

SHOWN = 8
FOUND = (Column("what", Said("名称", "Name")), Column("where", Said("部门或状态", "Office or state")))


@requires("workflow.read")
def search(request: HttpRequest) -> HttpResponse:
    """The groups that found something, each with a door to the whole list."""
    text = asked_for(request, "q").get("q", "")
    groups = list(_groups(text, actor_of(request), request)) if text else []
    return page(
        request,
        "staff/search/results.html",
        title=Said(f"搜索“{text}”", f"Search: {text}") if text else Said("搜索", "Search"),
        groups=groups,
        text=text,
    )


def _groups(text: str, actor: Actor, request: HttpRequest) -> Iterator[tuple[Table, Link]]:
    offices = organization.office_titles()
    rooms = (
        ("catalog.read", _datasets(text, offices)),
        ("registers.read", _records(text, request)),
        ("exchange.read", _interfaces(text, offices)),
        ("sources.read", _batches(text)),
    )
    for permission, found in rooms:
        if policy.allows(permission, by=actor, office=actor.office):
            yield from found


def _group(name: str, caption: Said, rows: list[Row], door: Link) -> tuple[Table, Link]:
    return Table(id=f"found-{name}", caption=caption, columns=FOUND, rows=rows), door


def _datasets(text: str, offices: Titles) -> Iterator[tuple[Table, Link]]:
    found = catalog.search(catalog.Question(text=text, size=SHOWN))
    rows = [
        Row(
            {
                "what": Cell(said(row.title), under=row.id),
                "where": [name_of(offices, row.owner), titles.state_chip(titles.ENTRY, Status(row.status))],
            },
            url=reverse("staff:dataset", args=[row.id]),
        )
        for row in found.rows
    ]
    if rows:
        url = f"{reverse('staff:catalog')}?{urlencode({'q': text})}"
        whole = Link(Said(f"全部 {found.total} 个数据集", f"All {found.total} data sets"), url)
        yield _group("datasets", Said("数据目录", "Catalog"), rows, whole)


def _records(text: str, request: HttpRequest) -> Iterator[tuple[Table, Link]]:
    sights = {
        each.declaration.id: sight(request, each.declaration, Channel.SEARCH)
        for each in registers.registers()
    }
    found = registers.search_all(text, most=SHOWN, reaches=[each.reach for each in sights.values()])
    if not found:
        return
    named = {name: each.declared.title for name, each in sights.items()}
    rows = [
        Row(
            {"what": sights[record.register].label(record), "where": name_of(named, record.register)},
            url=reverse("staff:entity", args=[record.register, record.id]),
        )
        for record in found
    ]
    url = f"{reverse('staff:register', args=[found[0].register])}?{urlencode({'q': text})}"
    whole = Link(Said("在基础库中继续找", "Go on in the register"), url)
    yield _group("records", Said("基础库", "Registers"), rows, whole)


def _interfaces(text: str, offices: Titles) -> Iterator[tuple[Table, Link]]:
    wanted = text.casefold()
    rows = [
        Row(
            {
                "what": Cell(said(each.declaration.title), under=each.id),
                "where": name_of(offices, each.declaration.owner),
            },
            url=reverse("staff:interface", args=[each.id]),
        )
        for each in exchange.interfaces()
        if wanted in f"{each.id} {each.declaration.title.zh} {each.declaration.title.en}".casefold()
    ]
    if rows:
        yield _group(
            "interfaces",
            Said("接口", "Interfaces"),
            rows[:SHOWN],
            Link(Said("全部接口", "All interfaces"), reverse("staff:exchange")),
        )


def _batches(text: str) -> Iterator[tuple[Table, Link]]:
    found = sources.find_batches(text, most=SHOWN)
    rows = [
        Row(
            {
                "what": Cell(batch.id, under=batch.file_name),
                "where": titles.state_chip(titles.BATCH, batch.status),
            },
            url=reverse("staff:batch", args=[batch.id]),
        )
        for batch in found
    ]
    if rows:
        yield _group(
            "batches",
            Said("批次", "Batches"),
            rows,
            Link(Said("全部数据源", "All sources"), reverse("staff:sources")),
        )
