"""The way of the data to and from a data set, as a drawing with names and doors."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import LineageEdge
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.terminals.design.lineage import Edge, Node
from shuzhi.terminals.design.types import Lineage, Said
from shuzhi.terminals.staff.shell import said

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
    named = _titles(names)
    return Lineage(
        id="lineage",
        label=Said("数据从哪里来，到哪里去", "Where the data come from and go to"),
        nodes=[_node(name, named) for name in names],
        edges=[Edge(edge.origin, edge.target) for edge in edges],
        here=thing,
    )


def consumers(edges: Iterable[LineageEdge], kind: str) -> list[str]:
    """The things of one kind that data flow into."""
    return sorted({edge.target.partition("/")[2] for edge in edges if edge.target.startswith(f"{kind}/")})


def _node(name: str, named: dict[str, Said]) -> Node:
    kind, _, thing = name.partition("/")
    route = ROUTES.get(kind)
    return Node(
        id=name,
        title=named.get(name, Said(thing, thing)),
        kind=kind,
        kind_title=KINDS.get(kind, Said(kind, kind)),
        url=reverse(route, args=[thing]) if route else "",
    )


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
        found |= {f"source/{each.id}": said(each.title) for each in sources.sources() if each.title}
    return found
