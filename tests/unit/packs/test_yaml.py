"""Strict YAML: what it reads, and what it refuses with a line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.packs import yaml


def faults(text):
    return [(fault.line, fault.en) for fault in yaml.parse(text).faults]


class TestValues:
    def test_every_scalar_is_a_text(self):
        text = "a: no\nb: 1.10\nc: 2020-01-01\nd: 0x1F\ne: 1_000\nf: 'null'\n"

        assert yaml.parse(text).value == {
            "a": "no", "b": "1.10", "c": "2020-01-01", "d": "0x1F", "e": "1_000", "f": "null",
        }  # fmt: skip

    def test_nothing_is_nothing(self):
        assert yaml.parse("a:\nb: ~\nc: null\nd: ''\n").value == {"a": None, "b": None, "c": None, "d": ""}
        assert yaml.parse("").value == yaml.parse("~").value == {}

    def test_every_value_knows_its_line(self):
        lines = yaml.parse("a: 1\nb:\n  - x\n  - c: 2\n").lines

        assert (lines["a",], lines["b", 0], lines["b", 1], lines["b", 1, "c"]) == (1, 3, 4, 4)

    @given(st.recursive(st.text(alphabet="abc甲 1:-#", min_size=1), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc甲", min_size=1), inner, max_size=4), max_leaves=12))  # fmt: skip
    def test_texts_lists_and_mappings_come_back(self, value):
        import yaml as pyyaml

        text = pyyaml.dump({"value": value}, default_style='"', allow_unicode=True)

        read = yaml.parse(text.replace("!!", ""))
        assert read.faults == ()
        assert read.value == {"value": value}


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "line", "word"),
        [
            ("a: 1\nb: 2\na: 3\n", 3, "“a” stands twice"),
            ("x: {b: 1,\n b: 2}\n", 2, "“b” stands twice"),
            ("a: &x 1\n", 1, "anchors"),
            ("a: &x [1]\nb: *x\n", 2, "anchors"),
            ("a: !!python/object/apply:os.system ['true']\n", 1, "tags"),
            ("a: 1\nb: !secret x\n", 2, "tags"),
            ("? [a, b]\n: 1\n", 1, "a key must be a text"),
            ("a: [1, 2\n", 2, "not valid YAML"),
            ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
            ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
            ("a: \x00\n", 1, "not valid YAML"),
        ],
    )
    def test_with_the_line(self, text, line, word):
        assert any(at == line and word in said for at, said in faults(text)), faults(text)

    def test_all_of_them_at_once(self):
        assert [line for line, _ in faults("a: &x 1\nb: !t 2\nc: *x\n")] == [1, 2, 3]

    @pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{b: " * 5000, "- " * 20_000 + "x"])
    def test_a_nested_bomb(self, text):
        began = time.perf_counter()

        assert "deeper" in faults(text)[-1][1]
        assert time.perf_counter() - began < 10

    def test_a_bomb_of_aliases_is_not_expanded(self):
        bomb = "a0: &a0 [x, x]\n" + "".join(
            f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]\n" for at in range(1, 30)
        )

        assert yaml.parse(bomb).value is None

    def test_other_encodings(self, tmp_path):
        file = tmp_path / "x.yaml"
        file.write_bytes("a: 中文".encode("gbk"))

        assert "cannot read" in yaml.read(file).faults[0].en

    def test_a_huge_file_is_not_read(self, tmp_path):
        file = tmp_path / "x.yaml"
        with file.open("wb") as out:
            out.truncate(50_000_000_000)

        assert yaml.read(file).faults[0].en == "the file is too large"

    def test_a_file_that_is_not_there(self, tmp_path):
        assert yaml.read(tmp_path / "x.yaml").value is None
        assert yaml.read(tmp_path).value is None

    @given(st.text(max_size=40) | st.text(alphabet="{}[]:,-&*!|>'\"#%@` \n\tab", max_size=30))
    def test_no_text_raises(self, text):
        document = yaml.parse(text)

        assert document.value is not None or document.faults
