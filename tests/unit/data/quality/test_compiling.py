from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.quality.compiling import (
    Scope,
    Unscanned,
    compile_rules,
    counts_of,
    failing_rows,
    sample_of,
    tallies_of,
)
from shuzhi.data.quality.scanning import _history
from shuzhi.pillars.standards.codelists import shipped_code_lists

TODAY = date(2026, 9, 18)
FIELDS = [
    {"id": "name"},
    {"id": "code", "standard": "uscc"},
    {"id": "kind"},
    {"id": "staff", "type": "integer"},
    {"id": "area", "type": "decimal"},
    {"id": "founded", "type": "date"},
    {"id": "changed", "type": "datetime"},
    {"id": "capital", "type": "amount"},
    {"id": "paid", "type": "amount"},
    {"id": "born", "standard": "date", "type": "date"},
    {"id": "phone", "standard": "phone"},
    {"id": "odd", "standard": "no-such-standard"},
]
CNY = {"capital__currency": "CNY", "paid__currency": "CNY"}
KINDS = pa.schema(
    [
        ("_row", pa.int64()),
        ("name", pa.string()),
        ("code", pa.string()),
        ("kind", pa.string()),
        ("staff", pa.int64()),
        ("area", pa.decimal128(38, 10)),
        ("founded", pa.date32()),
        ("changed", pa.timestamp("us", "UTC")),
        ("capital", pa.decimal128(38, 10)),
        ("capital__currency", pa.string()),
        ("paid", pa.decimal128(38, 10)),
        ("paid__currency", pa.string()),
        ("born", pa.date32()),
        ("phone", pa.string()),
        ("odd", pa.string()),
    ]
)


def declared(*rules):
    fields = [{"name": {"zh": "某", "en": "some"}, **field} for field in FIELDS]
    rules = [
        {"id": f"r{n}", "dimension": "accurate", "message": {"zh": "错", "en": "wrong"}, **rule}
        for n, rule in enumerate(rules)
    ]
    return DataSetDeclaration.model_validate(
        {
            "dataset": "firms",
            "title": {"zh": "企业", "en": "Firms"},
            "owner": "market-regulation",
            "tier": "city",
            "theme": "economy",
            "update": "daily",
            "sharing": "conditional",
            "opening": "none",
            "fields": fields,
            "rules": rules,
        }
    )


def table(rows):
    numbered = [{"_row": number, **row} for number, row in enumerate(rows, start=1)]
    return ibis.memtable(pa.Table.from_pylist(numbered, schema=KINDS))


def scope(rows, **more):
    return Scope(rows=table(rows), today=TODAY, **more)


def tally(rule, rows, **more):
    """(checked, failed) of one rule over some rows."""
    dataset = declared(rule)
    plan = compile_rules(scope(rows, **more), dataset, dataset.rules)
    if plan.unscanned:
        return plan.unscanned["r0"]
    found = tallies_of(plan, counts_of(plan).to_pyarrow().to_pylist()[0])["r0"]
    return found.checked, found.failed


def one_by_one(field, values):
    return [{field: value} for value in values]


class TestNulls:
    def test_only_not_null_counts_missing_and_blank_values(self):
        rows = one_by_one("name", ["甲", None, "", "  ", "乙"])

        assert tally({"check": "not_null", "field": "name"}, rows) == (5, 3)

    @pytest.mark.parametrize(
        "rule",
        [
            {"check": "valid", "field": "code"},
            {"check": "unique", "field": "code"},
            {"check": "in_codelist", "field": "code", "codelist": "short"},
            {"check": "in_codelist", "field": "code", "codelist": "long"},
            {"check": "range", "field": "staff", "min": "1"},
            {"check": "length", "field": "name", "min": "1"},
            {"check": "compare", "fields": ["founded", "born"], "op": "le"},
            {"check": "reference", "field": "code", "dataset": "others", "to": "code"},
            {"check": "not_future", "field": "founded"},
        ],
    )
    def test_all_others_leave_them_out(self, rule):
        lists = {"short": ["1"], "long": [str(n) for n in range(500)]}

        found = tally(rule, [{}, {}, {}], codes=lists.get, dataset=lambda _: table([{"code": "1"}]))

        assert found == (0, 0)

    def test_not_null_over_several_fields_fails_where_any_is_missing(self):
        rows = [{"name": "甲", "staff": 1}, {"name": "乙"}, {"staff": 0}]

        assert tally({"check": "not_null", "fields": ["name", "staff"]}, rows) == (3, 2)


