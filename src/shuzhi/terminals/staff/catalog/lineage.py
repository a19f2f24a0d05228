"""The way of the data to and from a data set, as a drawing with names and doors."""

from __future__ import annotations

from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.pillars.organization import queries as organization
from shuzhi.terminals.design.lineage import Edge, Node
from shuzhi.terminals.design.types import Lineage, Said
from shuzhi.terminals.staff.shell import name_of, said

KINDS = {
    "source": Said("数据源", "Source"),
    "dataset": Said("数据集", "Data set"),
    "register": Said("基础库", "Register"),
    "interface": Said("接口", "Interface"),
    "open": Said("开放数据", "Open data"),
    "indicator": Said("指标", "Indicator"),
}
ROUTES = {
    "source": "staff:source",
    "dataset": "staff:dataset",
    "register": "staff:register",
    "interface": "staff:interface",
}


def drawing(thing: str) -> Lineage | None:
    """The drawing around `dataset/x`; None while nothing leads to it or from it."""
    edges = catalog.lineage(thing)
    if not edges:
        return None
    names = list(dict.fromkeys(name for edge in edges for name in (edge.origin, edge.target)))
    named, notes = _titles(names), _notes(names)
    return Lineage(
        id="lineage",
        label=Said("数据从哪里来，到哪里去", "Where the data come from and go to"),
        nodes=[_node(name, named, notes) for name in names],
        edges=[Edge(edge.origin, edge.target) for edge in edges],
        here=thing,
    )


def _node(name: str, named: dict[str, Said], notes: dict[str, Said]) -> Node:
    kind, _, thing = name.partition("/")
    route = ROUTES.get(kind)
    return Node(
        id=name,
        title=named.get(name, Said(thing, thing)),
        kind=kind,
        kind_title=KINDS.get(kind, Said(kind, kind)),
        url=reverse(route, args=[thing]) if route else "",
        note=notes.get(name, ""),
    )


def _notes(names: list[str]) -> dict[str, Said]:
    """One thing worth knowing of each stop: who sends, how much came of it; one statement a room."""
    offices = organization.office_titles()
    notes: dict[str, Said] = {}
    if _of(names, "source"):
        latest = sources.latest_batches()
        for each in sources.sources():
            rows = latest[each.id].accepted if each.id in latest else None
            came = Said(f"最近入库 {rows:,d} 行", f"{rows:,d} rows in") if rows is not None else None
            notes[f"source/{each.id}"] = came or Said("还没有批次", "no batch yet")
    if _of(names, "register"):
        notes |= {
            f"register/{name}": Said(f"{count:,d} 条记录", f"{count:,d} records")
            for name, count in registers.entity_counts().items()
        }
    if _of(names, "open"):
        notes |= {
            f"open/{name}": Said(f"{release.rows:,d} 行", f"{release.rows:,d} rows")
            for name, release in opendata.releases(_of(names, "open")).items()
        }
    if datasets := _of(names, "dataset"):
        owners = {entry.id: entry.owner for entry in catalog.entries(ids=datasets)}
        notes |= {f"dataset/{name}": name_of(offices, owner) for name, owner in owners.items()}
    return notes


def _of(names: list[str], kind: str) -> list[str]:
    """The things of one kind among the names."""
    return [name.partition("/")[2] for name in names if name.startswith(f"{kind}/")]


def _titles(names: list[str]) -> dict[str, Said]:
    """Titles of all, one statement a room."""
    datasets = [name.partition("/")[2] for name in names if name.split("/")[0] in ("dataset", "open")]
    found = {f"dataset/{id_}": said(title) for id_, title in catalog.titles(datasets).items()}
    found |= {f"open/{id_}": said(title) for id_, title in catalog.titles(datasets).items()}
    found |= {
        f"register/{each.declaration.id}": said(each.declaration.title) for each in registers.registers()
    }
    if any(name.startswith("interface/") for name in names):
        found |= {f"interface/{each.id}": said(each.declaration.title) for each in exchange.interfaces()}
    if any(name.startswith("source/") for name in names):
        found |= {
            f"source/{each.id}": said(each.title) if each.title else found[f"dataset/{each.dataset}"]
            for each in sources.sources()
            if each.title or f"dataset/{each.dataset}" in found
        }
    return found
