"""Python and SQL give the same answers, whatever the rule and whatever the rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.unit.support.decisions.dmn.models import data, decision, definitions, literal
from tests.unit.support.decisions.generating import PLACES, VARIABLES, cells_of, expressions, rows
from tests.unit.support.decisions.sql.agreeing import by_python, by_sql, same, table_of

from shuzhi.support.decisions.errors import RulesFaulty
from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.sql.errors import RulesNotInSql

SEVERAL = st.lists(rows(), min_size=8, max_size=8)
INPUTS = [data(name, kind) for name, kind in VARIABLES.items()]
NEEDS = [f"i-{name}" for name in VARIABLES]
PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def agree_on_expression(text: str, kind: str, given_rows: list[dict[str, Any]]) -> None:
    model = definitions(*INPUTS, decision("r", literal(text), *NEEDS, type_=kind))
    agree(model, given_rows, text)


def agree(model: bytes, given_rows: list[dict[str, Any]], text: object) -> None:
    rules = read_rulebook([("m.dmn", model)])
    assume(not rules.faults)  # rows of unique hits that overlap: refused below
    try:
        found = by_sql(rules, "r", table_of(given_rows, VARIABLES, list(PLACES)))
    except RulesNotInSql:
        assume(False)
        return
    wanted = by_python(rules, "r", given_rows)
    for row, one, two in zip(given_rows, wanted, found, strict=True):
        assert same(one.value, two["answer"]), (text, row, one.value, two["answer"])


def table_model(
    policy: str, names: list[str], lines: list[list[str]], outputs: list[str], allowed: str
) -> bytes:
    from xml.sax.saxutils import escape

    columns = "".join(
        f'<input><inputExpression typeRef="{VARIABLES[name]}"><text>{name}</text></inputExpression></input>'
        for name in names
    )
    body = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in line)
        + f"<outputEntry><text>{escape(output)}</text></outputEntry></rule>"
        for line, output in zip(lines, outputs, strict=True)
    )
    values = f"<outputValues><text>{allowed}</text></outputValues>" if allowed else ""
    hit, _, aggregation = policy.partition("+")
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    table = f'<decisionTable hitPolicy="{hit}"{extra}>{columns}<output typeRef="number">{values}</output>{body}</decisionTable>'
    return definitions(*INPUTS, decision("r", table, *NEEDS))


POLICIES = ["FIRST", "UNIQUE", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER",
            "COLLECT+SUM", "COLLECT+MIN", "COLLECT+MAX", "COLLECT+COUNT"]  # fmt: skip


@st.composite
def tables(draw: Any) -> tuple[bytes, object]:
    policy = draw(st.sampled_from(POLICIES))
    names = draw(st.lists(st.sampled_from(list(VARIABLES)), min_size=2, max_size=3, unique=True))
    count = draw(st.integers(2, 5))
    lines = [[draw(cells_of(name)) for name in names] for _ in range(count)]
    ordered = policy in ("PRIORITY", "OUTPUT ORDER")
    choices = ["1", "2", "3"] if ordered else ["1", "2", "n", "注册资本 * 2"]
    outputs = [draw(st.sampled_from(choices)) for _ in lines]
    return table_model(policy, names, lines, outputs, "3, 1, 2" if ordered else ""), (
        policy,
        names,
        lines,
        outputs,
    )


def test_rows_of_unique_hits_that_overlap_are_refused():
    model = table_model("UNIQUE", ["n", "s"], [["< 5", "-"], ["3", '"a"']], ["1", "2"], "")

    with pytest.raises(RulesFaulty) as refused:
        by_sql(read_rulebook([("m.dmn", model)]), "r", table_of([], VARIABLES, list(PLACES)))

    assert [(each.code, each.place.row) for each in refused.value.faults] == [("rows-overlap", 2)]


class TestSample:
    # The same cases each time: what all tests of the house say must not depend on luck. The proof draws new ones.
    @settings(max_examples=40, derandomize=True, suppress_health_check=PATIENT)
    @given(expressions(), SEVERAL)
    def test_expressions(self, expression, given_rows):
        agree_on_expression(*expression, given_rows)

    @settings(max_examples=15, derandomize=True, suppress_health_check=PATIENT)
    @given(tables(), SEVERAL)
    def test_tables(self, table, given_rows):
        agree(table[0], given_rows, table[1])


@pytest.mark.proof
class TestTenThousand:
    """1,600 expressions and tables, each over eight rows."""

    @settings(max_examples=1200, deadline=None, suppress_health_check=PATIENT)
    @given(expressions(4), SEVERAL)
    def test_expressions(self, expression, given_rows):
        agree_on_expression(*expression, given_rows)

    @settings(max_examples=400, deadline=None, suppress_health_check=PATIENT)
    @given(tables(), SEVERAL)
    def test_tables(self, table, given_rows):
        agree(table[0], given_rows, table[1])
