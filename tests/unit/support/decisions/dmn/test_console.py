"""`shuzhi rules check` and `run`, as a person types them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from shuzhi.foundation.packfiles import packs_root
from shuzhi.terminals.console import rules

from .models import data, decision, definitions, literal, table

BENEFIT = str(packs_root() / "market/small-firm-benefit/rules/small-firm-benefit.dmn")
FIRM = '{"注册日期":"2024-11-05","申请日期":"2026-03-01","规模":"小型","社保缴纳人数":4,"新增就业人数":6,"严重失信":false}'


def run(*words: str, given: str | None = None):
    return CliRunner().invoke(rules.app, list(words), input=given)


class TestCheck:
    def test_sound_files_end_with_zero(self):
        assert run("check", BENEFIT).exit_code == 0

    def test_every_fault_of_every_file_in_both_languages(self, tmp_path):
        faulty, broken = tmp_path / "faulty.dmn", tmp_path / "broken.dmn"
        rows = [["> ", '"a"'], ['"x"', "1 +"]]
        faulty.write_bytes(
            definitions(data("x", "number"), decision("D", table([("x", "number")], rows), "i-x"))
        )
        broken.write_text("<definitions>")

        found = run("check", str(faulty), str(broken))

        assert found.exit_code == 1
        assert "决策“D” 第 1 行 列“x”" in found.stdout
        assert "decision “D” row 2 column “1”" in found.stdout
        assert "broken.dmn:1:14" in found.stdout
        assert "4 处错误" in found.stderr

    def test_as_json(self, tmp_path):
        file = tmp_path / "x.dmn"
        file.write_bytes(definitions(decision("D", literal("1 +"))))

        document = json.loads(run("check", str(file), "--json").stdout)

        assert [(each["code"], each["line"]) for each in document] == [("feel-syntax", 2)]


class TestRun:
    def test_the_value_alone_on_standard_output(self):
        found = run("run", BENEFIT, "--decision", "补贴金额", "--as-of", "2026-03-01", "--input", FIRM)

        assert (found.exit_code, found.stdout) == (0, "9000\n")
        assert "因第 2 条" in found.stderr

    def test_from_standard_input_with_trace_as_json(self):
        words = [
            "run",
            BENEFIT,
            "--decision",
            "补贴资格",
            "--as-of",
            "2026-03-01",
            "--input",
            "-",
            "--trace",
            "--json",
        ]

        document = json.loads(run(*words, given=FIRM).stdout)

        assert document["status"] == "value"
        assert document["trace"]["as_of"] == "2026-03-01"
        assert [step["decision"] for step in document["trace"]["steps"]][-1] == "补贴资格"

    @pytest.mark.parametrize(
        ("text", "given", "code"),
        [("x + 1", '{"x": 1}', 0), ("x + 1", "{}", 1), ("x + 1", '{"x": "a"}', 1), ("nobody", '{"x": 1}', 2)],
    )
    def test_the_exit_code_tells_the_kind_of_answer(self, tmp_path, text, given, code):
        file = tmp_path / "x.dmn"
        file.write_bytes(definitions(data("x"), decision("D", literal(text), "i-x")))

        assert run("run", str(file), "--decision", "D", "--input", given).exit_code == code

    def test_numbers_stay_exact(self, tmp_path):
        file = tmp_path / "x.dmn"
        file.write_bytes(definitions(data("x"), decision("D", literal("x * 3 = 0.3"), "i-x")))

        assert run("run", str(file), "--decision", "D", "--input", '{"x": 0.1}').stdout == "true\n"

    def test_input_that_is_no_json(self):
        assert run("run", BENEFIT, "--decision", "补贴金额", "--input", "{").exit_code == 2
