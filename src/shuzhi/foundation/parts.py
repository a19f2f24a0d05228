"""Parts (部件): what a room lets a pack declare. The pack engine gathers the rooms' parts in one tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from shuzhi.foundation.words import Words

Declared = TypeVar("Declared", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in a pack: where it is, which rule it breaks, what is wrong, and what to do about it.

    Rooms may leave `column` and `advice` out: the checker then takes the first column of the line, and the
    advice that stands beside the rule.
    """

    file: str
    line: int
    rule: str
    message: Words = field(compare=False)
    column: int = field(default=0, compare=False)
    advice: Words | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Change:
    """What an upgrade does to one declared thing and to what already runs on it.

    `touches` counts the rows, records or dossiers concerned. One with `refuses` can't be done: the report
    says why in `said`, and nothing of the upgrade is.
    """

    folder: str
    id: str
    kind: Literal["added", "changed", "removed"]
    said: Words
    touches: int = 0
    refuses: bool = False


@dataclass(frozen=True)
class Declaration(Generic[Declared]):
    """One declared thing with the place it was declared in, so that later checks can point at it."""

    pack: str
    file: Path
    value: Declared
    lines: dict[tuple[str | int, ...], int]

    def line(self, *path: str | int) -> int:
        """The line of a key; of its nearest parent if the key itself is absent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(frozen=True)
class Installation:
    """What an installing room may know: who installs, when, and the pack's folder."""

    pack: str
    folder: Path
    by: Any
    at: datetime


Lines = dict[tuple[str | int, ...], int]
Read = Callable[[Path], tuple[BaseModel | None, Lines, list[Finding]]]
Check = Callable[[Sequence[Declaration[Any]], "Known"], Iterable[Finding]]
Install = Callable[[Declaration[Any], Installation], None]
DryRun = Callable[[Any, Any], Iterable[Change]]
Migrate = Callable[[Any, Any, Installation], None]
Retire = Callable[[Any, Installation], None]


@dataclass(frozen=True)
class Known:
    """Every id that the packs at hand declare, by folder (`known.ids["datasets"]`), and what is declared under it."""

    ids: dict[str, frozenset[str]]
    declared: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def has(self, folder: str, name: str) -> bool:
        """Whether some pack declares this id in this folder."""
        return name in self.ids.get(folder, frozenset())

    def value(self, folder: str, name: str) -> Any:
        """What is declared under an id; None where nothing is, and where its file is faulty and named already."""
        return self.declared.get(folder, {}).get(name)


def no_further_checks(declarations: Sequence[Declaration[Any]], known: Known) -> Iterable[Finding]:
    """For parts whose schema says everything."""
    del declarations, known
    return ()


@dataclass(frozen=True)
class Part:
    """One folder of a pack: its schema, the id each file carries, its checks and its installation.

    For an upgrade a room says what it means for what runs already: `dry_run(old, new)` tells it and changes
    nothing (`old` is None for what is new, `new` for what goes), `migrate(old, new, installation)` does it,
    once everything is installed. `retire(old, installation)` takes one thing out of use: it is removed by an
    upgrade, or its pack is disabled or archived; data and history stay.
    """

    folder: str
    schema: type[BaseModel]
    key: str
    install: Install
    check: Check = no_further_checks
    beside: tuple[str, ...] = ()  # endings of files that may lie beside the declarations
    ending: str = ".yaml"
    read: Read | None = None  # how a file that is not YAML is read
    local: bool = False  # ids are a pack's own: another pack may use the same
    advice: Mapping[str, Words] = field(default_factory=dict)  # what to do, by rule of this part's findings
    dry_run: DryRun | None = None
    migrate: Migrate | None = None
    retire: Retire | None = None
