from __future__ import annotations

import pytest


def values(rows):
    return [row.values for row in rows]


class TestHeader:
    def test_stands_under_title_rows(self, write, read):
        text = '附件1：,,\n"名单\n（2017年）",,\n序号,名称,代码\n1,甲,A1\n2,乙,A2\n'

        reader, rows = read(write("a.csv", text))

        assert reader.header_row == 3
        assert reader.columns == ("序号", "名称", "代码")
        assert [note.row for note in reader.notes] == [1, 2]
        assert [row.number for row in rows] == [4, 5]

    def test_spans_two_rows_joined_by_a_dash(self, write, read):
        reader, rows = read(write("a.csv", "地区,人口,,面积\n,男,女,\n杭州,1,2,3\n宁波,4,5,6\n"))

        assert reader.columns == ("地区", "人口-男", "人口-女", "面积")
        assert reader.header_row == 1
        assert values(rows) == [("杭州", "1", "2", "3"), ("宁波", "4", "5", "6")]

    def test_chinese_over_english_names(self, write, read):
        reader, rows = read(write("a.csv", "企业名称,金额\nname,amount\n甲公司,1\n乙公司,3\n"))

        assert reader.columns == ("企业名称-name", "金额-amount")
        assert len(rows) == 2

    @pytest.mark.parametrize("odd", ["待定", "无", "N/A", "约三百"])
    def test_an_odd_word_in_the_first_data_row_does_not_make_it_a_header(self, write, read, odd):
        reader, rows = read(write("a.csv", f"名称,数量\n甲,{odd}\n乙,3\n丙,4\n丁,5\n"))

        assert (reader.columns, len(rows)) == (("名称", "数量"), 4)

    def test_an_unnamed_column_does_not_make_the_first_data_row_a_header(self, write, read):
        reader, rows = read(write("a.csv", "名称,,金额\n甲公司,备注,\n乙公司,,3\n丙公司,,4\n"))

        assert (reader.columns, len(rows)) == (("名称", "column_2", "金额"), 3)

    def test_a_repeated_header_is_no_data(self, write, read):
        reader, rows = read(write("a.csv", "name,code\nname,code\n甲,1\nname,code\n乙,2\n"))

        assert values(rows) == [("甲", "1"), ("乙", "2")]
        assert [problem.row for problem in reader.problems.listed] == [2, 4]
        assert {str(problem.code) for problem in reader.problems.listed} == {"repeated_header"}

    def test_duplicate_names_become_unique(self, write, read):
        reader, _ = read(write("a.csv", "名称,名称,b,名称\n1,2,3,4\n"))

        assert reader.columns == ("名称", "名称_2", "b", "名称_3")
        assert [str(problem.code) for problem in reader.problems.listed] == ["duplicate_column"] * 2

    def test_a_number_already_taken_is_not_given_twice(self, write, read):
        reader, _ = read(write("a.csv", "a,a_2,a\n1,2,3\n"))

        assert len(set(reader.columns)) == 3

    def test_there_may_be_none(self, write, read):
        reader, rows = read(write("a.csv", "1,2020-01-01,3.5\n2,2020-01-02,4.5\n3,2020-01-03,4\n"))

        assert (reader.header_row, len(rows)) == (None, 3)
        assert reader.columns == ("column_1", "column_2", "column_3")

    def test_can_be_fixed_by_hand(self, write, read):
        reader, rows = read(write("a.csv", "x,y\n甲,乙\n1,2\n"), header_row=2)

        assert (reader.columns, len(rows)) == (("甲", "乙"), 1)

    def test_only_a_header(self, write, read):
        reader, rows = read(write("a.csv", "名称,代码\n"))

        assert (reader.columns, rows) == (("名称", "代码"), [])

    def test_numbers_can_be_names(self, write, read):
        reader, rows = read(write("a.csv", "773869,767541\n64.375,67.625\n62.5,0\n61.1,66.2\n"))

        assert (reader.header_row, len(rows)) == (1, 3)

    def test_years_can_be_names(self, write, read):
        reader, rows = read(write("a.csv", "地区,2019,2020,2021\n杭州,1,2,3\n宁波,4,5,6\n"))

        assert (reader.columns, len(rows)) == (("地区", "2019", "2020", "2021"), 2)

    def test_gaps_inside_chinese_names_go(self, write, read):
        assert read(write("a.csv", "说      明, given_name\n甲,b\n"))[0].columns == ("说明", "given_name")


class TestRowsThatAreNoData:
    def test_blank_rows_and_blank_columns(self, write, read):
        reader, rows = read(write("a.csv", "a,,b\n1,,2\n,,\n\n3,,4\n"))

        assert reader.columns == ("a", "b")
        assert values(rows) == [("1", "2"), ("3", "4")]
        assert [row.number for row in rows] == [2, 5]

    def test_captions_become_a_column_and_their_totals_are_checked(self, write, read):
        text = "名称,数量,备注\n城区（2家）,,\n甲,1,\n乙,2,x\n郊区（3家）,,\n丙,1,\n"

        reader, rows = read(write("a.csv", text))

        assert reader.columns == ("名称", "数量", "备注", "分组")
        assert [row.values[3] for row in rows] == ["城区", "城区", "郊区"]
        assert [(c.row, c.declared, c.counted) for c in reader.captions] == [(2, 2, 2), (5, 3, 1)]
        (problem,) = reader.problems.listed
        assert (str(problem.code), problem.row) == ("caption_total_mismatch", 5)

    def test_a_row_with_only_a_name_is_data(self, write, read):
        reader, rows = read(write("a.csv", "名称,代码,备注\n甲公司,1,x\n乙公司,,\n丙公司,3,\n"))

        assert (len(rows), reader.captions) == (3, [])

    def test_footnotes_are_notes(self, write, read):
        reader, rows = read(write("a.csv", "a,b\n1,2\n注：截至2019年,\n"))

        assert len(rows) == 1
        assert reader.notes[-1].text == "注：截至2019年"


class TestManualOptions:
    @pytest.mark.parametrize("encoding", ["GB2312", "gbk"])
    def test_encoding_and_delimiter_can_be_fixed(self, write, read, encoding):
        reader, rows = read(write("a.csv", "甲;乙\n1;2\n".encode("gbk")), encoding=encoding, delimiter=";")

        assert (reader.encoding, values(rows)) == ("gbk", [("1", "2")])
