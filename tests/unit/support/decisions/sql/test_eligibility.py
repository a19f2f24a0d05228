"""Three-valued eligibility: what is said to be known is the same whatever the missing inputs are.

yes and no are never said where another value of a missing input would change the answer. Not known may be said where
every value leads to the same answer (rows that only together cover all cases): finding that out would mean trying all.
"""

from __future__ import annotations

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.support.decisions.dmn.models import data, decision, definitions, literal

from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.sql.errors import RulesNotInSql

from .agreeing import by_sql, table_of

DOMAIN = {"a": (0, 1, 2, 3), "b": ("x", "y"), "c": (True, False)}
TYPES = {"a": "number", "b": "string", "c": "boolean"}
CELLS = {
    "a": ("-", "&lt; 2", "&gt;= 2", "[1..2]", "3", "not(1)"),
    "b": ("-", '"x"', '"y"', '"x","y"', 'not("x")'),
    "c": ("-", "true", "false"),
}
RULES = st.lists(
    st.tuples(*(st.sampled_from(CELLS[name]) for name in "abc"), st.sampled_from(["true", "false"])),
    min_size=1,
    max_size=5,
)
FIRMS = [
    dict(zip(DOMAIN, values, strict=True)) for values in product(*((None, *each) for each in DOMAIN.values()))
]


def model(rules):
    rows = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in cells)
        + f"<outputEntry><text>{out}</text></outputEntry></rule>"
        for *cells, out in rules
    )
    columns = "".join(
        f'<input><inputExpression typeRef="{TYPES[name]}"><text>{name}</text></inputExpression></input>'
        for name in DOMAIN
    )
    table = (
        f'<decisionTable hitPolicy="FIRST">{columns}<output typeRef="boolean">'
        f"<defaultOutputEntry><text>false</text></defaultOutputEntry></output>{rows}</decisionTable>"
    )
    inputs = [data(name, kind) for name, kind in TYPES.items()]
    asked = decision("D", table, *(f"i-{name}" for name in DOMAIN), type_="boolean")
    return read_rulebook([("x.dmn", definitions(*inputs, asked))]).sound()


def completions(firm):
    """The firm with every value that its missing inputs may have."""
    wanted = [(value,) if value is not None else DOMAIN[name] for name, value in firm.items()]
    return [dict(zip(firm, values, strict=True)) for values in product(*wanted)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES)
def test_what_is_known_does_not_hang_on_what_is_missing(rules):
    book = model(rules)
    decide = book.decider("D")
    answers = {tuple(each.values()): decide(each) for each in FIRMS if None not in each.values()}

    found = by_sql(book, "D", table_of(FIRMS, TYPES), eligibility=True)

    for firm, row in zip(FIRMS, found, strict=True):
        possible = {answers[tuple(each.values())] for each in completions(firm)}
        if row["eligible"] != "unknown":
            assert possible == {row["eligible"] == "yes"}, (firm, rules)
            assert row["missing"] == []
        else:
            gone = {name for name, value in firm.items() if value is None}
            assert gone
            assert set(row["missing"]) == gone


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES.map(lambda rules: rules[:1]))
def test_of_a_single_row_nothing_is_unknown_that_could_be_known(rules):
    *cells, out = rules[0]
    covering = {'"x","y"'}  # met by every value, but not known of a missing one
    book = model(rules)
    decide = book.decider("D")
    found = by_sql(book, "D", table_of(FIRMS, TYPES), eligibility=True)

    for firm, row in zip(FIRMS, found, strict=True):
        possible = {decide(each) for each in completions(firm)}
        if out == "true" and not covering & set(cells):
            assert (row["eligible"] == "unknown") == (len(possible) > 1), (firm, rules)


# Conditions that come to null, or to an answer that hangs on a null, because of a wrong type or a missing `y`; `x` is a text.
WRONG = (
    'not("x")', "not(x)", "x < 1", "x = 1", "x between 1 and 2", "1 between y and 2", "x in [1..2]", "x and true",
    "y > 0 or false", "if x then true else false", "if y > 0 then true else false", "x + 1 > 0", "1 + null > 0", "1 / 0 > 0",
    "all([true, x])", "some i in [y, 0] satisfies i > 0", "every i in [y, 1] satisfies i > 0", 'upper case(1) = "A"',
    "abs(x) > 0", "[1, 2][3] > 0", "-x > 0", "string length(x) > y", "y > 5 and (if y > 5 then true else false)",
    "not(y in [1..2])", "y > 5 or not(y > 5)",
)  # fmt: skip


def test_no_condition_of_a_wrong_type_is_said_to_be_known():
    types = {"x": "string", "y": "number"}
    row = {"x": "text", "y": None}
    for text in WRONG:
        parts = [data(name, kind) for name, kind in types.items()]
        parts.append(decision("D", literal(text), "i-x", "i-y", type_="boolean"))
        book = read_rulebook([("x.dmn", definitions(*parts))]).sound()
        answer = book.decide("D", row, strict=True)
        try:
            (found,) = by_sql(book, "D", table_of([row], types), eligibility=True)
        except RulesNotInSql:
            continue
        assert answer.status.value != "value", text
        assert found["eligible"] == "unknown", text
