from __future__ import annotations

import csv
import json
import os

import pytest
from typer.testing import CliRunner

from shuzhi.data.sources.reading import open_table, profile_file
from shuzhi.data.sources.reading.converting import convert_file, neutralised
from shuzhi.data.sources.reading.distinct import Budget, DistinctCount
from shuzhi.data.sources.reading.errors import FileChanged, OutputIsSource
from shuzhi.data.sources.reading.semantics import is_phone, is_resident_id, is_uscc
from shuzhi.terminals.console.sources import app

IDS = ["11010519491231002X", "440524188001010014"]
CODES = ["91330182843963542R", "9133010014304617XG"]


@pytest.fixture
def columns(write):
    def _columns(name, values):
        text = "n," + name + "\n" + "".join(f'{place},"{value}"\n' for place, value in enumerate(values))
        return profile_file(write("a.csv", text)).columns[1]

    return _columns


class TestCheckDigits:
    def test_resident_ids(self):
        assert all(map(is_resident_id, IDS))
        assert not any(
            map(is_resident_id, ["110105194912310021", "11010519491331002X", "1101051949123100２X", ""])
        )

    def test_credit_codes(self):
        assert all(map(is_uscc, CODES))
        assert not any(map(is_uscc, ["91330182843963542A", "91330182843963542r", "9133018284396354", ""]))

    def test_phones(self):
        assert all(
            map(
                is_phone,
                ["13800138000", "+86 138 0013 8000", "0571-87654321", "(0571)87654321", "4008001234"],
            )
        )
        assert not any(map(is_phone, ["12800138000", "1380013800", "20190428", "330102"]))


class TestColumns:
    @pytest.mark.parametrize(
        ("name", "values", "storage", "semantic"),
        [
            ("统一社会信用代码", CODES, "text", "uscc"),
            ("证件", IDS, "text", "resident_id"),
            ("联系电话", ["13800138000", "0571-87654321"], "text", "phone"),
            ("x", ["a@b.cn", "c@d.org"], "text", "email"),
            ("主页", ["https://a.cn/x", "http://b.cn"], "text", "url"),
            ("区划", ["330102", "330110"], "text", "division_code"),
            ("邮政编码", ["310000", "311100"], "text", "postal_code"),
            ("注册资金", ["534(万元人民币)", "50(万美元)"], "amount", "amount"),
            ("罚款金额", ["1,200.50", "300"], "decimal", "amount"),
            ("注册地址", ["杭州市西湖区文三路1号", "浙江省杭州市余杭区良渚街道"], "text", "address"),
            ("企业名称", ["杭州某某有限公司", "建德市某某厂"], "text", "organization_name"),
            ("负责人姓名", ["张三", "欧阳某某", "李小四"], "text", "person_name"),
            ("经度", ["120.1", "119.5"], "decimal", "longitude"),
            ("lat", ["30.1", "29.5"], "decimal", "latitude"),
            ("办结日期", ["2019/2/28", "2019-3-1", "2019年3月5日"], "date", "date"),
            ("留言时间", ["2019/2/28 11:25:05", "2017-06-08T17:31:20"], "datetime", "date"),
            ("日期", ["20190428", "20190501"], "date", "date"),
            ("数量", ["1", "-2"], "integer", None),
            ("序列", ["0012", "0013"], "text", None),
            ("是否", ["是", "否"], "boolean", None),
            ("形状", ["POINT (1 2)", "POLYGON ((1 2, 3 4))"], "geometry", None),
        ],
    )
    def test_type_and_meaning(self, columns, name, values, storage, semantic):
        column = columns(name, values)

        assert (column.type, column.semantic) == (storage, semantic)

    @pytest.mark.parametrize("text", ["请联系13800138000谢谢", f"我的证件{IDS[0]}丢失"])
    def test_personal_data_inside_text_is_found(self, columns, text):
        assert columns("内容", [text, "没有什么"]).personal_data

    def test_firms_have_no_personal_data(self, columns):
        assert not columns("统一社会信用代码", CODES).personal_data

    def test_declared_markers_are_nulls_and_said(self, columns):
        column = columns("数量", ["1", "N/A", "—", "", " ", "3"])

        assert (column.nulls, column.distinct, column.type) == (4, 2, "integer")
        assert column.null_markers == {"N/A": 1, "—": 1}

    def test_wu_beside_you_is_a_value(self, columns):
        column = columns("残疾", ["有", "无", "无"])

        assert (column.nulls, column.distinct) == (0, 2)


