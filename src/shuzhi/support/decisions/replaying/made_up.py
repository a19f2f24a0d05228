"""Made-up rows (合成数据): drawn around what the rules themselves compare with, so that every row of a table is met."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from shuzhi.support.decisions.dmn.model import Literal, Table
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import FeelType, Restricted
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.replaying.populations import IDENTITY, Rows, inputs_of
from shuzhi.support.decisions.replaying.typed import bare, column
from shuzhi.support.decisions.types import ReplayOrder

SEED = 20260101
MOST = 1_000_000
DISTINCT = 4_000
"""So many values are drawn of each input; rows choose among them."""
MISSING = 0.04
_NUMBERS = re.compile(r"(?<![\w\"])-?\d{1,9}(?:\.\d{1,4})?")
_TEXTS = re.compile(r'"([^"\\]{1,40})"')
YEARS = 4
RARE = 0.2
"""How often a yes is drawn: exceptions are rarer than the rule."""
BESIDE = (-3, -2, -1, 0, 0, 1, 2, 5, 20)


def made_up_rows(order: ReplayOrder, rules: Rulebook) -> Rows:
    """So many made-up rows, the same each time; one in twenty-five values is not known."""
    random = Random(SEED)  # noqa: S311 - rows of an example, no secret
    rows = max(1, min(order.rows, MOST))
    numbers, texts = _constants(rules)
    made: dict[str, Any] = {IDENTITY: pa.array([f"F{n:07d}" for n in range(1, rows + 1)])}
    for name, kind in inputs_of(order, rules).items():
        pool = column([_drawn(kind, order.new_day, numbers, texts, random) for _ in range(DISTINCT)], kind)
        chosen = pa.array(random.choices(range(DISTINCT), k=rows), pa.int32())
        made[name] = pool.take(chosen)
    return Rows(pa.table(made), lambda name: name)


def _constants(rules: Rulebook) -> tuple[list[Decimal], list[str]]:
    """The numbers and texts that the rules' own cells are written with."""
    written: list[str] = []
    for decision in rules.books[0].model.definitions.decisions:
        box = decision.expression
        if isinstance(box, Table):
            written += [text.text for rule in box.rules for text in rule.tests]
        elif isinstance(box, Literal):
            written.append(box.text.text)
        written += [each.value.text.text for each in decision.values if isinstance(each.value, Literal)]
    joined = "\n".join(written)
    numbers = sorted({Decimal(each) for each in _NUMBERS.findall(_TEXTS.sub("", joined))})[:200]
    return numbers or [Decimal(n) for n in (0, 1, 10, 100)], sorted(set(_TEXTS.findall(joined)))[:200]


def _drawn(kind: FeelType, day: date, numbers: list[Decimal], texts: list[str], random: Random) -> Any:
    if random.random() < MISSING:
        return None
    allowed = _allowed(kind)
    if allowed:
        return random.choice(allowed)
    draws: dict[FeelType, Callable[[], Any]] = {
        kinds.BOOLEAN: lambda: random.random() < RARE,
        kinds.NUMBER: lambda: max(Decimal(0), random.choice(numbers) + random.choice(BESIDE)),
        kinds.DATE: lambda: day - timedelta(days=random.randrange(365 * YEARS)),
        kinds.STRING: lambda: random.choice(texts) if texts else None,
    }
    draw = draws.get(bare(kind))
    return draw() if draw else None


def _allowed(kind: FeelType) -> list[Any]:
    """The values that a type lists."""
    while isinstance(kind, Restricted):
        tests = kind.tests.tests if isinstance(kind.tests, nodes.UnaryTests) else ()
        listed = [each.value for each in tests if isinstance(each, (nodes.String, nodes.Number))]
        if listed and len(listed) == len(tests):
            return listed
        kind = kind.base
    return []
