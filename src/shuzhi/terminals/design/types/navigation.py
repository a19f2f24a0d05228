"""Where the reader is and where they can go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from shuzhi.terminals.design.types.said import Words


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere."""

    label: Words
    url: str


@dataclass(frozen=True, slots=True)
class Crumbs:
    """The way here; the page itself is not in it."""

    template: ClassVar[str] = "design/crumbs.html"
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the staff rail: a room of a storey."""

    title: Words
    url: str
    group: Words
    active: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """One side of a thing, with its own address."""

    label: Words
    url: str
    on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Tabs:
    """The sides of one thing."""

    template: ClassVar[str] = "design/tabs.html"
    label: Words
    tabs: Sequence[Tab]
