from __future__ import annotations

import datetime as dt
import decimal
import json
import sqlite3

import pytest

from shuzhi.data.sources.reading import Limits, read_sql_table
from shuzhi.data.sources.reading.errors import (
    EmptyFile,
    FileTooLarge,
    JsonTooDeep,
    TableNotFound,
    UnreadableFile,
    XmlEntities,
)


def values(rows):
    return [row.values for row in rows]


class TestJson:
    def test_an_array_of_objects(self, write, read):
        reader, rows = read(write("a.json", '[{"a":1.10,"b":null},{"a":"x","c":{"d":true,"e":[1,"二"]}}]'))

        assert (reader.format, reader.columns) == ("json", ("a", "b", "c.d", "c.e"))
        assert values(rows) == [("1.10", None, None, None), ("x", None, "true", '[1,"二"]')]

    def test_an_object_with_one_array_inside(self, write, read):
        reader, rows = read(write("a.json", '{"total":2,"result":{"rows":[{"a":1},{"a":2},7]}}'))

        assert reader.table == "result.rows"
        assert [(row.values, row.problem and str(row.problem.code)) for row in rows] == [
            (("1",), None),
            (("2",), None),
            (("7",), "bad_record"),
        ]

    def test_geojson_gives_properties_and_the_kind_of_geometry(self, write, read):
        feature = {
            "type": "Feature",
            "properties": {"name": "上城区"},
            "geometry": {"type": "Point", "coordinates": [120.10, 30.2]},
        }
        document = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)

        reader, rows = read(write("a.json", b"\xef\xbb\xbf" + document.encode()))

        assert (reader.format, reader.encoding) == ("geojson", "utf-8-sig")
        assert reader.columns == ("name", "geometry_type", "geometry")
        assert rows[0].values[:2] == ("上城区", "Point")

    def test_arrays_of_arrays_are_a_grid(self, write, read):
        reader, rows = read(write("a.json", '[["名称","数"],["甲",1],["乙",2]]'))

        assert (reader.columns, values(rows)) == (("名称", "数"), [("甲", "1"), ("乙", "2")])

    def test_a_tree_is_unfolded(self, write, read):
        tree = [
            {"code": "A", "name": "农", "children": [{"code": "01", "name": "农业", "children": []}, "坏"]}
        ]

        reader, rows = read(write("a.json", json.dumps(tree)))

        assert reader.columns == ("code", "name", "上级", "层级")
        assert values(rows[:2]) == [("A", "农", None, "1"), ("01", "农业", "A", "2")]
        assert (rows[2].values, str(rows[2].problem.code)) == (("坏",), "bad_record")

    def test_one_line_larger_than_a_block(self, write, read):
        document = json.dumps(
            [{"n": number, "text": "数" * 50} for number in range(20_000)], ensure_ascii=False
        )

        rows = read(write("a.json", document))[1]

        assert len(rows) == 20_000
        assert rows[-1].values == ("19999", "数" * 50)

    @pytest.mark.parametrize(
        "bomb",
        [
            "[" * 100_000,
            "[" * 100_000 + "]" * 100_000,
            '{"a":' * 5_000 + "1" + "}" * 5_000,
            '[{"a":' + "[" * 90 + "]" * 90 + "}]",
        ],
    )
    def test_deep_nesting_is_refused(self, write, read, bomb):
        with pytest.raises(JsonTooDeep, match="64"):
            read(write("a.json", bomb))

    @pytest.mark.parametrize(
        "broken", ['[{"a":1},{"a":2', '{"a":[{"b":1}}', '[{"a":1}] x', '[{"a":1},]', b'[{"a":"\xff"}]']
    )
    def test_broken_documents_say_where(self, write, read, broken):
        with pytest.raises(UnreadableFile, match="JSON"):
            read(write("a.json", broken))

    @pytest.mark.parametrize("nothing", ["[]", "{}"])
    def test_nothing_inside(self, write, read, nothing):
        with pytest.raises(EmptyFile):
            read(write("a.json", nothing))

    def test_too_many_columns(self, write, read):
        record = json.dumps([{f"c{number}": 1 for number in range(200)}])
        with pytest.raises(FileTooLarge, match="columns"):
            read(write("a.json", record), limits=Limits(columns=100))


class TestJsonLines:
    def test_bad_lines_are_kept_apart(self, write, read):
        reader, rows = read(write("a.jsonl", '{"a":1}\nnot json\n\n{"a":2,"b":"x"}\n[1]\n'))

        assert (reader.format, reader.columns) == ("jsonl", ("a", "b"))
        assert [(row.number, row.problem and str(row.problem.code)) for row in rows] == [
            (1, None),
            (2, "bad_json_line"),
            (4, None),
            (5, "bad_json_line"),
        ]
        assert rows[1].values == ("not json",)

    def test_are_recognised_under_another_name(self, write, read):
        assert read(write("a.json", '{"a":1}\n{"a":2}\n'))[0].format == "jsonl"


