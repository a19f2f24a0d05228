"""Lays a lineage graph out from left to right: nodes and edges in, places out.

Layers by the longest way from a source, order in a layer by the middle of the neighbours (Sugiyama, Tagawa and Toda
1981, "Methods for visual understanding of hierarchical system structures"). Same input, same drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import east_asian_width

from shuzhi.terminals.design.types.said import Words, say

BOX_WIDTH, BOX_HEIGHT = 208, 92
GAP_X, GAP_Y, MARGIN = 56, 16, 8
SWEEPS = 4
TITLE_WIDTH, NOTE_WIDTH = 24, 28
"""Half-widths that fit on a line of a box: twelve Chinese characters of a title, fourteen of a note."""
TITLE_LINES = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A stop of the data: its name, what it is (source, dataset, register, interface, open, indicator), its page."""

    id: str
    title: Words
    kind: str
    kind_title: Words
    url: str = ""
    note: Words = ""


class Edge(NamedTuple):
    """Data goes from one node to another."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place (upper left corner) and its neighbours, for the list twin."""

    node: Node
    x: int
    y: int
    into: tuple[Node, ...]

    @property
    def width(self) -> int:
        """Every box is as wide as the others."""
        return BOX_WIDTH

    @property
    def height(self) -> int:
        """And as high."""
        return BOX_HEIGHT

    @property
    def bar_height(self) -> int:
        """Of the bar whose colour tells the kind."""
        return BOX_HEIGHT - 16

    @property
    def bar_y(self) -> int:
        """Top of the bar whose colour tells the kind."""
        return self.y + 8

    @property
    def text_x(self) -> int:
        """Left of the texts."""
        return self.x + 16

    @property
    def kind_y(self) -> int:
        """Line of the kind."""
        return self.y + 22

    @property
    def title(self) -> list[tuple[int, str]]:
        """The title's lines with their places; what does not fit stands whole in the list twin and the tooltip."""
        lines = fold(say(self.node.title), TITLE_WIDTH, TITLE_LINES)
        return [(self.y + 42 + 18 * n, line) for n, line in enumerate(lines)]

    @property
    def note(self) -> str:
        """As much of the note as fits."""
        return shorten(say(self.node.note), NOTE_WIDTH)

    @property
    def note_y(self) -> int:
        """Line of the note."""
        return self.y + BOX_HEIGHT - 10


@dataclass(frozen=True, slots=True)
class Wire:
    """A line from one box to another."""

    start: str
    end: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything a drawing needs: its size, boxes from left to right, and the wires' paths."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    """Place every node; edges to unknown nodes are left out, circles are cut at the edge that closes them."""
    known = {node.id: node for node in nodes}
    kept = list(dict.fromkeys(e for e in edges if e.start in known and e.end in known and e.start != e.end))
    forward = _without_circles(list(known), kept)
    layers = _ordered(_layers(list(known), forward), forward)
    places = _places(layers)
    boxes = tuple(_box(known, kept, name, *places[name]) for layer in layers for name in layer)
    tallest = max((len(layer) for layer in layers), default=0)
    width = 2 * MARGIN + len(layers) * (BOX_WIDTH + GAP_X) - GAP_X if layers else 0
    height = 2 * MARGIN + tallest * (BOX_HEIGHT + GAP_Y) - GAP_Y if layers else 0
    return Drawing(
        width, height, boxes, tuple(Wire(e.start, e.end, _path(places[e.start], places[e.end])) for e in kept)
    )


def fold(text: str, room: int, lines: int) -> list[str]:
    """A text on so many lines, broken between words where there are any, the last one cut where it must be."""
    folded: list[str] = []
    rest = text.strip()
    bracket = rest.find("（")
    if (
        lines > 1
        and bracket > 0
        and sum(map(_width, rest)) > room
        and _fitting(rest[:bracket], room) == rest[:bracket]
    ):
        return [rest[:bracket], *fold(rest[bracket:], room, lines - 1)]
    while rest and len(folded) < lines - 1:
        head = _fitting(rest, room)
        if head != rest and " " in head and head.isascii():
            head = head[: head.rindex(" ")]
        folded.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*folded, shorten(rest, room)] if rest else folded


def _fitting(text: str, room: int) -> str:
    used = 0
    for place, each in enumerate(text):
        used += _width(each)
        if used > room:
            return text[:place]
    return text


def _width(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1


def shorten(text: str, room: int) -> str:
    """Cut a text to some half-widths, a Chinese character counting two, and say so with an ellipsis."""
    if sum(map(_width, text)) <= room:
        return text
    return _fitting(text, room - 1).rstrip() + "…"


def _without_circles(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    following: dict[str, list[str]] = {name: [e.end for e in edges if e.start == name] for name in names}
    closing: set[Edge] = set()
    finished: set[str] = set()
    for root in names:
        _walk(root, following, finished, closing)
    return [edge for edge in edges if edge not in closing]


def _walk(root: str, following: Mapping[str, list[str]], finished: set[str], closing: set[Edge]) -> None:
    way: list[tuple[str, int]] = [] if root in finished else [(root, 0)]
    open_now = {root}
    while way:
        name, turn = way.pop()
        if turn == len(following[name]):
            finished.add(name)
            open_now.discard(name)
            continue
        way.append((name, turn + 1))
        after = following[name][turn]
        if after in open_now:
            closing.add(Edge(name, after))
        elif after not in finished:
            open_now.add(after)
            way.append((after, 0))


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> list[list[str]]:
    depth = dict.fromkeys(names, 0)
    for _ in names:
        deeper = [(e.end, depth[e.start] + 1) for e in edges if depth[e.end] <= depth[e.start]]
        if not deeper:
            break
        for name, level in deeper:
            depth[name] = max(depth[name], level)
    return [
        [name for name in names if depth[name] == level]
        for level in range(max(depth.values(), default=-1) + 1)
    ]


def _ordered(layers: list[list[str]], edges: Sequence[Edge]) -> list[list[str]]:
    """Sweep to and fro so that neighbours stand level and wires cross little."""
    for sweep in range(SWEEPS):
        rank = {name: place / max(len(layer), 1) for layer in layers for place, name in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            layer.sort(key=lambda name: _middle(name, edges, rank, back=sweep % 2 == 0))
            rank.update({name: place / max(len(layer), 1) for place, name in enumerate(layer)})
    return layers


def _middle(name: str, edges: Sequence[Edge], rank: Mapping[str, float], *, back: bool) -> float:
    near = (
        [rank[e.start] for e in edges if e.end == name]
        if back
        else [rank[e.end] for e in edges if e.start == name]
    )
    return sum(near) / len(near) if near else rank[name]


def _places(layers: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    tallest = max((len(layer) for layer in layers), default=0)
    places = {}
    for column, layer in enumerate(layers):
        top = MARGIN + (tallest - len(layer)) * (BOX_HEIGHT + GAP_Y) // 2
        for row, name in enumerate(layer):
            places[name] = (MARGIN + column * (BOX_WIDTH + GAP_X), top + row * (BOX_HEIGHT + GAP_Y))
    return places


def _box(known: Mapping[str, Node], edges: Sequence[Edge], name: str, x: int, y: int) -> Box:
    return Box(known[name], x, y, tuple(known[e.end] for e in edges if e.start == name))


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2
    x2, y2 = end[0] - 6, end[1] + BOX_HEIGHT // 2
    bend = max(abs(x2 - x1) // 2, GAP_X // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