class TestProfile:
    def test_keys_and_copies(self, write):
        rows = [f"{number},{number % 7}\n" for number in range(500)]

        profile = profile_file(write("a.csv", "".join(["id,组\n", *rows, rows[0]])))

        assert (profile.rows, profile.duplicate_rows, profile.candidate_keys) == (501, 1, (("id",),))

    def test_a_file_that_changes_while_it_is_read(self, write):
        path = write("a.csv", "a,b\n" + "1,2\n" * 5_000)
        with open_table(path) as reader:
            rows = iter(reader)
            next(rows)
            with path.open("a") as file:
                file.write("3,4\n")
            with pytest.raises(FileChanged, match="changed"):
                list(rows)

    def test_a_change_that_keeps_size_and_time(self, write):
        path = write("a.csv", "a,b\n" + "1,2\n" * 5_000)
        before = path.stat()
        with open_table(path) as reader:
            rows = iter(reader)
            next(rows)
            path.write_bytes(path.read_bytes()[:-4] + b"9,9\n")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            with pytest.raises(FileChanged):
                list(rows)

    def test_distinct_counts_are_estimated_once_the_budget_is_spent(self):
        count = DistinctCount(Budget(10_000))
        for number in range(100_000):
            count.add(str(number))
            count.add(str(number // 2))

        assert not count.is_exact
        assert abs(count.count() - 100_000) < 4_000


class TestConvert:
    def test_writes_rows_and_keeps_broken_ones_apart(self, write, tmp_path):
        path = write("a.csv", '甲;乙\n=1+1;"-5"\n+x;@y\n1\n"多\n行";-3.5\n'.encode("gbk"))

        done = convert_file(path, tmp_path / "out.csv")

        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [
                ["甲", "乙"],
                ["'=1+1", "-5"],
                ["'+x", "'@y"],
                ["多\n行", "-3.5"],
            ]
        assert (done.rows, done.broken) == (3, 1)
        assert "ragged_row" in (tmp_path / "out.broken.csv").read_text(encoding="utf-8")
        assert not list(tmp_path.glob("*.part"))

    def test_never_writes_over_its_source(self, write):
        path = write("a.csv", "a,b\n1,2\n")
        with pytest.raises(OutputIsSource):
            convert_file(path, path)

    @pytest.mark.parametrize("cell", ["=A1", "+SUM(1)", "-x", "@a", "\tx", "\rx", "-1+1", "=1"])
    def test_formulas_are_neutralised(self, cell):
        assert neutralised(cell) == "'" + cell

    @pytest.mark.parametrize("cell", ["-5", "+3.2", "-1,234.5", "a=b", "1e5", ""])
    def test_plain_values_are_not(self, cell):
        assert neutralised(cell) == cell


class TestCommands:
    def test_profile_as_json(self, write):
        result = CliRunner().invoke(app, ["profile", str(write("a.csv", "名称,数\n甲,1\n乙\n")), "--json"])

        found = json.loads(result.stdout)
        assert result.exit_code == 0
        assert (found["format"], found["encoding"], found["delimiter"], found["header_row"]) == (
            "csv",
            "utf-8",
            ",",
            1,
        )
        assert found["rows"] == 2
        assert {"name", "type", "semantic", "nulls", "distinct"} <= found["columns"][0].keys()
        assert {key: found["problems"][0][key] for key in ("row", "column", "code")} == {
            "row": 3,
            "column": None,
            "code": "ragged_row",
        }

    @pytest.mark.parametrize("verb", [["profile"], ["convert", "--out", "x.csv"]])
    def test_refusals_are_one_message_in_both_languages(self, write, tmp_path, verb, monkeypatch):
        monkeypatch.chdir(tmp_path)

        result = CliRunner().invoke(app, [*verb, str(write("a.csv", ""))])

        assert result.exit_code == 1
        assert "空文件" in result.stderr
        assert "is empty" in result.stderr
        assert "Traceback" not in result.stderr
        assert not (tmp_path / "x.csv").exists()
        assert not (tmp_path / "x.csv.part").exists()

    def test_a_table_for_people(self, write):
        result = CliRunner().invoke(app, ["profile", str(write("a.csv", "名称[x],数\n甲,1\n乙\n"))])

        assert result.exit_code == 0
        assert "ragged_row" in result.stdout
