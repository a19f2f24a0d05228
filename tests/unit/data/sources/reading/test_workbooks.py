from __future__ import annotations

import datetime as dt
import os
import zipfile

import openpyxl
import pytest

from shuzhi.data.sources.reading import Limits, ReadOptions, open_table
from shuzhi.data.sources.reading.errors import (
    ArchiveBomb,
    ArchiveNotOneFile,
    ArchiveTraversal,
    FileTooLarge,
    TableNotFound,
    UnreadableFile,
    XmlEntities,
)


@pytest.fixture
def workbook(tmp_path):
    def _workbook(rows, merges=(), name="a.xlsx", more=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for merge in merges:
            book.active.merge_cells(merge)
        for title in more:
            book.create_sheet(title).append([title])
        book.save(tmp_path / name)
        return tmp_path / name

    return _workbook


@pytest.fixture
def archive(tmp_path):
    def _archive(name, **entries):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for entry, content in entries.items():
                file.writestr(entry, content)
        return tmp_path / name

    return _archive


def sheet(content, **more):
    return {
        "[Content_Types].xml": "<x/>",
        "xl/workbook.xml": "<x/>",
        "xl/worksheets/sheet1.xml": content,
        **more,
    }


class TestSheets:
    def test_cells_merged_downwards_stand_in_every_row_of_their_range(self, workbook, read):
        rows = [["区", "街道", "数量"]] + [
            ["余杭区" if n % 3 == 0 else None, f"街道{n}", n] for n in range(6)
        ]
        _, found = read(workbook(rows, merges=["A2:A4", "A5:A6"]))
        assert [row.values[0] for row in found] == ["余杭区"] * 5 + [""]

    def test_a_remark_below_the_last_row_makes_no_groups(self, workbook, read):
        rows = [["序号", "名称", "数量"]] + [[n, f"企业{n}", n] for n in range(9)] + [["注：数据截至年底"]]
        reader, found = read(workbook(rows, merges=["A11:C11"]))
        assert (reader.columns, len(found)) == (("序号", "名称", "数量"), 9)
        assert [note.text for note in reader.notes] == ["注：数据截至年底"]

    def test_titles_merged_headers_codes_and_days(self, workbook, read):
        path = workbook(
            [
                ["企业台账", None, None, None, None],
                ["名称", "代码", "人口", None, "登记日期"],
                [None, None, "男", "女", None],
                ["甲", 4133010001.0, 1, 2, dt.date(2019, 4, 28)],
                [None] * 5,
                ["乙", 4133010002.0, 3, 4, dt.datetime(2019, 4, 29, 8, 5, 1)],  # noqa: DTZ001
            ],
            merges=["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"],
        )

        reader, rows = read(path)

        assert reader.header_row == 2
        assert reader.columns == ("名称", "代码", "人口-男", "人口-女", "登记日期")
        assert [row.values for row in rows] == [
            ("甲", "4133010001", "1", "2", "2019-04-28"),
            ("乙", "4133010002", "3", "4", "2019-04-29T08:05:01"),
        ]
        assert [row.number for row in rows] == [4, 6]

    def test_bare_day_numbers_become_days(self, workbook, read):
        path = workbook([["名称", "登记日期", "年份"], ["甲", 43583, 2019], ["乙", 43584.5, 2019]])

        reader, rows = read(path)

        assert [row.values[1:] for row in rows] == [("2019-04-28", "2019"), ("2019-04-29T12:00:00", "2019")]
        assert [str(problem.code) for problem in reader.problems.listed] == ["serial_date"]

    def test_another_sheet_can_be_asked_for(self, workbook, read):
        path = workbook([["a", "b"], [1, 2]], more=["二"])

        assert read(path)[0].tables == ("Sheet", "二")
        assert read(path, table="二")[0].table == "二"
        with pytest.raises(TableNotFound, match="Sheet、二"):
            read(path, table="三")

    def test_content_decides_not_the_name(self, workbook, read, write):
        assert read(workbook([["a", "b"], [1, 2]], name="really.csv"))[0].format == "xlsx"
        reader, rows = read(write("fake.xls", "a,b\n1,2\n"))
        assert (reader.format, rows[0].values) == ("csv", ("1", "2"))
        assert [str(problem.code) for problem in reader.problems.listed] == ["extension_mismatch"]

    def test_html_called_xls(self, write, read):
        html = (
            "<html><body><table><tr><th colspan=2>人口</th><th rowspan=2>面积</th></tr><tr><td>男</td><td>女</td></tr>"
            "<tr><td>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td><td>6</td></tr></table></body></html>"
        )

        reader, rows = read(write("a.xls", html.encode("gbk")))

        assert (reader.format, reader.columns) == ("html", ("人口-男", "人口-女", "面积"))
        assert rows[1].values == ("4", "5", "6")


class TestHostileArchives:
    def test_a_bomb_is_refused_before_unpacking(self, archive, read):
        with pytest.raises(ArchiveBomb, match="ratio") as refusal:
            read(archive("a.xlsx", **sheet(b" " * 200_000_000)))

        assert "压缩炸弹" in refusal.value.message_zh

    def test_too_many_entries(self, archive, read):
        entries = {f"xl/{number}": b"" for number in range(40)}
        with pytest.raises(ArchiveBomb, match="entries"):
            read(archive("a.xlsx", **sheet("<x/>", **entries)), limits=Limits(archive_entries=30))

    def test_too_much_in_all(self, archive, read):
        with pytest.raises(ArchiveBomb):
            read(archive("a.xlsx", **sheet(os.urandom(50_000))), limits=Limits(archive_bytes=10_000))

    def test_a_header_that_lies_about_its_size(self, archive, read):
        path = archive("a.xlsx", **sheet(b"<x/>" * 100_000))
        content = path.read_bytes()
        true_size = (400_000).to_bytes(4, "little")
        assert content.count(true_size) == 2
        path.write_bytes(content.replace(true_size, (4).to_bytes(4, "little")))

        with pytest.raises(ArchiveBomb, match="declared"):
            read(path)

    @pytest.mark.parametrize("entry", ["../../etc/cron.csv", "/etc/x.csv", "a\\..\\..\\x.csv", "C:\\x.csv"])
    def test_names_that_leave_the_archive(self, archive, read, entry):
        with pytest.raises(ArchiveTraversal, match="leaves"):
            read(archive("a.zip", **{entry: "a,b\n1,2\n"}))

    def test_entities_inside_a_workbook(self, archive, read):
        with pytest.raises(XmlEntities):
            read(archive("a.xlsx", **sheet('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')))

    def test_two_cells_that_span_a_whole_sheet(self, tmp_path, read):
        book = openpyxl.Workbook()
        book.active["A1"], book.active["XFD1048576"] = "x", "y"
        book.save(tmp_path / "a.xlsx")

        with pytest.raises(FileTooLarge, match="17179869184"):
            read(tmp_path / "a.xlsx")

    @pytest.mark.parametrize("cut", [100, 2_000, 4_000])
    def test_a_cut_workbook(self, workbook, read, cut):
        path = workbook([["a", "b"], [1, 2]])
        path.write_bytes(path.read_bytes()[:cut])

        with pytest.raises(UnreadableFile):
            read(path)

    def test_junk_behind_an_xls_signature(self, write, read):
        with pytest.raises(UnreadableFile, match="xls"):
            read(write("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20))

    def test_a_reader_that_asks_for_too_much_memory_ends_alone(self, workbook):
        path = workbook([[f"{row}-{column}" for column in range(40)] for row in range(2_000)])
        with pytest.raises(UnreadableFile):
            open_table(path, options=ReadOptions(limits=Limits(sheet_memory=1024 * 1024)))


class TestZip:
    def test_one_data_file_inside(self, archive, read):
        reader, rows = read(archive("a.zip", **{"dir/表.csv": "甲,乙\n1,2\n", "__MACOSX/._x": "junk"}))

        assert (reader.format, rows[0].values) == ("csv", ("1", "2"))

    def test_several_data_files(self, archive, read):
        with pytest.raises(ArchiveNotOneFile, match="2 data files"):
            read(archive("a.zip", **{"a.csv": "a,b\n1,2\n", "b.csv": "a,b\n1,2\n"}))

    def test_archives_do_not_nest(self, archive, read):
        inner = archive("in.zip", **{"a.csv": "a,b\n1,2\n"}).read_bytes()
        with pytest.raises(UnreadableFile):
            read(archive("a.zip", **{"in.zip": inner}))
