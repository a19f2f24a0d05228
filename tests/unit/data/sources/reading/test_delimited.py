from __future__ import annotations

import pytest

from shuzhi.data.sources.reading import Limits, profile_file
from shuzhi.data.sources.reading.errors import EmptyFile, FileTooLarge, UnknownFormat


def codes(rows):
    return [row.problem and str(row.problem.code) for row in rows]


class TestDelimiter:
    @pytest.mark.parametrize(("mark", "kind"), [(",", "csv"), ("\t", "tsv"), (";", "csv"), ("|", "csv")])
    def test_is_found(self, write, read, mark, kind):
        reader, rows = read(write("a.txt", f"甲{mark}乙\n1{mark}2\n3{mark}4\n"))

        assert (reader.delimiter, reader.format) == (mark, kind)
        assert rows[1].values == ("3", "4")

    def test_decimal_commas_do_not_hide_the_semicolon(self, write, read):
        assert read(write("a.csv", "a;b\n1,5;2,5\n3,5;4,5\n"))[0].delimiter == ";"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_line_end(self, write, read, end):
        rows = read(write("a.csv", end.join(["a,b", "1,2", "3,4", ""])))[1]

        assert [row.values for row in rows] == [("1", "2"), ("3", "4")]

    def test_a_quoted_cell_may_hold_line_ends_and_quotes(self, write, read):
        rows = read(write("a.csv", 'a,b\r\n"x\r\ny",2\r\n3,"say ""hi"""\r\n'))[1]

        assert [row.values for row in rows] == [("x\r\ny", "2"), ("3", 'say "hi"')]
        assert [row.number for row in rows] == [2, 3]


class TestBrokenRows:
    def test_ragged_rows_are_kept_apart(self, write, read):
        reader, rows = read(write("a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n"))

        assert reader.columns == ("a", "b", "c")
        assert codes(rows) == [None, "ragged_row", "ragged_row", None]
        assert rows[1].values == ("4", "5")
        assert rows[2].values == ("6", "7", "8", "9")
        assert "2 cells" in rows[1].problem.message
        assert "2 个单元格" in rows[1].problem.message_zh

    def test_empty_cells_beyond_the_header_are_not_ragged(self, write, read):
        assert codes(read(write("a.csv", "a,b\n1,2,,\n3,4\n5,6\n"))[1]) == [None, None, None]

    def test_an_unclosed_quote_costs_one_row_only(self, write, read):
        rows = read(write("a.csv", 'a,b,c\n1,"x,3\n4,5,6\n7,"8",9\n10,11,12\n'))[1]

        assert codes(rows) == ["unclosed_quote", None, None, None]
        assert rows[0].values == ("1", '"x', "3")
        assert rows[2].values == ("7", "8", "9")

    def test_an_unclosed_quote_does_not_swallow_a_long_file(self, write, read):
        rows = read(write("a.csv", 'a,b\n1,"x\n' + "2,3\n" * 20_000))[1]

        assert len(rows) == 20_001
        assert codes(rows[:2]) == ["unclosed_quote", None]

    def test_an_unclosed_quote_in_the_last_row(self, write, read):
        assert codes(read(write("a.csv", 'a,b\n1,2\n3,"4'))[1]) == [None, "unclosed_quote"]

    def test_nul_bytes(self, write, read):
        rows = read(write("a.csv", b"a,b\n1,2\n3\x00,4\n5,6\n"))[1]

        assert codes(rows) == [None, "nul_byte", None]
        assert rows[1].values == ("3\x00", "4")

    def test_a_cell_of_a_million_characters(self, write, read):
        rows = read(write("a.csv", "a,b\n1," + "x" * 1_000_000 + "\n2,3\n"))[1]

        assert codes(rows) == ["cell_too_long", None]
        assert len(rows[0].values[1]) == 1_000_000

    def test_a_line_beyond_all_limits_is_cut_and_the_next_one_read(self, write, read):
        limits = Limits(line_characters=1_000, cell_characters=100)

        rows = read(write("a.csv", "a,b\n1," + "x" * 50_000 + "\n2,3\n"), limits=limits)[1]

        assert codes(rows) == ["cell_too_long", None]
        assert rows[1].values == ("2", "3")

    def test_a_file_full_of_open_quotes_takes_no_longer_than_others(self, write, read):
        rows = read(write("a.csv", "a,b\n" + '5"x,"open\n' * 30_000))[1]

        assert len(rows) == 30_000
        assert set(codes(rows)) == {"unclosed_quote"}

    def test_millions_of_commas(self, write, read):
        with pytest.raises(FileTooLarge, match="columns"):
            read(write("a.csv", "," * 3_000_000 + "x"))
        rows = read(write("b.csv", "a,b\n1,2\n" + "," * 3_000_000 + "x\n3,4\n"))[1]
        assert codes(rows) == [None, "ragged_row", None]

    def test_problems_are_counted_beyond_those_listed(self, write):
        profile = profile_file(
            write("a.csv", "a,b\n" + "".join(f"{n},2\n" for n in range(2_000)) + "1\n" * 1_500)
        )

        assert (profile.rows, profile.broken_rows) == (3_500, 1_500)
        assert len(profile.problems) == 1_000
        assert profile.problem_counts == {"ragged_row": 1_500}


class TestNoTable:
    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \n\r\n", b",,\n,,\n"])
    def test_an_empty_file_says_so(self, write, read, content):
        with pytest.raises(EmptyFile, match="empty") as refusal:
            read(write("a.csv", content))

        assert "空文件" in refusal.value.message_zh

    def test_prose_is_no_table(self, write, read):
        text = "这是一段说明，不是表格, 只是文字。\n第二行, 有, 逗号, 很多, 个。\n第三行\n"
        with pytest.raises(UnknownFormat):
            read(write("readme.txt", text))

    @pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n1234", bytes(range(32)) * 50])
    def test_other_binary_files_are_no_table(self, write, read, content):
        with pytest.raises(UnknownFormat):
            read(write("a.csv", content))
