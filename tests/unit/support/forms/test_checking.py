"""Every mistake of an author is found, at its line, with its rule, in both languages."""

from __future__ import annotations

import copy
import json

import pytest
from tests.unit.support.forms import forms

from shuzhi.support.forms.parts import read_form

TEXT = {"type": "string"}


def document():
    return json.loads(forms.BIRTH.read_text("utf-8"))


def findings(tmp_path, made):
    file = tmp_path / "birth-registration.json"
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=1)
    file.write_text(text, "utf-8")
    return read_form(file)[2], text.splitlines()


def put(made, path, value):
    for step in path[:-1]:
        made = made[step]
    if value is ...:
        del made[path[-1]]
    else:
        made[path[-1]] = value


FIELDS = ["layout", "pages", 0, "sections", 0, "fields"]
PROPERTIES = ["schema", "properties"]
MISTAKES = [
    (["unheard_of"], 1, "shape", '"unheard_of"'),
    (["title"], ..., "shape", "{"),
    (["title", "en"], " ", "words-missing", '"en"'),
    (["owner"], 7, "shape", '"owner"'),
    (["layout", "pages"], [], "shape", '"pages"'),
    (["version"], "first", "shape", '"version"'),
    (["schema", "type"], "array", "root", '"schema"'),
    (["schema", "allOf"], [{"type": "nothing"}], "schema", '"schema"'),
    (["schema", "$ref"], "http://localhost/x.json", "schema", '"schema"'),
    (["schema", "required", 0], "child", "field-unknown", '"child"'),
    ([*PROPERTIES, "Weight"], TEXT, "field-name", '"Weight"'),
    ([*PROPERTIES, "more"], TEXT, "field-unreachable", '"more"'),
    ([*PROPERTIES, "weight"], {"type": "object"}, "kind", '"weight"'),
    ([*PROPERTIES, "weight"], True, "kind", '"weight"'),
    ([*PROPERTIES, "weight", "not"], {}, "keyword", '"not"'),
    ([*PROPERTIES, "child_name", "format"], "email", "format", '"format": "email"'),
    ([*PROPERTIES, "child_name", "pattern"], "^\\d+$", "pattern", '"pattern"'),
    ([*PROPERTIES, "child_name", "pattern"], "(a+)+", "pattern", '"pattern"'),
    ([*PROPERTIES, "child_name", "pattern"], "(?=a)b", "pattern", '"pattern"'),
    ([*PROPERTIES, "child_name", "pattern"], "(", "pattern", '"pattern"'),
    ([*FIELDS, 0, "field"], "child", "field-unknown", '"field": "child"'),
    ([*FIELDS, 1, "field"], "child_name", "field-twice", '"field": "child_name"'),
    ([*FIELDS, 0, "title", "zh"], "", "words-missing", '"zh": ""'),
    ([*FIELDS, 0, "title"], ..., "shape", "{"),
    ([*FIELDS, 0, "width"], "wide", "shape", '"width"'),
    ([*FIELDS, 1, "choices", "男"], ..., "choice-words", "{"),
    ([*FIELDS, 1, "choices", "x"], {"zh": "x", "en": "x"}, "choice-unknown", '"x"'),
    (["layout", "pages", 1, "id"], "newborn", "id-twice", '"id": "newborn"'),
    (["layout", "pages", 1, "sections", 0, "id"], "newborn", "id-twice", '"id": "newborn"'),
    (["logic", "visible", "father_name"], "with_father =", "feel", '"father_name": "with_father ="'),
    (["logic", "visible", "father_name"], "has_father = true", "name-unknown", '"father_name": "has'),
    (["logic", "visible", "father_name"], "false", "field-unreachable", '"father_name": "false"'),
    (["logic", "visible", "father_name"], "1 = 2", "field-unreachable", '"father_name": "1'),
    (["logic", "visible", "late"], "late_reason != null", "circle", '"late": "late_reason'),
    (["logic", "value", "late"], "late", "circle", '"late": "late"'),
    (["logic", "visible", "page/none"], "true", "field-unknown", '"page/none"'),
    (["logic", "required", "page/newborn"], "true", "field-unknown", '"page/newborn"'),
    (["logic", "value", "proof"], "[]", "value-of-file", '"proof": "[]"'),
    (["logic", "constraints", 0, "fields", 0], "child", "field-unknown", '"child"'),
    (["logic", "constraints", 1, "id"], "born-not-future", "id-twice", '"id": "born-not-future"'),
    (["logic", "constraints", 0, "message", "en"], "", "words-missing", '"en": ""'),
    (["logic", "constraints", 0, "that"], "(" * 600, "feel", '"that"'),
    (["prefill", 1, "id"], "me", "id-twice", '"id": "me"'),
    (["prefill", 2, "of"], "nobody.father_id", "prefill-of", '"of"'),
    (["prefill", 0, "fields", "mother"], "name", "field-unknown", '"mother": "name"'),
    (["prefill", 0, "fields", "late"], "name", "field-unknown", '"late": "name"'),
    (["files", "child_name"], {}, "field-unknown", '"child_name": {}'),
    (["files", "proof", "accept"], ["exe"], "shape", '"exe"'),
    (["facts"], {"today": "date"}, "name-taken", '"today"'),
    (["facts"], {"child_name": "text"}, "name-taken", '"child_name"'),
    (["signature", "statement", "zh"], "", "words-missing", '"zh": ""'),
]


@pytest.mark.parametrize(("path", "value", "rule", "line"), MISTAKES)
def test_a_mistake_is_named_at_its_line(tmp_path, path, value, rule, line):
    made = copy.deepcopy(document())
    put(made, path, value)

    found, lines = findings(tmp_path, made)

    named = [each for each in found if each.rule == f"forms-{rule}"]
    assert named, found
    assert any(line in lines[each.line - 1] for each in named), [lines[each.line - 1] for each in named]
    assert all(each.message.zh and each.message.en for each in found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[", 1),
        ('{\n"id": "a",\n"id": "b"}', 3),
        ('{\n"id": NaN}', 2),
        ('{\n"id": "a" "b"}', 2),
        ('{"id": "a"}\nx', 2),
        ('{"id":\n"a\n"}', 2),
        ("[" * 5000, 1),
        ("{" + '"a":{' * 50, 1),
        ("1" * 200, 1),
    ],
)
def test_what_is_no_json_is_named_at_its_line(tmp_path, text, line):
    found, _ = findings(tmp_path, text)
    assert [(each.rule, each.line) for each in found] == [("forms-json", line)]


def test_a_fault_of_feel_names_its_place_in_the_text(tmp_path):
    made = document()
    made["logic"]["visible"]["father_name"] = "with_father = )"
    (finding,), _ = findings(tmp_path, made)
    assert "第 1 行第 15 列" in finding.message.zh


def test_all_mistakes_are_found_at_once(tmp_path):
    made = document()
    put(made, [*PROPERTIES, "more"], TEXT)
    put(made, ["logic", "visible", "father_name"], "with_father =")
    put(made, ["title", "en"], "")
    assert {each.rule for each in findings(tmp_path, made)[0]} == {
        "forms-field-unreachable",
        "forms-feel",
        "forms-words-missing",
    }


def test_the_packs_own_form_is_right(tmp_path):
    value, _, found = read_form(forms.BIRTH)
    assert not found
    assert value.id == "birth-registration"
    assert [law.title for law in value.basis] == [
        "中华人民共和国户口登记条例 第七条",
        "中华人民共和国母婴保健法 第二十三条",
    ]
