"""One question to both back ends: every row by the Python one, all rows by one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.sql.query import Asked, compile_decision

TYPES = {
    "number": pa.int64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
DAY = dt.date(2026, 3, 1)


def table_of(rows: Sequence[dict[str, Any]], types: dict[str, str], amounts: Sequence[str] = ()) -> pa.Table:
    kinds = {name: pa.decimal128(15, 2) if name in amounts else TYPES[kind] for name, kind in types.items()}
    columns = {name: pa.array([row[name] for row in rows], type=kind) for name, kind in kinds.items()}
    return pa.table({**columns, "at": pa.array(range(len(rows)), type=pa.int64())})


def by_sql(rules: Rulebook, decision: str, data: pa.Table, **asked: Any) -> list[dict[str, Any]]:
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    table = engine.create_table("firms", data)
    compiled = compile_decision(rules, decision, table, Asked(as_of=DAY, **asked))
    found = engine.to_pyarrow(compiled.over(table)).to_pylist()
    engine.disconnect()
    return sorted(found, key=lambda row: row["at"])


def by_python(
    rules: Rulebook, decision: str, rows: Sequence[dict[str, Any]], *, strict: bool = False
) -> list[Any]:
    return [rules.decide(decision, row, as_of=DAY, strict=strict) for row in rows]


def same(one: Any, two: Any) -> bool:
    """Equal, numbers to the tenth place: there a quotient of SQL ends."""
    if isinstance(one, bool) or isinstance(two, bool) or one is None or two is None:
        return one is two
    if isinstance(one, int | Decimal) and isinstance(two, int | Decimal):
        return abs(Decimal(one) - Decimal(two)) <= Decimal("1e-10")
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(two, dt.date | dt.datetime) or isinstance(one, dt.date | dt.datetime):
        return str(one) == str(two)
    return bool(one == two)
