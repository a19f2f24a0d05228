"""Cells that do not fit what their column means are named with row and reason, and masked where personal."""

from __future__ import annotations

import json

import pytest

from shuzhi.data.sources.reading import profile_file

CODES = ["91330182843963542R", "9133010014304617XG", "91350100M000100Y43"]
IDS = ["11010519491231002X", "440524188001010014"]


@pytest.fixture
def faults(write):
    def _faults(name, values):
        text = "行," + name + "\n" + "".join(f'r{place},"{value}"\n' for place, value in enumerate(values))
        found = profile_file(write("a.csv", text))
        return found, [
            (str(one.code), one.row, one.message_zh) for one in found.problems if one.column == name
        ]

    return _faults


class TestCodes:
    def test_wrong_check_character_of_a_credit_code(self, faults):
        found, listed = faults("统一社会信用代码", [*CODES, "91330182843963542A", "9133018284396354"])

        assert found.columns[1].faults == 2
        assert listed == [
            ("invalid_uscc", 5, "统一社会信用代码“91330182843963542A”有误：校验码不符。"),
            ("invalid_uscc", 6, "统一社会信用代码“9133018284396354”有误：长度不符。"),
        ]

    def test_a_credit_code_in_small_letters_can_be_repaired(self, faults):
        found, listed = faults("统一社会信用代码", [*CODES, CODES[0].lower(), "9133 0182 8439 6354 2R"])

        assert found.columns[1].faults == 0
        assert [code for code, _, _ in listed] == ["writing"] * 2

    def test_identity_numbers_are_masked(self, faults):
        found, listed = faults(
            "身份证号", [*IDS, "110105194912310021", "110105194913310021", "110105491231002"]
        )

        assert found.columns[1].faults == 3
        assert [(code, row) for code, row, _ in listed] == [("invalid_resident_id", row) for row in (4, 5, 6)]
        assert "校验码不符" in listed[0][2]
        assert "出生日期不存在" in listed[1][2]
        assert "15 位" in listed[2][2]
        for number in ("110105194912310021", "19491231", "110105491231002"):
            assert number not in json.dumps(found.as_dict(), ensure_ascii=False)

    def test_phones(self, faults):
        found, listed = faults(
            "联系电话",
            ["13800138000", "+86 138 0013 8000", "0571-87654321", "12345", "1380013800", "87654321"],
        )

        assert found.columns[1].faults == 2
        assert [(code, row) for code, row, _ in listed] == [("invalid_phone", 6), ("invalid_phone", 7)]
        assert "长度不符" in listed[0][2]
        assert "缺少区号" in listed[1][2]
        assert "1380013800" not in json.dumps(found.as_dict())

    def test_division_codes_that_never_existed(self, faults):
        found, listed = faults(
            "行政区划代码", ["330102", "330103", "330100", "330110005000", "339999", "33010", "330101"]
        )

        assert [(code, row) for code, row, _ in listed] == [
            ("unknown_division", 6),
            ("invalid_division_code", 7),
        ]
        assert found.columns[1].faults == 2

    def test_coordinates(self, faults):
        found, listed = faults("经度", ["120.1", "119.5", "120.3", "120.4", "1203.5"])

        assert (found.columns[1].semantic, found.columns[1].faults) == ("longitude", 1)
        assert [(code, row) for code, row, _ in listed] == [("out_of_range", 6)]

    def test_a_person_in_the_wrong_column_is_masked(self, faults):
        _, listed = faults(
            "成立日期", ["2023-01-01", "2023-01-02", "2023-01-03", "2023-01-04", IDS[0], "张三丰"]
        )

        assert len(listed) == 2
        assert not any(IDS[0] in message or "三丰" in message for _, _, message in listed)

    def test_full_width_digits_and_apostrophes_are_read_and_said(self, faults):
        found, listed = faults("数量", ["１２", "3", "'4", "5", "6"])

        assert (found.columns[1].type, found.columns[1].faults) == ("integer", 0)
        assert [code for code, _, _ in listed] == ["writing", "writing"]

    def test_formulas_are_named(self, faults):
        _, listed = faults("说明", ["=cmd|'/c calc'!A1", "好", "+86 13800138000", "-5", "@SUM(A1)", "一般"])

        assert [(code, row) for code, row, _ in listed] == [("formula", 2), ("formula", 6)]


class TestBounds:
    def test_the_first_hundred_are_listed_and_all_counted(self, faults):
        found, listed = faults("成立日期", ["2023-01-01"] * 2_000 + [f"2023-02-{30 + n}" for n in range(300)])

        assert (found.columns[1].faults, found.problem_counts["not_date"], len(listed)) == (300, 300, 100)
        assert listed[0][1] == 2_002

    def test_rows_that_cannot_be_read_do_not_hide_them(self, write):
        rows = [f"{n},2023-01-0{1 + n % 9}\n" for n in range(100)]
        found = profile_file(
            write("a.csv", "编号,日期\n" + "x\n" * 3_000 + "".join(rows) + "999,2023-02-31\n")
        )

        assert found.problem_counts["not_date"] == 1
        assert any(str(problem.code) == "not_date" for problem in found.problems)


class TestKeys:
    def test_one_copied_row_leaves_the_key(self, write):
        rows = [f"{code},甲{code}\n" for code in range(1, 11)]
        found = profile_file(write("a.csv", "".join(["id,名称\n", *rows, rows[2]])))

        assert found.candidate_keys == (("id",), ("名称",))
        (problem,) = found.problems
        assert (str(problem.code), problem.row, problem.message_zh) == (
            "duplicate_row",
            12,
            "本行与第 4 行完全相同。",
        )
        assert (found.duplicate_rows, found.problem_counts) == (1, {"duplicate_row": 1})

    def test_a_key_with_one_repeat_is_a_near_key(self, write):
        rows = [f"A{number:03},{number % 3}\n" for number in range(40)]
        found = profile_file(write("a.csv", "".join(["编号,组\n", *rows, "A005,9\n"])))

        assert found.candidate_keys == ()
        (near,) = found.near_keys
        assert near.as_dict() == {"columns": ["编号"], "repeated": 1, "nulls": 0, "rows": [42]}
        assert ("near_key", 42, "编号") in [(str(one.code), one.row, one.column) for one in found.problems]

    def test_a_key_with_a_gap_is_a_near_key(self, write):
        rows = [f"A{number:03},{number % 3}\n" for number in range(40)]
        found = profile_file(write("a.csv", "".join(["编号,组\n", *rows, ",9\n"])))

        assert [(key.repeated, key.nulls) for key in found.near_keys] == [(0, 1)]

    def test_copies_do_not_count_as_repeats(self, write):
        rows = [f"A{number:03},{number % 3}\n" for number in range(40)]
        found = profile_file(write("a.csv", "".join(["编号,组\n", *rows, rows[7], "A005,9\n", rows[7]])))

        assert [(key.repeated, key.rows) for key in found.near_keys] == [(1, (43,))]
        assert found.duplicate_rows == 2
