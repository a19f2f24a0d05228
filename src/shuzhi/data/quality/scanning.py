"""Scanning (扫描): a data set's rules over a batch in the lake, or over what the data set says now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shuzhi.data.catalog.types import DIVISION_TREE, DataSetDeclaration, RuleDeclaration
from shuzhi.data.quality.compiling import (
    FailingRow,
    Scope,
    Tally,
    Unscanned,
    compile_rules,
    counts_of,
    failing_rows,
    sample_of,
    tallies_of,
)
from shuzhi.data.quality.compiling.scope import HoldsOn
from shuzhi.foundation import lake
from shuzhi.pillars.organization.divisions import shipped_tree
from shuzhi.pillars.standards.codelists import shipped_code_lists

SAMPLES_A_RULE = 20


@dataclass(frozen=True)
class Scan:
    """What one scan found: the rows looked at, a tally for every scanned rule, and a few failing rows."""

    rows: int
    tallies: Mapping[str, Tally]
    unscanned: Mapping[str, Unscanned]
    failing: tuple[FailingRow, ...] = ()


def scan_batch(
    *, seq: int, dataset: DataSetDeclaration, rules: Sequence[RuleDeclaration], today: date
) -> Scan:
    """All rules, in one statement, over what the data set said once this batch was in; a second fetches failing rows.

    A small batch of corrections or deletions is judged by the data set that it leaves behind, not by itself.
    """
    with lake.open_duckdb() as connection:
        lake.current_rows(connection, dataset.dataset, until=seq).create_view("rows_then")
        return _scan(_scope(connection, "rows_then", today=today), dataset, rules, samples=SAMPLES_A_RULE)


def scan_current(*, dataset: DataSetDeclaration, rules: Sequence[RuleDeclaration], today: date) -> Scan:
    """Rules over what the data set says now, over all its sources and batches."""
    with lake.open_duckdb() as connection:
        lake.current_rows(connection, dataset.dataset).create_view("current_rows")
        return _scan(_scope(connection, "current_rows", today=today), dataset, rules, samples=0)


def _scan(
    scope: Scope, dataset: DataSetDeclaration, rules: Sequence[RuleDeclaration], *, samples: int
) -> Scan:
    plan = compile_rules(scope, dataset, rules)
    counted = counts_of(plan).to_pyarrow().to_pylist()[0]
    tallies = tallies_of(plan, counted)
    failing = _failing(scope, dataset, rules, tallies, samples) if samples else []
    return Scan(int(counted["rows"]), tallies, plan.unscanned, tuple(failing))


def _failing(
    scope: Scope,
    dataset: DataSetDeclaration,
    rules: Sequence[RuleDeclaration],
    tallies: Mapping[str, Tally],
    most: int,
) -> list[FailingRow]:
    broken = {rule.id: rule for rule in rules if rule.id in tallies and tallies[rule.id].failed}
    statement = sample_of(scope, dataset, list(broken.values()), most=most)
    return failing_rows(statement.to_pyarrow().to_pylist(), broken) if statement is not None else []


def _history(name: str) -> HoldsOn | None:
    """Whether a code of a list, or of the tree of divisions, held on a day."""
    if name == DIVISION_TREE:
        tree = shipped_tree()
        return lambda code, day: tree.as_of(code, day) is not None
    found = shipped_code_lists().get(name)
    if found is None:
        return None
    return lambda code, day: (version := found.at(day)) is not None and code in version.codes


def _scope(connection: Any, view: str, *, today: date) -> Scope:
    import ibis

    engine = ibis.duckdb.from_connection(connection)

    def codes(name: str) -> Collection[str] | None:
        found = shipped_code_lists().get(name)
        version = found.at(today) if found else None
        return version.codes.keys() if version else None

    def other(name: str) -> Any:
        if not lake.has_table(name):
            return None
        referred = f"referred_{name.replace('-', '_')}"
        lake.current_rows(connection, name).create_view(referred)
        return engine.table(referred)

    return Scope(
        rows=engine.table(view),
        today=today,
        codes=codes,
        holds=_history,
        dataset=other,
    )
