"""Workbooks: titles over merged cells, several and hidden sheets, formulas, days as numbers."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import xlwt
from tests.unit.data.sources.reading.corpus.case import Case

HEADER = ["名称", "数量", "日期"]
ROWS = [
    ["甲公司", 1, dt.date(2020, 1, 5)],
    ["乙公司", 22, dt.date(2020, 2, 6)],
    ["丙公司", 3, dt.date(2020, 3, 7)],
]
COLUMNS = tuple(HEADER)
TYPES = ("text", "integer", "date")


def xlsx(*sheets):
    """Writes sheets given as (title, rows, merges, state)."""

    def write(path):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows, merges, state in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
            for merge in merges:
                sheet.merge_cells(merge)
            sheet.sheet_state = state
        book.save(path)

    return write


def xls(rows, *, hidden=()):
    """Writes one sheet in the old format; days as days."""

    def write(path):
        book = xlwt.Workbook(encoding="utf-8")
        day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        moment = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
        for title in [*hidden, "名单"]:
            sheet = book.add_sheet(title)
            sheet.visibility = 1 if title in hidden else 0
            for at, row in enumerate(rows):
                for place, value in enumerate(row):
                    styles = {dt.date: day, dt.datetime: moment}
                    sheet.write(at, place, value, styles.get(type(value), xlwt.Style.default_style))
        book.set_active_sheet(len(hidden))
        book.save(str(path))

    return write


def one(*rows, merges=()):
    return xlsx(("名单", rows, merges, "visible"))


def table(name, content, **more):
    expected = {"columns": COLUMNS, "rows": 3, "types": TYPES, "first": ("甲公司", "1", "2020-01-05")}
    return Case(name, content, **{**expected, **more})


def formula_without_value(path):
    one(["名称", "数量", "倍数"], ["甲", 1, "=B2*2"], ["乙", 2, "=B3*2"])(path)


def formula_with_value(path):
    """As a spreadsheet saves it: the formula and the value that it had."""
    one(["名称", "数量", "倍数"], ["甲", 1, 2], ["乙", 2, 4])(path)
    whole = path.with_suffix(".whole")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(whole, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry.endswith("sheet1.xml"):
                data = data.replace(b"<v>4</v>", b"<f>B3*2</f><v>4</v>")
            target.writestr(entry, data)
    whole.rename(path)


WORKBOOKS = [
    table("plain.xlsx", one(HEADER, *ROWS), format="xlsx", table="名单", header=1),
    table(
        "three-titles.xlsx",
        one(["企业名单"], ["2020年度"], [None, None, "单位：家"], HEADER, *ROWS, merges=["A1:C1", "A2:C2"]),
        header=4,
        notes=3,
    ),
    table(
        "total-and-notes.xlsx",
        one(HEADER, *ROWS, ["合计", 26, None], ["备注：数量以家计。"], merges=["A6:C6"]),
        codes={"total_row": 1},
        notes=2,
    ),
    table("total-merged.xlsx", one(HEADER, *ROWS, ["合  计", 26, None]), codes={"total_row": 1}, notes=1),
    Case(
        "two-headers-merged.xlsx",
        one(
            ["序号", "街道", "人口", None, "企业", None],
            [None, None, "男", "女", "内资", "外资"],
            [1, "五常街道", 100, 120, 30, 4],
            [2, "仓前街道", 80, 90, 20, 1],
            merges=["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
        ),
        columns=("序号", "街道", "人口-男", "人口-女", "企业-内资", "企业-外资"),
        rows=2,
        header=1,
        types=("integer", "text", "integer", "integer", "integer", "integer"),
    ),
    Case(
        "two-headers-under-titles.xlsx",
        one(
            ["人口与企业情况表"],
            ["单位：人、家"],
            ["街道", "人口", None, "备注"],
            [None, "男", "女", None],
            ["五常街道", 100, 120, None],
            ["仓前街道", 80, 90, "新设"],
            merges=["A1:D1", "A2:D2", "A3:A4", "B3:C3", "D3:D4"],
        ),
        columns=("街道", "人口-男", "人口-女", "备注"),
        rows=2,
        header=3,
        notes=2,
    ),
    Case(
        "three-headers.xlsx",
        one(
            ["街道", "人口", None, None],
            [None, "常住", None, "流动"],
            [None, "男", "女", None],
            ["五常街道", 100, 120, 7],
            ["仓前街道", 80, 90, 8],
            merges=["A1:A3", "B1:D1", "B2:C2", "D2:D3"],
        ),
        columns=("街道", "人口-常住-男", "人口-常住-女", "人口-流动"),
        rows=2,
        header=1,
    ),
    Case(
        "merged-downwards.xlsx",
        one(
            ["区", "街道", "数量"],
            ["余杭区", "五常街道", 1],
            [None, "仓前街道", 2],
            ["西湖区", "古荡街道", 3],
            merges=["A2:A3"],
        ),
        columns=("区", "街道", "数量"),
        rows=3,
        first=("余杭区", "五常街道", "1"),
    ),
    table(
        "several-sheets.xlsx",
        xlsx(
            ("名单", [HEADER, *ROWS], (), "visible"),
            ("代码表", [["代码", "含义"], ["1", "甲"]], (), "visible"),
        ),
        table="名单",
        codes={"other_tables": 1},
    ),
    table(
        "cover-first.xlsx",
        xlsx(
            ("封面", [["企业名单"], ["余杭区"], ["2020年"]], (), "visible"),
            ("名单", [HEADER, *ROWS], (), "visible"),
        ),
        table="名单",
        codes={"other_tables": 1},
    ),
    table(
        "instructions-first.xlsx",
        xlsx(
            ("填表说明", [["项目", "说明"], ["名称", "全称"], ["数量", "以家计"]], (), "visible"),
            ("名单", [HEADER, *ROWS], (), "visible"),
        ),
        table="名单",
        codes={"other_tables": 1},
    ),
    table(
        "hidden-first.xlsx",
        xlsx(
            ("字典", [["代码", "含义"], ["1", "甲"], ["2", "乙"]], (), "hidden"),
            ("名单", [HEADER, *ROWS], (), "visible"),
        ),
        table="名单",
        codes={"other_tables": 1},
    ),
    table(
        "empty-first.xlsx",
        xlsx(
            ("Sheet1", [], (), "visible"),
            ("名单", [HEADER, *ROWS], (), "visible"),
            ("Sheet3", [], (), "visible"),
        ),
        table="名单",
    ),
    table("blank-lead.xlsx", one([None], [None], [None, *HEADER], *[[None, *row] for row in ROWS]), header=3),
    Case(
        "formula-without-value.xlsx",
        formula_without_value,
        columns=("名称", "数量", "倍数"),
        rows=2,
        codes={"formula_no_value": 2},
    ),
    Case(
        "formula-with-value.xlsx",
        formula_with_value,
        columns=("名称", "数量", "倍数"),
        rows=2,
        last=("乙", "2", "4"),
    ),
    Case(
        "error-values.xlsx",
        one(["名称", "数量"], ["甲", 1], ["乙", "#DIV/0!"], ["丙", 3], ["丁", 4], ["戊", 5]),
        types=("text", "integer"),
        codes={"error_value": 1},
    ),
    Case(
        "serial-days.xlsx",
        one(["名称", "成立日期"], ["甲", 43835], ["乙", 44196], ["丙", 44228]),
        types=("text", "date"),
        first=("甲", "2020-01-05"),
        codes={"serial_date": 1},
    ),
    Case(
        "serial-days-one-bad.xlsx",
        one(
            ["名称", "成立日期"], ["甲", 43835], ["乙", 44196], ["丙", 44228], ["丁", 44229], ["戊", 99999999]
        ),
        types=("text", "date"),
        codes={"serial_date": 1, "not_date": 1},
    ),
    Case(
        "moments.xlsx",
        one(
            ["名称", "受理时间"],
            ["甲", dt.datetime.fromisoformat("2020-01-05T09:30")],
            ["乙", dt.datetime.fromisoformat("2020-01-06T00:00")],
        ),
        types=("text", "datetime"),
        first=("甲", "2020-01-05T09:30:00"),
    ),
    Case(
        "codes-as-numbers.xlsx",
        one(["代码", "电话"], [330102, 13800138000], [330110, 13900139000]),
        columns=("代码", "电话"),
        types=("text", "text"),
        first=("330102", "13800138000"),
        means=("division_code", "phone"),
    ),
    Case(
        "zeros-as-text.xlsx",
        one(["工号", "率"], ["00123", 0.125], ["00124", 0.5]),
        types=("text", "decimal"),
        first=("00123", "0.125"),
    ),
    Case("booleans.xlsx", one(["名称", "在营"], ["甲", True], ["乙", False]), types=("text", "boolean")),
    table("plain.xls", xls([HEADER, *ROWS]), format="xls", table="名单"),
    table("titles.xls", xls([["企业名单"], ["单位：家"], HEADER, *ROWS]), header=3, notes=2),
    table("hidden.xls", xls([HEADER, *ROWS], hidden=["字典"]), table="名单", codes={"other_tables": 1}),
    Case(
        "moments.xls",
        xls(
            [
                ["名称", "受理时间"],
                ["甲", dt.datetime.fromisoformat("2020-01-05T09:30")],
                ["乙", dt.datetime.fromisoformat("2020-01-06T08:00")],
            ]
        ),
        types=("text", "datetime"),
        first=("甲", "2020-01-05T09:30:00"),
    ),
    Case(
        "numbers.xls",
        xls([["代码", "率"], [330102, 0.1], [330110, 12.0]]),
        types=("text", "decimal"),
        first=("330102", "0.1"),
    ),
    table("xlsx-called.xls", one(HEADER, *ROWS), format="xlsx", codes={"extension_mismatch": 1}),
]