class TestChecks:
    def test_valid_takes_the_standard_of_the_field(self):
        rows = one_by_one("code", ["91350100M000100Y43", "91350100M000100Y44", "91350100m000100y43", "杭"])

        assert tally({"check": "valid", "field": "code"}, rows) == (4, 3)

    def test_valid_of_what_the_collection_has_checked(self):
        assert tally({"check": "valid", "field": "born"}, [{"born": TODAY}, {}]) == (1, 0)
        assert tally({"check": "valid", "field": "odd"}, [{}]) is Unscanned.NOTHING_TO_COMPARE

    def test_valid_runs_the_validator_where_no_expression_says_it(self):
        rows = one_by_one("phone", ["0571-87654321", "13800001111", "12345", "87654321", None])

        assert tally({"check": "valid", "field": "phone"}, rows) == (4, 1)

    @pytest.mark.parametrize(
        ("newest", "failed"), [(date(2026, 9, 11), 0), (date(2026, 9, 10), 1), (None, 1)]
    )
    def test_fresh_looks_at_the_newest_day(self, newest, failed):
        rows = one_by_one("founded", [date(1980, 1, 1), newest])

        assert tally({"check": "fresh", "field": "founded", "days": "7"}, rows) == (1, failed)

    def test_unique_counts_every_row_that_shares_its_value(self):
        rows = one_by_one("code", ["a", "b", "a", "c", "a"])

        assert tally({"check": "unique", "field": "code"}, rows) == (5, 3)

    def test_unique_over_two_fields_does_not_confuse_their_border(self):
        rows = [{"name": "ab", "kind": "c"}, {"name": "a", "kind": "bc"}, {"name": "ab", "kind": "c"}]

        assert tally({"check": "unique", "fields": ["name", "kind"]}, rows) == (3, 2)

    @pytest.mark.parametrize("size", [3, 1000])
    def test_in_codelist_joins_long_lists_and_writes_out_short_ones(self, size):
        codes = [f"{n:04}" for n in range(size)]

        found = tally(
            {"check": "in_codelist", "field": "kind", "codelist": "x"},
            one_by_one("kind", ["0001", "0002", "9999", "1"]),
            codes=lambda _: codes,
        )

        assert found == (4, 2)

    def test_in_codelist_asks_what_a_code_meant_on_the_rows_own_day(self):
        """330110 is a district before and after 2021; 江干 (330104) ended then, 临平 (330113) began."""
        rule = {"check": "in_codelist", "field": "kind", "codelist": "divisions", "as_of": "founded"}
        before, after = date(2020, 6, 1), date(2022, 6, 1)
        rows = [
            {"kind": code, "founded": day}
            for code in ("330110", "330104", "330113")
            for day in (before, after)
        ]

        assert tally(rule, rows[:2], holds=_history) == (2, 0)
        assert tally(rule, rows[2:4], holds=_history) == (2, 1)
        assert tally(rule, rows[4:], holds=_history) == (2, 1)
        assert tally(rule, [{"kind": "330110"}, {"founded": after}], holds=_history) == (0, 0)

    def test_in_codelist_follows_a_list_with_versions(self):
        rule = {"check": "in_codelist", "field": "kind", "codelist": "industries", "as_of": "changed"}
        moments = [datetime(2012, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)]
        rows = [{"kind": code, "changed": at} for code in ("6420", "6540") for at in moments]
        known = shipped_code_lists()["industries"]
        wrong = sum(row["kind"] not in known.at(row["changed"].date()).codes for row in rows)

        assert tally(rule, rows, holds=_history) == (4, wrong)
        assert 0 < wrong < 4

    def test_the_tree_of_divisions_without_a_day_means_the_day_of_the_check(self):
        rule = {"check": "in_codelist", "field": "kind", "codelist": "divisions"}

        assert tally(rule, one_by_one("kind", ["330113", "330104", "999999"]), holds=_history) == (3, 2)

    def test_in_codelist_without_the_list_says_so(self):
        rule = {"check": "in_codelist", "field": "kind", "codelist": "x"}

        assert tally(rule, [{"kind": "1"}]) is Unscanned.NOTHING_TO_COMPARE

    def test_range_includes_its_ends(self):
        rule = {"check": "range", "field": "area", "min": "0", "max": "10.5"}
        rows = one_by_one("area", [Decimal(text) for text in ("0", "10.5", "-0.0000000001", "10.5000000001")])

        assert tally(rule, rows) == (4, 2)

    def test_length_counts_characters_not_bytes(self):
        rows = one_by_one("name", ["杭州", "杭州市", "a"])

        assert tally({"check": "length", "field": "name", "min": "2", "max": "2"}, rows) == (3, 2)

    def test_compare_of_amounts_only_within_one_currency(self):
        rows = [
            {"paid": 5, "capital": 4, **CNY},
            {"paid": 3, "capital": 4, **CNY},
            {"paid": 5, "capital": 4, "paid__currency": "USD", "capital__currency": "CNY"},
        ]

        assert tally({"check": "compare", "fields": ["paid", "capital"], "op": "le"}, rows) == (2, 1)

    def test_compare_of_a_moment_with_a_day_by_chinas_calendar(self):
        moment = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)  # half past midnight of the 18th in China

        rows = [{"changed": moment, "founded": TODAY}]

        assert tally({"check": "compare", "fields": ["changed", "founded"], "op": "eq"}, rows) == (1, 0)

    def test_not_future(self):
        rows = one_by_one("founded", [TODAY, date(2026, 9, 19), date(1980, 1, 1)])

        assert tally({"check": "not_future", "field": "founded"}, rows) == (3, 1)

    def test_reference(self):
        other = table(one_by_one("code", ["a", "a", None]))
        rule = {"check": "reference", "field": "name", "dataset": "others", "to": "code"}

        assert tally(rule, one_by_one("name", ["a", "b", "a"]), dataset={"others": other}.get) == (3, 1)
        assert tally(rule, one_by_one("name", ["a"])) is Unscanned.NOTHING_TO_COMPARE

    def test_a_column_that_older_files_do_not_have_holds_nothing(self):
        dataset = declared(
            {"check": "range", "field": "staff", "min": "1"}, {"check": "not_null", "field": "kind"}
        )
        plan = compile_rules(
            Scope(rows=table([{}, {}]).drop("staff", "kind"), today=TODAY), dataset, dataset.rules
        )

        found = tallies_of(plan, counts_of(plan).to_pyarrow().to_pylist()[0])

        assert [(t.checked, t.failed) for t in found.values()] == [(0, 0), (2, 2)]

    @pytest.mark.parametrize("check", ["fresh", "matches_total"])
    def test_rules_about_the_whole_data_set_are_not_scanned(self, check):
        assert tally({"check": check, "days": "3"}, [{}]) is Unscanned.WHOLE_DATASET


