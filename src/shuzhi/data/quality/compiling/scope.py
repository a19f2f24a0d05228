"""What a scan looks at (检查范围): the rows, what they are compared with, and the day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from shuzhi.data.catalog.types import FieldType

# Column types of the lake, for columns that a newer schema names and older files do not have.
LAKE_TYPES = {
    FieldType.TEXT: "string",
    FieldType.INTEGER: "int64",
    FieldType.DECIMAL: "decimal(38, 10)",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamp('UTC')",
    FieldType.BOOLEAN: "boolean",
    FieldType.AMOUNT: "decimal(38, 10)",
    FieldType.GEOMETRY: "string",
}


HoldsOn = Callable[[str, date], bool]
"""Whether a code held on a day."""


def no_codes(codelist: str) -> Collection[str] | None:
    """For scans without code lists."""
    del codelist
    return None


def no_dataset(dataset: str) -> Any:
    """For scans that look at one data set only."""
    del dataset
    return None


def no_history(codelist: str) -> HoldsOn | None:
    """For scans without code lists that change."""
    del codelist
    return None


@dataclass(frozen=True)
class Scope:
    """One scan's world. `rows` is an Ibis table.

    `codes` gives the codes of a list that hold on `today`, `dataset` another data set's current rows; both
    give None for what does not exist, and the rule then says that it could not be checked. `holds` gives, for a list
    with a history, whether a code held on a day.
    """

    rows: Any
    today: date
    codes: Callable[[str], Collection[str] | None] = no_codes
    dataset: Callable[[str], Any] = no_dataset
    holds: Callable[[str], HoldsOn | None] = no_history
