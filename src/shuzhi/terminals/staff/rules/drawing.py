"""What needs what (需求图): inputs, decisions, knowledge and services of a rule file, from left to right."""

from __future__ import annotations

from django.urls import reverse

from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.model import Decision, InputData, Knowledge, Link, Part, Service
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.terminals.design.lineage import Edge, Node
from shuzhi.terminals.design.types import Lineage, Said
from shuzhi.terminals.staff.rules.reading import definitions_of, key_of

KINDS = {
    InputData: ("source", Said("输入", "Input")),
    Decision: ("dataset", Said("决策", "Decision")),
    Knowledge: ("register", Said("公用规则", "Knowledge")),
    Service: ("interface", Said("决策服务", "Service")),
}
MOST = 120
"""Parts beyond which a drawing tells nothing any more; the list below it does."""


def requirements(name: str, rules: Rulebook, *, here: Decision | None = None) -> Lineage | None:
    """The drawing of a file, or of what one decision needs; nothing where nothing needs anything."""
    edges = _edges(rules)
    if here is not None:
        edges = _towards(edges, _id(here))
    parts = {_id(each): each for each in definitions_of(rules).parts}
    names = list(dict.fromkeys(end for edge in edges for end in edge))
    if not edges or len(names) > MOST:
        return None
    return Lineage(
        id="requirements",
        label=Said("哪个决策用到什么", "What each decision needs"),
        nodes=[_node(name, each, parts.get(each)) for each in names],
        edges=edges,
        here=_id(here) if here else "",
    )


def _edges(rules: Rulebook) -> list[Edge]:
    found: dict[Edge, None] = {}
    for part in definitions_of(rules).parts:
        for link in _links(part):
            target = rules.books[0].model.find(link)
            if target is not None:
                path = [each for each in target.path if not each.startswith(UNNAMED)]
                start = (
                    _id(target.part) if not target.path else "import:" + ".".join([*path, target.part.name])
                )
                found.setdefault(Edge(start, _id(part)))
    return list(found)


def _links(part: Part) -> tuple[Link, ...]:
    match part:
        case Decision():
            of = (part.version_of,) if part.version_of else ()
            return (*part.inputs, *part.decisions, *part.knowledge, *of)
        case Knowledge():
            return part.knowledge
        case Service():
            return part.outputs
        case _:
            return ()


def _towards(edges: list[Edge], target: str) -> list[Edge]:
    """The edges on the ways that end at one part."""
    kept: list[Edge] = []
    waiting, seen = [target], {target}
    for end in waiting:
        for edge in edges:
            if edge.end == end:
                kept.append(edge)
                if edge.start not in seen:
                    seen.add(edge.start)
                    waiting.append(edge.start)
    return kept


def _id(part: Part) -> str:
    return f"{type(part).__name__}:{part.name}"


def _node(name: str, each: str, part: Part | None) -> Node:
    if part is None:
        return Node(each, each.removeprefix("import:"), "open", Said("别的规则文件", "Another file"))
    kind, title = KINDS[type(part)]
    url = reverse("staff:decision", args=[name, key_of(part)]) if isinstance(part, Decision) else ""
    return Node(each, part.name, kind, title, url)
