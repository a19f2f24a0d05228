"""Memberships (比对): the joins that `unique`, `reference` and long code lists need, made before the one scan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from shuzhi.data.catalog.types import DataSetDeclaration, FieldType
from shuzhi.data.quality.compiling.scope import LAKE_TYPES, Scope

# Up to here a list of codes stands in the expression itself; longer ones are joined.
LONGEST_LIST = 200
SEPARATOR = "\x1f"


@dataclass
class Memberships:
    """Gathers what rules compare rows with; `joined()` gives the rows with one column a comparison."""

    scope: Scope
    dataset: DataSetDeclaration
    _wanted: list[tuple[tuple[str, ...], Any]] = field(default_factory=list)

    def kind(self, name: str) -> FieldType:
        """What a field holds."""
        return self.dataset.field(name).type

    def among(self, names: Sequence[str], values: Any) -> str:
        """Ask whether the fields' value is among the distinct values of a one-column table; returns the column."""
        self._wanted.append((tuple(names), values))
        return f"_m{len(self._wanted) - 1}"

    def listed(self, codes: Collection[str]) -> Any:
        """Codes as a one-column table."""
        import ibis
        import pyarrow as pa

        return ibis.memtable(pa.table({"value": sorted(set(codes))}))

    def repeated(self, names: Sequence[str]) -> Any:
        """The values that stand more than once."""
        values = _values(self.scope.rows, self.dataset, names)
        counted = values.group_by("value").aggregate(times=lambda t: t.count())
        return counted.filter(counted.times > 1).select("value")

    def joined(self) -> Any:
        """The rows with every asked column, and every declared column that older files do not have."""
        rows = with_declared_columns(self.scope.rows, self.dataset)
        for index, (names, values) in enumerate(self._wanted):
            rows = rows.mutate(**{f"_k{index}": value_of(rows, names)})
            other = values.rename(**{f"_m{index}": "value"})
            rows = rows.left_join(other, rows[f"_k{index}"] == other[f"_m{index}"])
        return rows


def value_of(rows: Any, names: Sequence[str]) -> Any:
    """The value of one field, or of several as one text; missing when any part is."""
    parts = [rows[name].cast("string") for name in names]
    value = parts[0]
    for part in parts[1:]:
        value = value + SEPARATOR + part
    return value


def with_declared_columns(rows: Any, dataset: DataSetDeclaration) -> Any:
    """The rows with a column for every declared field: missing ones hold nothing."""
    import ibis

    absent = {
        declared.id: ibis.null(LAKE_TYPES[declared.type])
        for declared in dataset.fields
        if declared.id not in rows.columns
    }
    return rows.mutate(**absent) if absent else rows


def _values(rows: Any, dataset: DataSetDeclaration, names: Sequence[str]) -> Any:
    whole = with_declared_columns(rows, dataset)
    return whole.select(value=value_of(whole, names)).filter(lambda t: t.value.notnull())
