"""ADR 0016: a few bad cells are bad cells, not another type of column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.data.sources.reading import profile_file
from shuzhi.data.sources.reading.column_survey import ColumnSurvey
from shuzhi.data.sources.reading.distinct import Budget


@pytest.fixture
def profile(write):
    def _profile(name, values):
        text = "行," + name + "\n" + "".join(f'r{place},"{value}"\n' for place, value in enumerate(values))
        return profile_file(write("a.csv", text))

    return _profile


def survey(name, values):
    found = ColumnSurvey(name, Budget(1_000_000), Budget(1_000))
    found.take(values, range(2, len(values) + 2), set())
    return found


DAYS = [f"2023-{month:02}-{day:02}" for month in range(1, 5) for day in range(1, 11)]


class TestTypeStays:
    @pytest.mark.parametrize(
        ("name", "good", "bad", "expected"),
        [
            ("成立日期", DAYS[:39], "2023-02-30", ("date", "not_date")),
            ("成立日期", DAYS[:39], "待定", ("date", "not_date")),
            ("x", DAYS[:4], "2023-13-01", ("date", "not_date")),
            ("日期", DAYS[:2], "不详", ("date", "not_date")),
            ("登记日期", ["20230105", "20230106", "20230107", "20230108"], "20230230", ("date", "not_date")),
            (
                "受理时间",
                [f"{day} 09:30:00" for day in DAYS[:9]],
                "2023-01-01 25:00:00",
                ("datetime", "not_datetime"),
            ),
            ("数量", [str(number) for number in range(39)], "约三百", ("integer", "not_integer")),
            ("x", ["1", "2", "3", "4"], "五", ("integer", "not_integer")),
            ("面积", ["1.5", "2", "3.25", "4"], "3.2.5", ("decimal", "not_decimal")),
            (
                "注册资本",
                ["500万元", "30(万美元)", "1,200元", "80万元人民币"],
                "面议",
                ("amount", "not_amount"),
            ),
            ("是否在营", ["是", "否", "是", "是", "否", "是"], "停", ("boolean", "not_boolean")),
        ],
    )
    def test_and_the_bad_cell_is_named(self, profile, name, good, bad, expected):
        storage, code = expected
        found = profile(name, [*good[:2], bad, *good[2:]])

        column = found.columns[1]
        assert (column.type, column.faults) == (storage, 1)
        (problem,) = [one for one in found.problems if str(one.code) == code]
        assert (problem.row, problem.column) == (4, name)
        assert bad in problem.message
        assert bad in problem.message_zh
        assert found.problem_counts[code] == 1

    def test_days_are_judged_by_the_calendar(self, profile):
        found = profile("日期", ["2023-02-28", "2024-02-29", "2023-02-29", "2023/4/31", "2023年6月30日"])

        assert found.columns[1].type == "date"
        assert [problem.row for problem in found.problems if problem.column] == [4, 5]

    def test_days_with_the_year_at_the_end_are_said_once(self, profile):
        found = profile("date", ["01/02/2023", "03/25/2023", "2023-05-06"])

        assert found.columns[1].type == "date"
        (problem,) = [one for one in found.problems if one.column == "date"]
        assert (str(problem.code), "月/日/年" in problem.message_zh or "次序不明" in problem.message_zh) == (
            "day_order",
            True,
        )


class TestOtherColumnsStayText:
    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("门牌号", ["12", "15", "16", "18", "3-1"]),
            ("型号", ["100", "200", "300", "X5", "400"]),
            ("x", ["100", "200", "300", "A5", "B7", "400", "500", "600", "700", "800"]),
            ("备注", ["2023-01-05", "已办结", "转交", "2023-01-06", "退回"]),
            ("编码", ["001", "002", "103", "104", "105", "106"]),
            ("x", ["1", "二", "三"]),
            ("结果", ["是", "已整改", "否", "整改中"]),
        ],
    )
    def test_and_nothing_is_called_bad(self, profile, name, values):
        found = profile(name, values)

        assert (found.columns[1].type, found.columns[1].faults) == ("text", 0)

    def test_decimals_among_whole_numbers_make_decimals(self, profile):
        found = profile("数值", ["1"] * 99 + ["2.5"])

        assert (found.columns[1].type, found.columns[1].faults) == ("decimal", 0)

    def test_amounts_with_units_among_numbers_make_amounts(self, profile):
        assert profile("注册资本", ["500", "600", "800", "30万元"]).columns[1].type == "amount"


class TestRule:
    @given(good=st.integers(5, 200), bad=st.integers(0, 40))
    def test_a_share_of_four_fifths_is_enough_and_faults_are_counted_exactly(self, good, bad):
        values = [f"2023-01-{1 + place % 28:02}" for place in range(good)] + [f"坏{n}" for n in range(bad)]

        found = survey("x", values)

        assert (found.storage == "date") == (good >= 4 * bad)

    @given(st.lists(st.text(max_size=30), max_size=60))
    def test_any_cells_are_counted_once(self, values):
        found = survey("日期", values)

        assert found.empty + found.filled + found.markers.total() == len(values)
        assert sum(found.signatures.values()) == found.filled
        assert all(len(seen) <= found.signatures[one] for one, seen in found.witnesses.items())
