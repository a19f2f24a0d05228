"""The inputs of a decision with their types, and values of these types as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from shuzhi.support.decisions.dmn.kinds import Reference
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, Unit
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import FeelType, Restricted
from shuzhi.support.decisions.queries import Rulebook

NUMBER = pa.decimal128(38, 10)
COLUMNS: dict[FeelType, pa.DataType] = {
    kinds.NUMBER: NUMBER,
    kinds.BOOLEAN: pa.bool_(),
    kinds.DATE: pa.date32(),
    kinds.DATE_TIME: pa.timestamp("us"),
}


def input_types(rules: Rulebook, decision: str) -> dict[str, FeelType]:
    """The input data that a decision needs, itself or by way of others, by name."""
    _, unit = rules.part(decision)
    found: dict[str, FeelType] = {}
    waiting: list[Unit] = [unit]
    seen: set[int] = set()
    for each in waiting:
        if isinstance(each, InputUnit):
            found.setdefault(each.name, each.kind)
        elif isinstance(each, DecisionUnit) and id(each) not in seen:
            seen.add(id(each))
            waiting += [need.unit for need in each.needs]
            waiting += [form.unit for form in each.forms if form.unit]
    return found


def bare(kind: FeelType) -> FeelType:
    """A type without what restricts it."""
    while isinstance(kind, (Restricted, Reference)):
        kind = kind.base if isinstance(kind, Restricted) else kind.meant()
    return kind


def column(values: Sequence[Any], kind: FeelType) -> Any:
    """Values of a type as a column."""
    return pa.array(values, COLUMNS.get(bare(kind), pa.string()))


def typed(given: Any, kind: FeelType) -> Any:
    """A column of texts as the type asks for it, each different text read once; other columns stay as they are."""
    if not pa.types.is_string(given.type) or bare(kind) not in COLUMNS:
        return given
    coded = (
        given.combine_chunks().dictionary_encode()
        if isinstance(given, pa.ChunkedArray)
        else given.dictionary_encode()
    )
    read = column([value_of(each or "", kind) for each in coded.dictionary.to_pylist()], kind)
    return read.take(coded.indices)


def constant(text: str, kind: FeelType, rows: int) -> Any:
    """One value in every row; nothing where it is empty or no value of the type."""
    return column([value_of(text, kind)] * rows, kind)


def value_of(text: str, kind: FeelType) -> Any:
    """What a text means as a value of the type; None where it means nothing."""
    text, kind = text.strip(), bare(kind)
    if not text:
        return None
    try:
        return _READERS.get(kind, str)(text)
    except (InvalidOperation, ValueError):
        return None


_READERS: dict[FeelType, Callable[[str], Any]] = {
    kinds.NUMBER: Decimal,
    kinds.DATE: date.fromisoformat,
    kinds.DATE_TIME: datetime.fromisoformat,
    kinds.BOOLEAN: {"true": True, "false": False}.get,
}
