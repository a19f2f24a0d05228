"""One file of the corpus, and what a data officer expects to be told about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UNSAID: Any = object()


@dataclass(frozen=True)
class Case:
    """A file and what its profile must say; what is left out is not looked at.

    `codes`: the problems and how many of each; none unless said, None: whatever.
    """

    name: str
    content: str | bytes | Callable[[Path], None]
    columns: tuple[str, ...] | None = None
    rows: int | None = None
    broken: int = 0
    types: tuple[str, ...] | None = None
    means: tuple[str | None, ...] | None = None
    first: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    codes: dict[str, int] | None = field(default_factory=dict)
    header: Any = UNSAID
    notes: int | None = None
    encoding: Any = UNSAID
    delimiter: Any = UNSAID
    format: Any = UNSAID
    table: Any = UNSAID
    keys: tuple[str, ...] | None = None

    def write(self, folder: Path) -> Path:
        """The file in a folder."""
        path = folder / self.name
        if isinstance(self.content, str):
            path.write_bytes(self.content.encode())
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
        return path
