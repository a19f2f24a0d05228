"""What a release's columns give away, and what a check found. A finding holds counts, never a sensitive value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a cell."""

    FEW = "few"  # fewer than k rows: k-anonymity (Sweeney 2002)
    UNIFORM = "uniform"  # fewer than l values of a sensitive field: l-diversity (Machanavajjhala 2007)
    SMALL = "small"  # a count of people below the least
    IDENTIFIED = "identified"  # a field that names persons stands in the release


@dataclass(frozen=True)
class Roles:
    """The columns of a release by what they give away."""

    identifiers: tuple[str, ...] = ()
    quasi: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()

    @property
    def about_persons(self) -> bool:
        """Whether there is anything to check."""
        return bool(self.identifiers or self.quasi or self.sensitive or self.counts)


@dataclass(frozen=True)
class Cell:
    """Rows that are alike in every quasi-identifier, and what is wrong with them; `where` is empty for a column."""

    fault: Fault
    where: Mapping[str, str | None]
    rows: int
    column: str = ""

    @property
    def named(self) -> str:
        """The cell as a clerk finds it in the data."""
        place = "、".join(
            f"{name}={'（空）' if value is None else value}" for name, value in self.where.items()
        )
        return f"{place or self.column}：{self.rows}"


@dataclass(frozen=True)
class Finding:
    """The answer: the smallest group, the least diversity, how many cells and rows are at fault, and the worst cells."""

    roles: Roles
    k: int
    l: int  # noqa: E741 - the measure's own name
    rows: int
    groups: int
    smallest: int | None
    least_diverse: int | None
    faulty_cells: int
    faulty_rows: int
    cells: tuple[Cell, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing is at fault."""
        return not self.cells
