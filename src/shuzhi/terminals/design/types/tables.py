"""The table: columns, rows, sorting, filters, pages, chosen columns, and its four states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal
from urllib.parse import urlencode

from shuzhi.terminals.design.types.forms import Field
from shuzhi.terminals.design.types.navigation import Link
from shuzhi.terminals.design.types.said import Words

Kind = Literal["text", "number", "date", "code", "chips"]
State = Literal["ready", "loading", "error"]

NEAR = 2
"""Pages shown on either side of the present one."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `key` is also the name it is sorted and chosen by."""

    key: str
    title: Words
    kind: Kind = "text"
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with a link or a second line; a plain value needs no Cell."""

    value: object
    url: str = ""
    under: object = ""


@dataclass(frozen=True, slots=True)
class Action:
    """The next thing to do with a row: a verb and where it is done (`e` on the keyboard)."""

    label: Words
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """Values by column key; the first shown column's link is the row's own."""

    cells: Mapping[str, object]
    url: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many rows, in pages of what size."""

    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The last page's number."""
        return max(-(-self.total // self.size), 1)

    @property
    def before(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after this one."""
        return self.number + 1 if self.number < self.last else None

    @property
    def first_row(self) -> int:
        """The place of the first row shown, counted from one."""
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return min(self.number * self.size, self.total)

    @property
    def shown(self) -> list[int | None]:
        """Page numbers to offer; None stands for a gap."""
        near = set(range(self.number - NEAR, self.number + NEAR + 1)) | {1, self.last}
        numbers = sorted(n for n in near if 1 <= n <= self.last)
        offered: list[int | None] = []
        for n in numbers:
            if offered and offered[-1] is not None and n - offered[-1] > 1:
                offered.append(None)
            offered.append(n)
        return offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of things; a long one scrolls under its head on a wide screen unless `tall` is off. With `stacks` every
    row stands by itself on a phone, each value under its title, so that nothing hides at the side.

    `query` is what the address asked for: it keeps the filters while one sorts or turns pages.
    """

    template: ClassVar[str] = "design/table.html"
    id: str
    caption: Words
    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    pages: Pages | None = None
    filters: Sequence[Field] = ()
    chosen: Sequence[str] = ()
    can_choose: bool = False
    export_url: str = ""
    state: State = "ready"
    problem: Words = ""
    empty: Words = ""
    empty_action: Link | None = None
    tall: bool = True
    stacks: bool = False

    @property
    def shown(self) -> list[Column]:
        """The columns in use."""
        return [column for column in self.columns if not self.chosen or column.key in self.chosen]

    @property
    def sort(self) -> str:
        """What the address sorts by, with a minus for falling."""
        return self.query.get("sort", "")

    @property
    def has_actions(self) -> bool:
        """Whether any row offers an action."""
        return any(row.action for row in self.rows)

    def address(self, **changes: object) -> str:
        """This list's address with some answers changed; an empty one is left out."""
        asked = {**self.query, **{name: str(value) for name, value in changes.items()}}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """What a form must carry along, except the fields that it has itself."""
        own = {"page", *without}
        return [(name, value) for name, value in self.query.items() if name not in own and value]

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """Hidden answers of the filter form."""
        return self.kept(*(each.name for each in self.filters))

    @property
    def kept_by_columns(self) -> list[tuple[str, str]]:
        """Hidden answers of the column menu."""
        return self.kept("columns")
