"""JSON Schema 2020-12: cases of our own, hostile ones among them, and the suite's reader."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from shuzhi.support.forms.engine import is_valid, validate
from shuzhi.support.forms.errors import SchemaRefused, SuiteMissing, TooLarge
from shuzhi.support.forms.suite import run_suite


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value}
    return value


FAMILY = {"$id": "https://example.org/family", "$defs": {"person": {"required": ["name"]}}}
CASES = [
    ({"type": "string"}, "x", True),
    ({"type": "integer"}, 1.0, True),
    ({"multipleOf": 0.01}, Decimal("0.07"), True),
    ({"prefixItems": [{"const": 1}], "items": False}, [1], True),
    ({"prefixItems": [{"const": 1}], "items": False}, [1, 2], False),
    ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], False),
    ({"properties": {"a": True}, "unevaluatedProperties": False}, {"b": 1}, False),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, False),
    ({"if": {"const": 1}, "then": False}, 1, False),
    ({"$dynamicRef": "#n", "$dynamicAnchor": "n", "type": "object"}, 1, False),
    ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, {"type": "nothing"}, False),
    ({"$ref": "#"}, 1, True),
    (False, 1, False),
    ({"pattern": "^\\p{Letter}+$"}, "字", True),
    ({"pattern": "^(?!a)b"}, "b", True),
]


@pytest.mark.parametrize(("schema", "instance", "valid"), CASES)
def test_a_case_is_answered(schema, instance, valid):
    assert is_valid(schema, instance) is valid
    assert (validate(schema, instance) == []) is valid


def test_a_fault_names_its_place_and_keyword():
    schema = {"properties": {"child": {"properties": {"age": {"minimum": 3}}}}}
    (fault,) = validate(schema, {"child": {"age": 1}})
    assert (fault.path, fault.keyword) == (("child", "age"), "minimum")


def test_what_a_schema_refers_to_is_given_or_refused():
    schema = {"$ref": "https://example.org/family#/$defs/person"}
    with pytest.raises(SchemaRefused):
        is_valid(schema, {})
    assert not is_valid(schema, {}, resources={"https://example.org/family": FAMILY})


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.json", "https://example.org/x", "file:///etc/passwd", "ftp://a/b"]
)
def test_nothing_is_fetched(address, monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    with pytest.raises(SchemaRefused):
        is_valid({"$ref": address}, 1)


CHAIN = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 10} for n in range(12)} | {
    "d12": {"type": "string"}
}
NAMED = {f"d{n}": {"$anchor": f"a{n}", "allOf": [{"$ref": f"#a{n + 1}"}] * 10} for n in range(12)} | {
    "d12": {"$anchor": "a12"}
}
TREE = {"n": {"allOf": [{"properties": {"a": {"$ref": "#/$defs/n"}}}] * 2}}


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        ({"$defs": CHAIN, "$ref": "#/$defs/d0"}, "x"),
        ({"$defs": NAMED, "$ref": "#a0"}, "x"),
        ({"$defs": TREE, "$ref": "#/$defs/n"}, nested(60)),
        (nested(200), 1),
        (True, nested(200)),
        (True, [1] * 60_000),
    ],
)
def test_a_hostile_document_is_refused_before_it_costs_anything(schema, instance):
    with pytest.raises(TooLarge):
        is_valid(schema, instance)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?=(a+)+$)a+$", "^(a|a)*$", "^(?!.*(x+x+)+y)a"])
def test_a_hostile_pattern_ends(pattern):
    assert is_valid({"pattern": pattern}, "a" * 40 + "!") in (True, False)


def test_a_pattern_that_swells_is_refused():
    with pytest.raises(SchemaRefused):
        is_valid({"pattern": "((a{1000}){1000}){1000}"}, "a")


def suite_in(folder, valid):
    tests = folder / "tests" / "draft2020-12"
    (tests / "optional" / "format").mkdir(parents=True)
    (folder / "remotes").mkdir()
    (folder / "remotes" / "integer.json").write_text('{"type": "integer"}')
    schema = {"$ref": "http://localhost:1234/integer.json"}
    group = {
        "description": "remote",
        "schema": schema,
        "tests": [{"description": "one", "data": 1, "valid": valid}],
    }
    (tests / "ref.json").write_text(json.dumps([group]))
    return folder


def test_the_suite_is_read_with_its_remotes(tmp_path):
    report = run_suite(suite_in(tmp_path, valid=True))["required"]
    assert (report.files, report.cases, report.passed, report.failed) == (1, 1, 1, [])


def test_a_case_that_fails_is_named(tmp_path):
    assert run_suite(suite_in(tmp_path, valid=False))["required"].failed == ["ref: remote: one"]


def test_a_folder_without_cases_is_named(tmp_path):
    with pytest.raises(SuiteMissing):
        run_suite(tmp_path)
