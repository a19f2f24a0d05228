"""Many decisions in one pass say what each says by itself, and what the rules say row by row."""

from __future__ import annotations

import ibis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuzhi.support.decisions.sql.query import Asked
from shuzhi.support.decisions.sql.together import decided_together

from .agreeing import DAY, by_sql, table_of
from .test_eligibility import FIRMS, RULES, TYPES, model


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RULES, min_size=1, max_size=4))
def test_together_as_each_by_itself(many):
    books, data = [model(rules) for rules in many], table_of(FIRMS, TYPES)
    engine = ibis.duckdb.connect()
    table = engine.create_table("firms", data)
    asked = [(book, "D", "") for book in books]

    parts = list(decided_together(asked, table, Asked(as_of=DAY), keep=("at",)))
    found = [row for part in parts for row in engine.to_pyarrow(part).to_pylist()]
    engine.disconnect()

    assert len(parts) == 2
    assert sorted(row["at"] for row in found) == list(range(len(FIRMS)))
    rows = {row["at"]: row for row in found}
    for number, book in enumerate(books):
        for one in by_sql(book, "D", data, eligibility=True):
            told = rows[one["at"]]
            assert (told[f"{number}_eligible"], told[f"{number}_answer"]) == (one["eligible"], one["answer"])
        decide = book.decider("D")
        for at, firm in enumerate(FIRMS):
            if None not in firm.values():
                assert rows[at][f"{number}_eligible"] == ("yes" if decide(firm) is True else "no")
