"""Fields with rows: several children on one form; every fault at its cell."""

from __future__ import annotations

import json

import pytest
from tests.unit.support.forms import forms

from shuzhi.support.forms import documents
from shuzhi.support.forms.checking import faults_of
from shuzhi.support.forms.engine import compile_form, evaluate, validate
from shuzhi.support.forms.types import FormDeclaration

CHILD = {"called": "张三", "birthday": "2026-11-01", "weight": "3.20", "kept": "true", "toys": ["a"]}
LOGIC = {
    "constraints": [
        {
            "id": "born", "fields": ["children"], "message": forms.words("born"),
            "that": "every child in children satisfies child.birthday <= today",
        }
    ]
}  # fmt: skip


def declared(**more):
    made = forms.form_of({"children": forms.ALL_KINDS["children"]}, logic=LOGIC)
    made["schema"]["required"] = ["children"]
    made |= more
    return FormDeclaration.model_validate_json(json.dumps(made))


def asked(children):
    return evaluate(compile_form(declared()), {"children": children}, facts={}, at=forms.NOW)


def codes(children):
    return [(each.field, each.code) for each in asked(children).errors]


class TestAnswers:
    def test_rows_are_read_cell_by_cell(self):
        outcome = asked([CHILD, {"called": " 李四 "}])
        assert outcome.errors == ()
        assert outcome.values["children"] == [
            {"called": "张三", "birthday": "2026-11-01", "weight": "3.20", "kept": True, "toys": ["a"]},
            {"called": "李四", "birthday": None, "weight": None, "kept": None, "toys": None},
        ]

    @pytest.mark.parametrize(
        ("rows", "found"),
        [
            ([], [("children", "required")]),
            ([{}], [("children.0.called", "required")]),
            ([CHILD, CHILD | {"called": "王"}], [("children.1.called", "too_short")]),
            (
                [CHILD | {"birthday": "2026-02-30", "weight": "0.1"}],
                [("children.0.birthday", "not_a_date"), ("children.0.weight", "too_small")],
            ),
            ([CHILD | {"birthday": "2027-01-01"}], [("children", "constraint/born")]),
            ([CHILD] * 4, [("children", "too_many_rows")]),
            (["x"], [("children", "not_rows")]),
            ("x", [("children", "not_rows")]),
        ],
    )
    def test_every_fault_names_its_cell(self, rows, found):
        assert codes(rows) == found

    def test_the_document_holds_the_schema(self):
        form = compile_form(declared())
        values = asked([CHILD, {"called": "李四"}]).values
        document = documents.typed(form, values)
        assert validate(form.declaration.schema_, document) == []
        assert str(document["children"][0]["weight"]) == "3.20"
        assert document["children"][1] == {"called": "李四"}


class TestChecking:
    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            (lambda field, _: field["rows"].pop(), "field-unreachable"),
            (lambda field, _: field["rows"].append(dict(field["rows"][0])), "field-unknown"),
            (lambda field, _: field.pop("row"), "row-words"),
            (lambda _, items: items["properties"].update(inner={"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}), "kind"),
            (lambda _, items: items["required"].append("nobody"), "field-unknown"),
            (lambda field, _: field["rows"][4]["choices"].pop("a"), "choice-words"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_with_rows_is_named(self, change, rule):
        made = json.loads(json.dumps(forms.form_of({"children": forms.ALL_KINDS["children"]})))
        change(
            made["layout"]["pages"][0]["sections"][0]["fields"][0],
            made["schema"]["properties"]["children"]["items"],
        )
        found = {each[1] for each in faults_of(FormDeclaration.model_validate(made))}
        assert rule in found

    def test_rows_that_are_right_have_no_fault(self):
        assert list(faults_of(declared())) == []


class TestReaders:
    def test_a_clerk_sees_each_cell_by_its_own_grade(self, db):
        from shuzhi.pillars.security.types import Actor, Role
        from shuzhi.support.forms.queries import _masked

        made = json.loads(forms.BIRTH.read_text("utf-8"))
        fields = made["layout"]["pages"][0]["sections"][0]["fields"]
        rows = next(each for each in fields if each["field"] == "siblings")["rows"]
        rows[0] |= {"grade": "L4", "mask": "partial"}
        form = FormDeclaration.model_validate(made)
        clerk = Actor("account/c", office="health-commission", roles=frozenset({Role.DATA_OFFICER}))
        document = {"siblings": [{"name": "王二宝二宝", "sex": "男", "certificate": "P330000011"}]}
        (row,) = _masked(form, document, clerk, forms.NOW)["siblings"]
        assert row["sex"] == "男"
        assert row["certificate"] == "P330000011"
        assert row["name"] != "王二宝二宝"
