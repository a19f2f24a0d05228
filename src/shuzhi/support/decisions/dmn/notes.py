"""What one evaluation writes down on its way (记录): problems, and for a trace what the tables did.

It takes the place of a scope's list of problems, which every scope of one evaluation shares.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shuzhi.support.decisions.dmn.answers import TableTrace


class Notes(list[Any]):
    """Problems; the day as of which rules hold; and, where they are wanted, the tables' parts of the trace."""

    __slots__ = ("day", "strict", "tables")

    def __init__(self, *, day: date | None = None, traced: bool = False, strict: bool = False) -> None:
        """Begin empty; `traced` makes tables explain themselves, `strict` makes them say what they can't decide."""
        super().__init__()
        self.day = day
        self.strict = strict
        self.tables: list[TableTrace] | None = [] if traced else None
