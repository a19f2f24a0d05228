"""JSON, JSON lines, XML and Parquet."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
from pyarrow import parquet
from tests.unit.data.sources.reading.corpus.case import Case

RECORDS = [
    {"名称": "甲公司", "数量": 1, "日期": "2020-01-05"},
    {"名称": "乙公司", "数量": 22, "日期": "2020-02-06"},
    {"名称": "丙公司", "数量": 3, "日期": "2020-03-07"},
]
COLUMNS = ("名称", "数量", "日期")
TYPES = ("text", "integer", "date")


def table(name, content, **more):
    expected = {"columns": COLUMNS, "rows": 3, "types": TYPES, "first": ("甲公司", "1", "2020-01-05")}
    return Case(name, content, **{**expected, **more})


def dumped(value):
    return json.dumps(value, ensure_ascii=False)


def columns(**arrays):
    def write(path):
        parquet.write_table(pa.table(arrays), path)

    return write


def row(record):
    return "".join(f"<{name}>{value}</{name}>" for name, value in record.items())


DOCUMENTS = [
    table("list.json", dumped(RECORDS), format="json"),
    table("pretty.json", json.dumps(RECORDS, ensure_ascii=False, indent=2), format="json"),
    table("bom.json", b"\xef\xbb\xbf" + dumped(RECORDS).encode(), format="json"),
    table("gbk.json", dumped(RECORDS).encode("gbk"), format="json", encoding="gbk"),
    table("utf16.json", dumped(RECORDS).encode("utf-16"), format="json"),
    table(
        "object-holding-the-list.json",
        dumped({"code": 0, "msg": "ok", "total": 3, "data": RECORDS}),
        format="json",
        table="data",
    ),
    table("deeper.json", dumped({"code": 200, "result": {"page": 1, "rows": RECORDS}}), table="result.rows"),
    Case(
        "nested.json",
        dumped(
            [
                {"名称": "甲", "地址": {"区": "余杭", "点": {"lng": 120.1, "lat": 30.2}}, "标签": ["a", "b"]},
                {"名称": "乙", "地址": {"区": "西湖"}},
            ]
        ),
        columns=("名称", "地址.区", "地址.点.lng", "地址.点.lat", "标签"),
        rows=2,
        types=("text", "text", "decimal", "decimal", "text"),
        means=(None, None, "longitude", "latitude", None),
    ),
    Case(
        "two-lists.json",
        dumped({"codes": [{"c": 1}], "rows": RECORDS}),
        columns=COLUMNS,
        rows=3,
        table="rows",
        codes={"other_tables": 1},
    ),
    Case(
        "columns-then-rows.json",
        dumped([["名称", "数量"], ["甲", 1], ["乙", 2]]),
        columns=("名称", "数量"),
        rows=2,
    ),
    Case("one-object.json", dumped(RECORDS[0]), columns=COLUMNS, rows=1),
    Case(
        "by-key.json",
        dumped({"330102": {"name": "上城区"}, "330110": {"name": "余杭区"}}),
        columns=("key", "name"),
        rows=2,
    ),
    Case(
        "nulls.json",
        dumped([{"a": None, "b": 1}, {"a": "x", "b": None}, {"b": 3}]),
        columns=("a", "b"),
        rows=3,
    ),
    Case(
        "decimals.json",
        '[{"a": 1.10, "b": 1e3}, {"a": 2.50, "b": 5}]',
        first=("1.10", "1e3"),
        types=("decimal", "decimal"),
    ),
    table("lines.jsonl", "\n".join(map(dumped, RECORDS)) + "\n", format="jsonl"),
    table("lines-crlf.ndjson", "\r\n".join(map(dumped, RECORDS)), format="jsonl"),
    Case(
        "lines-differing.jsonl",
        '{"a": 1}\n{"b": 2, "a": 3}\n\n{"c": "x"}\n',
        columns=("a", "b", "c"),
        rows=3,
        first=("1", "", ""),
    ),
    Case(
        "lines-broken.jsonl",
        '{"a": 1}\n{"a": \n[1]\n{"a": 4}\n',
        columns=("a",),
        rows=4,
        broken=2,
        codes={"bad_json_line": 2},
    ),
    table(
        "rows.xml",
        f"<?xml version='1.0' encoding='UTF-8'?><rows>{''.join(f'<row>{row(one)}</row>' for one in RECORDS)}</rows>",
        format="xml",
    ),
    table(
        "gbk.xml",
        f"<?xml version='1.0' encoding='GBK'?><rows>{''.join(f'<row>{row(one)}</row>' for one in RECORDS)}</rows>".encode(
            "gbk"
        ),
        format="xml",
        encoding="gbk",
    ),
    Case(
        "namespaces.xml",
        '<d:list xmlns:d="urn:a" xmlns:e="urn:b"><d:firm id="1"><e:name lang="zh">甲</e:name></d:firm><d:firm id="2"><e:name lang="zh">乙</e:name></d:firm></d:list>',
        columns=("id", "name.lang", "name"),
        rows=2,
        first=("1", "zh", "甲"),
    ),
    Case(
        "attributes.xml",
        '<list><firm id="1" name="甲"/><firm id="2" name="乙"/></list>',
        columns=("id", "name"),
        rows=2,
    ),
    Case(
        "wrapped.xml",
        "<soap><body><result><code>0</code><list><item><a>1</a></item><item><a>2</a></item></list></result></body></soap>",
        columns=("a",),
        rows=2,
    ),
    Case(
        "cdata.xml",
        "<list><r><a><![CDATA[甲 & 乙 <b>]]></a></r><r><a>丙</a></r></list>",
        columns=("a",),
        rows=2,
        first=("甲 & 乙 <b>",),
    ),
    Case(
        "repeated-inside.xml",
        "<list><r><t>a</t><t>b</t></r><r><t>c</t></r></list>",
        columns=("t",),
        rows=2,
        first=("a | b",),
    ),
    Case(
        "types.parquet",
        columns(
            名称=["甲", "乙", None],
            数量=pa.array([1, 2, 3], pa.int32()),
            金额=pa.array([Decimal("1.50"), Decimal("2.25"), None], pa.decimal128(12, 2)),
            日期=pa.array([dt.date(2020, 1, 5)] * 3),
            时间=pa.array(
                [dt.datetime(2020, 1, 5, 9, 30, tzinfo=dt.UTC)] * 3, pa.timestamp("us", "Asia/Shanghai")
            ),
            是否=[True, False, None],
        ),
        columns=("名称", "数量", "金额", "日期", "时间", "是否"),
        rows=3,
        types=("text", "integer", "decimal", "date", "datetime", "boolean"),
        first=("甲", "1", "1.50", "2020-01-05", "2020-01-05T17:30:00+08:00", "true"),
    ),
    Case(
        "nested.parquet",
        columns(
            名称=["甲", "乙"],
            位置=[{"lng": 120.1, "lat": 30.2}, {"lng": 120.3, "lat": 30.4}],
            标签=[["a"], ["b", "c"]],
        ),
        columns=("名称", "位置.lng", "位置.lat", "标签"),
        rows=2,
        means=(None, "longitude", "latitude", None),
        first=("甲", "120.1", "30.2", '["a"]'),
    ),
    Case(
        "whole-floats.parquet",
        columns(代码=[330102.0, 330110.0], 值=[1.5, 2.0]),
        first=("330102", "1.5"),
        types=("text", "decimal"),
    ),
    Case("empty.parquet", columns(名称=pa.array([], pa.string())), columns=("名称",), rows=0),
    Case(
        "dictionary.parquet",
        columns(类别=pa.array(["甲", "乙", "甲"]).dictionary_encode(), n=[1, 2, 3]),
        columns=("类别", "n"),
        rows=3,
    ),
]
