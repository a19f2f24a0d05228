"""The check itself: one scan of the rows by DuckDB, grouped by the quasi-identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shuzhi.foundation.lake import open_duckdb
from shuzhi.pillars.security.anonymity.types import Cell, Fault, Finding, Roles
from shuzhi.pillars.security.data_policy.declaring import AnonymityDeclaration

MOST_CELLS = 20
CHUNK = 20_000


def check_rows(
    rows: Iterable[Sequence[Any]], columns: Sequence[str], roles: Roles, rules: AnonymityDeclaration
) -> Finding:
    """Judge rows as they would be released; texts are compared as written, absent values are alike."""
    names = [name for name in (*roles.quasi, *roles.sensitive, *roles.counts) if name in columns]
    with open_duckdb() as connection:
        connection.from_arrow(_arrow(rows, columns, names)).create("released")
        groups = connection.sql(_groups(roles))
        groups.create("cells")
        return _finding(connection, roles, rules)


def _arrow(rows: Iterable[Sequence[Any]], columns: Sequence[str], names: Sequence[str]) -> Any:
    import pyarrow as pa

    places = [list(columns).index(name) for name in names]
    held: list[list[str | None]] = [[] for _ in names]
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the count is used below
        for texts, place in zip(held, places, strict=True):
            texts.append(None if row[place] is None else str(row[place]))
    arrays = [pa.array(texts, type=pa.string()) for texts in held]
    return pa.table([*arrays, pa.nulls(number, pa.string())], names=[*names, "_none"])


def _groups(roles: Roles) -> str:
    quasi = [_quoted(name) for name in roles.quasi]
    diverse = [
        f"count(DISTINCT {_quoted(name)}) + max(CASE WHEN {_quoted(name)} IS NULL THEN 1 ELSE 0 END) AS d{place}"
        for place, name in enumerate(roles.sensitive)
    ]
    wanted = ", ".join([*quasi, "count(*) AS n", *diverse])
    by = f" GROUP BY {', '.join(quasi)}" if quasi else ""
    return f"SELECT {wanted} FROM released{by}"  # noqa: S608 - columns of a checked declaration, quoted


def _finding(connection: Any, roles: Roles, rules: AnonymityDeclaration) -> Finding:
    few = f"n < {rules.k}" if roles.quasi else "false"
    diverse = [f"d{place}" for place, _ in enumerate(roles.sensitive)]
    uniform = " OR ".join(f"{each} < {rules.l}" for each in diverse) or "false"
    least = f"least({', '.join(diverse)})" if diverse else "NULL"
    whole = f"SELECT count(*), coalesce(sum(n), 0), min(n), min({least}), count(*) FILTER (WHERE n > 0 AND ({few} OR {uniform})), coalesce(sum(n) FILTER (WHERE {few} OR {uniform}), 0) FROM cells"  # noqa: S608
    groups, rows, smallest, fewest, bad, bad_rows = connection.sql(whole).fetchone()
    cells = [
        *(Cell(Fault.IDENTIFIED, {}, rows, column=name) for name in roles.identifiers if rows),
        *_cells(connection, roles, few, Fault.FEW),
        *_cells(connection, roles, f"NOT ({few}) AND ({uniform})", Fault.UNIFORM),
        *(cell for name in roles.counts for cell in _small(connection, name, rules.least)),
    ]
    return Finding(
        roles=roles,
        k=rules.k,
        l=rules.l,
        rows=int(rows),
        groups=int(groups),
        smallest=int(smallest) if roles.quasi and smallest is not None else None,
        least_diverse=int(fewest) if fewest is not None and diverse else None,
        faulty_cells=int(bad),
        faulty_rows=int(bad_rows),
        cells=tuple(cells),
    )


def _cells(connection: Any, roles: Roles, fault: str, kind: Fault) -> list[Cell]:
    names = list(roles.quasi)
    wanted = ", ".join([*(_quoted(name) for name in names), "n"])
    order = ", ".join(["n", *(_quoted(name) for name in names)])
    found = connection.sql(
        f"SELECT {wanted} FROM cells WHERE n > 0 AND ({fault}) ORDER BY {order} LIMIT {MOST_CELLS}"  # noqa: S608
    ).fetchall()
    return [Cell(kind, dict(zip(names, row[:-1], strict=True)), int(row[-1])) for row in found]


def _small(connection: Any, name: str, least: int) -> list[Cell]:
    number = f"TRY_CAST({_quoted(name)} AS DOUBLE)"
    found = connection.sql(
        f"SELECT count(*) FROM released WHERE {number} > 0 AND {number} < {least}"  # noqa: S608
    ).fetchone()[0]
    return [Cell(Fault.SMALL, {}, int(found), column=name)] if found else []


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
