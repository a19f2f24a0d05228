"""What if (规则推演): a changed rule over a population, before it is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis

from shuzhi.support.decisions.dmn.rulebook import Rulebook
from shuzhi.support.decisions.errors import CostUnknown
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.sql.query import ANSWER, ELIGIBLE, MISSING, ROW, Asked, compile_decision
from shuzhi.support.decisions.sql.running import MEMORY, opened

ANSWERS = ("yes", "no", "unknown")
MONEY = "decimal(38, 4)"
COST = "_shuzhi_cost"
SIDES = ("before", "before_cost", "after", "after_cost")
RESULTS = (ANSWER, ROW, ELIGIBLE, MISSING)


@dataclass(frozen=True)
class Question:
    """What is compared: the days on which each version holds, the column that names a row, the cost's output."""

    decision: str
    old_day: dt.date | None = None
    new_day: dt.date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    cost: str = ""
    identity: str = ""
    most: int = 100


@dataclass(frozen=True)
class Change:
    """A row whose answer changes."""

    identity: str
    before: str
    after: str
    cost: Decimal  # how much more it is given


@dataclass(frozen=True)
class Comparison:
    """Two versions over one population: the counts of each answer, who changes, what it costs."""

    rows: int
    old: Mapping[str, int]
    new: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]
    changed: int
    changes: tuple[Change, ...]
    old_cost: Decimal | None = None
    new_cost: Decimal | None = None

    @property
    def more(self) -> int:
        """How many more qualify; fewer if negative."""
        return self.new["yes"] - self.old["yes"]

    def as_dict(self) -> dict[str, object]:
        """As JSON."""
        costs = None
        if self.old_cost is not None and self.new_cost is not None:
            more = self.new_cost - self.old_cost
            costs = {"old": _plain(self.old_cost), "new": _plain(self.new_cost), "more": _plain(more)}
        return {
            "rows": self.rows,
            "old": dict(self.old),
            "new": dict(self.new),
            "more": self.more,
            "moves": [{"from": a, "to": b, "rows": count} for (a, b), count in self.moves.items()],
            "changed": self.changed,
            "changes": [
                {"id": each.identity, "from": each.before, "to": each.after, "cost": _plain(each.cost)}
                for each in self.changes
            ],
            "cost": costs,
        }


def _plain(amount: Decimal) -> int | float:
    """An amount as JSON's number."""
    return int(amount) if amount == int(amount) else float(amount)


def compare_rules(
    old: Rulebook, new: Rulebook, question: Question, *, table: Path, memory: str = MEMORY
) -> Comparison:
    """How many more qualify under the new version, who changes (the first by identity), and what it costs.

    The cost is what the rows that qualify are given: an output of the decision, or another decision of the rules.

    Raises:
        RulesNotInSql: one of the versions can't be made into SQL.
        CostUnknown: the decision has no such output, or it is no number.
    """
    with opened(memory=memory) as engine:
        given = engine.read_parquet(table)
        identity = question.identity or given.columns[0]
        before = _side(old, given, question, question.old_day, "before")
        after = _side(new, before, question, question.new_day, "after")
        both = after.select(*SIDES, identity=after[identity].cast("string"))
        return _compared(engine.create_table("both", both, temp=True), question)


def _side(rules: Rulebook, table: Any, question: Question, day: dt.date | None, name: str) -> Any:
    """The table with one version's answer and cost beside its own columns."""
    own = tuple(each for each in table.columns if each not in RESULTS)
    apart = question.cost if question.cost in rules.decisions else ""
    if apart:
        costs = compile_decision(rules, apart, table, Asked(as_of=day, columns=question.columns))
        priced = costs.over(table, keep=own)
        table = priced.mutate(**{COST: _money(priced[ANSWER], question)}).drop(ANSWER)
    asked = Asked(as_of=day, columns=question.columns, eligibility=True, output=question.output)
    made = compile_decision(rules, question.decision, table, asked).over(
        table, keep=(*own, COST) if apart else own
    )
    cost = made[COST] if apart else _cost(made[ANSWER], question)
    cost = ibis.ifelse(made[ELIGIBLE] == "yes", cost, ibis.null(MONEY))
    return made.select(*own, **{name: made[ELIGIBLE], f"{name}_cost": cost})


def _cost(answer: Any, question: Question) -> Any:
    """The declared cost in an answer."""
    if not question.cost:
        return ibis.null(MONEY)
    kind, name = answer.type(), normal_name(question.cost)
    if kind.is_struct() and name in kind.names:
        return _money(answer[name], question)
    raise CostUnknown(output=question.cost, decision=question.decision)


def _money(amount: Any, question: Question) -> Any:
    if not amount.type().is_numeric():
        raise CostUnknown(output=question.cost, decision=question.decision)
    return amount.cast(MONEY)


def _compared(both: Any, question: Question) -> Comparison:
    counted = both.group_by(["before", "after"]).agg(
        rows=both.count(), old_cost=both.before_cost.sum(), new_cost=both.after_cost.sum()
    )
    pairs = {(each["before"], each["after"]): each for each in counted.to_pyarrow().to_pylist()}
    moves = {pair: int(each["rows"]) for pair, each in sorted(pairs.items()) if pair[0] != pair[1]}
    changes = _changes(both, question.most) if moves else ()
    return Comparison(
        rows=sum(int(each["rows"]) for each in pairs.values()),
        old={
            name: sum(int(each["rows"]) for pair, each in pairs.items() if pair[0] == name)
            for name in ANSWERS
        },
        new={
            name: sum(int(each["rows"]) for pair, each in pairs.items() if pair[1] == name)
            for name in ANSWERS
        },
        moves=moves,
        changed=sum(moves.values()),
        changes=changes,
        old_cost=_total(pairs.values(), "old_cost") if question.cost else None,
        new_cost=_total(pairs.values(), "new_cost") if question.cost else None,
    )


def _total(pairs: Iterable[Mapping[str, Any]], name: str) -> Decimal:
    return sum((each[name] or Decimal(0) for each in pairs), Decimal(0))


def _changes(both: Any, most: int) -> tuple[Change, ...]:
    cost = both.after_cost.fill_null(0) - both.before_cost.fill_null(0)
    rows = both.filter(both.before != both.after).mutate(more=cost).order_by("identity").limit(most)
    return tuple(
        Change(each["identity"], each["before"], each["after"], each["more"])
        for each in rows.to_pyarrow().to_pylist()
    )
