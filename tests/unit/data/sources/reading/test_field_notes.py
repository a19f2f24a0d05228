"""What departments' files were found to hold: each case here was read wrongly once."""

from __future__ import annotations

import pytest

from shuzhi.data.sources.reading.converting import convert_file, neutralised
from shuzhi.data.sources.reading.errors import OutputNotWritable
from shuzhi.data.sources.reading.profiling import profile_file


def column(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return profile_file(path).columns[-1]


def lines(name, values):
    return f"id,{name}\n" + "".join(f"x{place},{value}\n" for place, value in enumerate(values))


class TestDays:
    def test_written_without_marks_are_days_also_under_a_name_that_does_not_say_so(self, tmp_path):
        found = column(tmp_path, lines("d3", [20190100 + day for day in range(1, 21)]))
        assert (found.type, found.semantic) == ("date", "date")

    def test_numbers_of_which_one_is_no_day_are_numbers(self, tmp_path):
        found = column(tmp_path, lines("d3", [20190100 + day for day in range(20, 40)]))
        assert (found.type, found.semantic) == ("integer", None)

    def test_in_five_notations_are_one_column_of_days(self, tmp_path):
        ways = ("2019-02-{d:02}", "2019/2/{d}", "2019.02.{d:02}", "201902{d:02}", "2019年2月{d}日")
        found = column(tmp_path, lines("日期", [ways[d % 5].format(d=d) for d in range(1, 26)]))
        assert (found.type, found.nulls, found.distinct) == ("date", 0, 25)


@pytest.mark.parametrize(
    ("name", "value", "semantic"),
    [
        ("统一社会信用代码", "91330182843963542{}", "uscc"),
        ("身份证号", "33010619900101123{}", "resident_id"),
    ],
)
def test_codes_with_wrong_check_digits_are_still_codes(tmp_path, name, value, semantic):
    found = column(tmp_path, lines(name, [value.format(digit) for digit in range(10)]))
    assert (found.type, found.semantic) == ("text", semantic)
    assert found.personal_data is (semantic == "resident_id")


def test_a_cell_that_is_formatted_but_empty_does_not_make_a_sheet_huge(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id", "v"], [1, "a"], [2, "b"]):
        book.active.append(row)
    book.active.cell(1_048_576, 16_384).number_format = "0.00"
    book.save(tmp_path / "a.xlsx")

    assert profile_file(tmp_path / "a.xlsx").rows == 2


class TestConverting:
    @pytest.mark.parametrize("cell", ["-", "--", "-3.5%", "-5", "+86"])
    def test_what_runs_nothing_stays_as_it_is(self, cell):
        assert neutralised(cell) == cell

    @pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "@SUM(A1)", "-2+3", "\t=1"])
    def test_formulas_are_made_text(self, cell):
        assert neutralised(cell) == "'" + cell

    def test_says_that_the_folder_is_missing(self, tmp_path):
        (tmp_path / "a.csv").write_text("a,b\n1,2\n")
        with pytest.raises(OutputNotWritable):
            convert_file(tmp_path / "a.csv", tmp_path / "none" / "b.csv")

    def test_broken_rows_of_an_earlier_conversion_do_not_stay(self, tmp_path):
        source, out = tmp_path / "a.csv", tmp_path / "b.csv"
        source.write_text("a,b\n1,2\n3\n")
        assert convert_file(source, out).apart
        source.write_text("a,b\n1,2\n3,4\n")
        assert convert_file(source, out).apart is None
        assert not out.with_name("b.broken.csv").exists()
