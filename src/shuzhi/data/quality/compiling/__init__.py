"""Compiling (规则编译): a data set's rules become Ibis expressions, counted in one scan.

One statement counts, for every rule, the rows it looked at and the rows that fail. A second one fetches a
few failing rows of the rules that have any. `unique`, `reference` and long code lists join the rows with
the (distinct) values they are compared with; everything else is arithmetic on the row itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from shuzhi.data.catalog.types import DataSetDeclaration, RuleDeclaration
from shuzhi.data.quality.compiling.checks import CHECKS, Condition, Newest, Sides, Unscanned
from shuzhi.data.quality.compiling.memberships import Memberships
from shuzhi.data.quality.compiling.scope import Scope

__all__ = [
    "FailingRow",
    "Plan",
    "Scope",
    "Tally",
    "Unscanned",
    "compile_rules",
    "counts_of",
    "failing_rows",
    "sample_of",
    "tallies_of",
]


@dataclass(frozen=True)
class Plan:
    """Rows with everything joined to them that the rules need, and for every rule what to ask of them."""

    rows: Any
    sides: Mapping[str, Sides]
    newest: Mapping[str, Newest]
    unscanned: Mapping[str, Unscanned]


@dataclass(frozen=True)
class Tally:
    """What a scan counted for one rule."""

    checked: int
    failed: int


@dataclass(frozen=True)
class FailingRow:
    """One failing row of a rule: its number in the file, and the values the rule looked at, as text."""

    rule: str
    row: int
    values: Mapping[str, str | None]


def compile_rules(scope: Scope, dataset: DataSetDeclaration, rules: Iterable[RuleDeclaration]) -> Plan:
    """The conditions of the rules over the scope's rows, without running anything."""
    asked = Memberships(scope, dataset)
    conditions: dict[str, Condition] = {}
    newest: dict[str, Newest] = {}
    unscanned: dict[str, Unscanned] = {}
    for rule in rules:
        answer = CHECKS[rule.check](rule, asked)
        if isinstance(answer, Unscanned):
            unscanned[rule.id] = answer
        elif isinstance(answer, Newest):
            newest[rule.id] = answer
        else:
            conditions[rule.id] = answer
    rows = asked.joined()
    sides = {name: condition(rows) for name, condition in conditions.items()}
    return Plan(rows, sides, newest, unscanned)


def counts_of(plan: Plan) -> Any:
    """The one aggregate over the plan's rows: `rows`, `c0, f0, c1, f1 …` for its sides, `n0 …` for its newest days."""
    import ibis

    totals = {"rows": plan.rows.count()}
    for index, (checked, failed) in enumerate(plan.sides.values()):
        totals[f"c{index}"] = plan.rows.count(where=checked)
        totals[f"f{index}"] = plan.rows.count(where=failed)
    for index, (day, limit) in enumerate(plan.newest.values()):
        totals[f"n{index}"] = plan.rows.count(where=day(plan.rows) >= ibis.literal(limit, type="date"))
    return plan.rows.aggregate(**totals)


def tallies_of(plan: Plan, counted: Mapping[str, Any]) -> dict[str, Tally]:
    """The aggregate's one row as a tally for every rule."""
    rows = {
        rule: Tally(int(counted[f"c{index}"]), int(counted[f"f{index}"]))
        for index, rule in enumerate(plan.sides)
    }
    days = {rule: Tally(1, int(counted[f"n{index}"] == 0)) for index, rule in enumerate(plan.newest)}
    return rows | days


def sample_of(
    scope: Scope, dataset: DataSetDeclaration, rules: Sequence[RuleDeclaration], *, most: int
) -> Any | None:
    """Up to `most` failing rows of each rule in one statement: rule, row number, and the values looked at.

    Each rule is compiled by itself, so that its part reads its own columns only and stops when it has enough.
    """
    parts = [part for rule in rules if (part := _part(scope, dataset, rule, most)) is not None]
    return reduce(lambda whole, part: whole.union(part), parts) if parts else None


def failing_rows(
    found: Iterable[Mapping[str, Any]], rules: Mapping[str, RuleDeclaration]
) -> list[FailingRow]:
    """The sample's rows as values, by rule and row number."""
    rows = [
        FailingRow(
            rule=row["rule"],
            row=int(row["row"]),
            values=dict(zip(rules[row["rule"]].looks_at, row["shown"], strict=True)),
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (row.rule, row.row))


def _part(scope: Scope, dataset: DataSetDeclaration, rule: RuleDeclaration, most: int) -> Any | None:
    import ibis

    plan = compile_rules(scope, dataset, [rule])
    if rule.id not in plan.sides:
        return None
    failing = plan.rows.filter(plan.sides[rule.id].failed)
    shown = ibis.array([failing[name].cast("string") for name in rule.looks_at])
    return failing.select(rule=ibis.literal(rule.id), row=failing["_row"], shown=shown).limit(most)