class TestSample:
    def test_gives_a_few_failing_rows_of_each_rule_with_what_it_looked_at(self):
        dataset = declared(
            {"check": "not_null", "field": "name"},
            {"check": "range", "field": "staff", "min": "1"},
            {"check": "compare", "fields": ["founded", "born"], "op": "le"},
        )
        rows = [{"staff": 0}, {"name": "甲", "staff": -1}, {"founded": TODAY, "born": date(2000, 1, 1)}]

        statement = sample_of(scope(rows), dataset, dataset.rules, most=2)
        found = failing_rows(statement.to_pyarrow().to_pylist(), {rule.id: rule for rule in dataset.rules})

        assert [row.rule for row in found].count("r0") == 2
        assert [(row.row, row.values) for row in found if row.rule == "r1"] == [
            (1, {"staff": "0"}),
            (2, {"staff": "-1"}),
        ]
        assert [(row.row, row.values) for row in found if row.rule == "r2"] == [
            (3, {"founded": "2026-09-18", "born": "2000-01-01"})
        ]


def test_all_rules_are_one_statement_that_other_engines_have_too():
    dataset = declared(
        {"check": "unique", "field": "code"},
        {"check": "valid", "field": "code"},
        {"check": "not_future", "field": "changed"},
        {"check": "in_codelist", "field": "kind", "codelist": "x"},
    )
    rows = ibis.table(ibis.memtable(KINDS.empty_table()).schema(), name="rows")
    plan = compile_rules(Scope(rows=rows, today=TODAY, codes=lambda _: ["1", "2"]), dataset, dataset.rules)

    for dialect in ("duckdb", "pyspark"):
        assert str(ibis.to_sql(counts_of(plan), dialect=dialect)).count(";") == 0


VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "", " ", "杭州"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, st.one_of(st.none(), st.integers(-3, 3))), max_size=12))
def test_counts_agree_with_plain_python(cells):
    rows = [{"name": name, "kind": kind, "staff": staff} for name, kind, staff in cells]
    dataset = declared(
        {"check": "not_null", "fields": ["name", "staff"]},
        {"check": "unique", "fields": ["name", "kind"]},
        {"check": "range", "field": "staff", "min": "-1", "max": "2"},
        {"check": "in_codelist", "field": "kind", "codelist": "x"},
        {"check": "length", "field": "name", "max": "1"},
    )
    plan = compile_rules(scope(rows, codes=lambda _: ["a", "b"]), dataset, dataset.rules)

    found = tallies_of(plan, counts_of(plan).to_pyarrow().to_pylist()[0])

    pairs = [(n, k) for n, k, _ in cells if n is not None and k is not None]
    numbers = [s for _, _, s in cells if s is not None]
    kinds = [k for _, k, _ in cells if k is not None]
    names = [n for n, _, _ in cells if n is not None]
    expected = [
        (len(cells), sum(not (n or "").strip() or s is None for n, _, s in cells)),
        (len(pairs), sum(pairs.count(pair) > 1 for pair in pairs)),
        (len(numbers), sum(not -1 <= s <= 2 for s in numbers)),
        (len(kinds), sum(k not in {"a", "b"} for k in kinds)),
        (len(names), sum(len(n) > 1 for n in names)),
    ]
    assert [(t.checked, t.failed) for t in found.values()] == expected