class TestXml:
    def test_the_repeated_element_is_the_record(self, write, read):
        xml = (
            '<?xml version="1.0" encoding="GBK"?><数据><说明>x</说明><记录 编号="1"><姓名>张三</姓名><地址><市>杭州</市></地址></记录>'
            '<记录 编号="2"><姓名>李四</姓名><电话>1</电话><电话>2</电话></记录></数据>'
        )

        reader, rows = read(write("a.xml", xml.encode("gbk")))

        assert (reader.format, reader.encoding, reader.table) == ("xml", "gbk", "数据/记录")
        assert reader.columns == ("编号", "姓名", "地址.市", "电话")
        assert values(rows) == [("1", "张三", "杭州", None), ("2", "李四", None, "1 | 2")]

    @pytest.mark.parametrize(
        "declaration",
        [
            '<!DOCTYPE r [<!ENTITY a "b">]>',
            '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
            " " * 600_000 + '<!DOCTYPE r [<!ENTITY a SYSTEM "http://127.0.0.1/">]>',
        ],
    )
    @pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
    def test_entities_are_refused(self, write, read, declaration, codec):
        xml = f'<?xml version="1.0"?>{declaration}<r><a><b>&a;</b></a><a><b>1</b></a></r>'
        with pytest.raises(XmlEntities, match="entities"):
            read(write("a.xml", xml.encode(codec)))

    def test_a_single_record(self, write, read):
        reader, rows = read(write("a.xml", "<r><rec><a>1</a><b><c>2</c></b></rec></r>"))

        assert (reader.columns, values(rows)) == (("a", "b.c"), [("1", "2")])

    @pytest.mark.parametrize(
        "broken", ["<r><a><b>1</b></a><a><b>2</b></r>", "<r>" * 3_000, "<r><a x=1/></r>"]
    )
    def test_broken_documents_are_refused(self, write, read, broken):
        with pytest.raises(UnreadableFile, match="XML"):
            read(write("a.xml", broken))


class TestDatabases:
    @pytest.fixture
    def database(self, tmp_path):
        path = tmp_path / "a.db"
        connection = sqlite3.connect(path)
        connection.execute('CREATE TABLE "甲""表" (id, 名称, data)')
        connection.execute("CREATE TABLE other (x)")
        connection.execute('INSERT INTO "甲""表" VALUES (1, ?, ?)', ("数", b"\x01\xff"))
        connection.commit()
        connection.close()
        return path

    def test_sqlite(self, database, read):
        reader, rows = read(database)

        assert (reader.format, reader.tables, reader.table) == ("sqlite", ('甲"表', "other"), '甲"表')
        assert values(rows) == [("1", "数", "01ff")]
        assert read(database, table="other")[1] == []
        with pytest.raises(TableNotFound):
            read(database, table="x; DROP TABLE other")

    def test_sqlite_by_address(self, database):
        with read_sql_table(f"sqlite:///{database}", "other") as reader:
            assert reader.columns == ("x",)

    def test_damaged_sqlite(self, write, read):
        with pytest.raises(UnreadableFile, match="SQLite"):
            read(write("a.db", b"SQLite format 3\0" + bytes(range(256)) * 20))

    def test_an_address_is_never_repeated(self):
        with pytest.raises(UnreadableFile) as refusal:
            read_sql_table("postgresql://someone:secret@127.0.0.1:1/x?connect_timeout=1", "t")

        assert "secret" not in str(refusal.value) + refusal.value.message_zh


class TestParquet:
    def test_values_are_text(self, tmp_path, read):
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.table(
            {
                "n": [1, None],
                "day": [dt.date(2020, 1, 2), None],
                "sum": [decimal.Decimal("1.10"), None],
                "list": [[1, 2], None],
            }
        )
        parquet.write_table(table, tmp_path / "a.parquet")

        reader, rows = read(tmp_path / "a.parquet")

        assert (reader.format, reader.columns) == ("parquet", ("n", "day", "sum", "list"))
        assert values(rows) == [("1", "2020-01-02", "1.10", "[1,2]"), (None, None, None, None)]

    def test_damaged(self, write, read):
        with pytest.raises(UnreadableFile, match="Parquet"):
            read(write("a.parquet", b"PAR1" + bytes(range(200)) + b"PAR1"))
