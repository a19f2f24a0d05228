"""Sandbox keys: the same way and the same rules, and rows that can't be anybody's."""

from __future__ import annotations

import ast
import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.following import FOLLOW, firm, note
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.test_files import FIRMS
from tests.unit.data.exchange.world import AT, FIRM, OFFICER, OWNER, PLATFORM

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.exchange import models, queries, services, synthesis
from shuzhi.data.exchange.synthesis import NOWHERE, Shape, made_up_rows
from shuzhi.data.exchange.work import places
from shuzhi.data.registers import models as registers
from shuzhi.data.registers import queries as golden
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.standards.validators import VALIDATORS

LIST = {"interface": "firms-list", "kind": "list", "by": ["address"], "provenance": False}
COUNTS = worlds.BY_USCC | {
    "interface": "firms-counts",
    "kind": "aggregate",
    "by": ["address"],
    "group_by": ["address"],
    "fields": [],
    "provenance": False,
}
OBJECTION = worlds.BY_USCC | {
    "interface": "firm-objection",
    "kind": "write_back",
    "by": ["uscc", "name"],
    "fields": [],
    "provenance": False,
}


def sandbox(interface="firm-by-uscc", **changes):
    given = {"interface": interface, "office": "taxation", "by": OFFICER, "at": AT} | changes
    return services.issue_sandbox_key(**given)


def rows(register="sandbox:legal-entity"):
    found = registers.Entity.objects.filter(register=register)
    return [row.golden for row in found.order_by("id")]


@pytest.fixture
def every_kind(world, tmp_path, monkeypatch):
    """One interface of each kind on a register full of values that are told apart anywhere."""
    monkeypatch.setattr(places, "folder", lambda: tmp_path)
    monkeypatch.setattr("shuzhi.data.exchange.work.files.folder", lambda: tmp_path)
    worlds.install_register(fields=[f | {"grade": "L1"} for f in worlds.REGISTER["fields"]])
    for number in range(30):
        values = {name: f"真值-{name}-{number}" for name in FIRM}
        worlds.add_firm(f"real-{number}", values)
    for declared in (LIST, COUNTS, FIRMS, FOLLOW, OBJECTION, worlds.BY_USCC | {"interface": "firm-clear"}):
        worlds.install_interface(worlds.declare_interface(**declared))
    note("created", *(firm(number, name=f"真值-变更-{number}") for number in range(5)))


class TestNothingReal:
    def test_no_kind_gives_a_real_value(self, every_kind, counter):
        """Whatever a sandbox key asks, also by real identifiers, nothing of the register comes out."""
        said = []
        asked = {
            "firm-clear": [{"uscc": "真值-uscc-1"}, {"uscc": worlds.USCC}],
            "firm-exists": [{"uscc": worlds.USCC, "name": FIRM["name"]}],
            "firms-list": [{}, {"address": "真值-address-1"}],
            "firms-counts": [{}, {"address": "真值-address-1"}],
            "firms-file": [{}],
            "firm-changes": [{}],
        }
        for interface, questions in asked.items():
            key = sandbox(interface)
            for parameters in questions:
                for reply in counter.send(Asked(key, parameters, interface=interface, at=AT)):
                    said.append(json.dumps(reply.content, ensure_ascii=False))
                    if job := reply.content.get("job"):
                        services.work_on(job=job, by=PLATFORM, at=AT)
                        (file,) = counter.send(Asked(key, {"job": str(job)}, interface=interface, at=AT))
                        assert file.file, (file, queries.job(job))
                        text = file.file.path.read_text("utf-8")
                        assert len(list(csv.reader(text.splitlines()))) == 61
                        said.append(text)
        text = "\n".join(said)
        assert "真值" not in text
        assert not any(value in text for value in FIRM.values())
        assert text.count("沙箱") > 100
        (verified,) = counter.send(
            Asked(sandbox("firm-exists"), {"uscc": worlds.USCC, "name": FIRM["name"]}, "firm-exists", at=AT)
        )
        assert verified.content["answer"] == "no"

    def test_rows_follow_from_the_declaration_alone(self, world):
        """The same rows on a register full of firms and on an empty one; nothing imported could read one."""
        services.plant_sandbox(register="legal-entity", at=AT)
        before = rows()
        registers.Entity.objects.filter(register="legal-entity").delete()
        models.Sandbox.objects.all().delete()
        services.plant_sandbox(register="legal-entity", at=AT)

        assert rows() == before
        tree = ast.parse(Path(synthesis.__file__).read_text("utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not any("queries" in one or "models" in one or "lake" in one for one in imported)

    def test_the_twin_is_no_register(self, world):
        sandbox()
        assert set(golden.entity_counts()) == {"legal-entity"}
        assert [one.declaration.id for one in golden.registers()] == ["legal-entity"]
        assert golden.search("legal-entity", "沙箱").total == 0

    @given(
        st.lists(
            st.tuples(st.sampled_from([None, *VALIDATORS]), st.sampled_from(list(FieldType)), st.booleans()),
            min_size=1,
            max_size=6,
        ),
        st.integers(0, 10**6),
    )
    def test_codes_are_valid_and_impossible(self, fields, seed):
        shapes = [
            Shape(f"f{n}", f"字段{n}", kind, standard, grouped=grouped)
            for n, (standard, kind, grouped) in enumerate(fields)
        ]
        made = list(made_up_rows(shapes, count=8, seed=seed))
        assert made == list(made_up_rows(shapes, count=8, seed=seed))
        for row in made:
            for shape in shapes:
                value = row[shape.id]
                if shape.standard in synthesis._BY_STANDARD:
                    assert VALIDATORS[shape.standard](value), (shape.standard, value)
                if shape.standard == "uscc":
                    assert value[2:8] == NOWHERE
                if shape.standard == "resident_id":
                    assert value.startswith((NOWHERE + "2199", NOWHERE + "2200"))
                if shape.standard is None and shape.type is FieldType.TEXT:
                    assert value.startswith("沙箱")


class TestSameWay:
    def test_answers_masks_and_says_that_it_is_a_sandbox(self, world, counter):
        key = sandbox()
        code = rows()[0]["uscc"]

        reply = counter.one(key, code)

        assert (reply.status, reply.content["sandbox"]) == (200, True)
        assert reply.content["data"]["name"].startswith("沙箱")
        assert reply.content["masked"] == ["legal_representative", "phone"]
        assert reply.content["data"]["legal_representative"] != rows()[0]["legal_representative"]
        (entry,) = audit_rows("exchange.called")
        assert (entry["sandbox"], entry["key"]) == (True, key.key_id)

    def test_refuses_by_the_same_rules(self, world, counter):
        key = sandbox()
        assert counter.one(key, "123").rule == "parameters"
        assert counter.one(key, worlds.USCC).rule == "query"
        assert counter.one(replace(key, secret="x" * 43)).rule == "signature"
        assert counter.one(key, interface="firm-exists").rule == "subscription"
        nonce = "n" * 20
        counter.one(key, nonce=nonce)
        assert counter.one(key, nonce=nonce).rule == "nonce"
        services.revoke_subscription(subscription=key.subscription, by=OWNER, at=AT, reason="清理")
        assert counter.one(key).rule == "subscription"

    def test_counts_against_its_quota(self, world, counter):
        worlds.install_interface(worlds.declare_interface(daily_quota=2))
        key = sandbox()
        code = rows()[0]["uscc"]
        replies = [counter.one(key, code) for _ in range(3)]
        assert [reply.rule for reply in replies] == [None, None, "quota"]

    def test_is_given_at_once_and_renewed(self, world, counter):
        first, second = sandbox(), sandbox()
        code = rows()[0]["uscc"]
        assert counter.one(first, code).rule == "subscription"
        assert counter.one(second, code).status == 200
        assert first.subscription == second.subscription
        with pytest.raises(Forbidden):
            sandbox(office="other")

    def test_ends_by_itself(self, world, counter):
        key = sandbox()
        counter.clock.at = AT + timedelta(days=91)
        assert counter.one(key, rows()[0]["uscc"]).rule == "period"
        assert services.expire_subscriptions(by=PLATFORM, at=counter.clock.at) == 1

    def test_does_not_count_as_a_request_that_was_met(self, world):
        before = queries.share_satisfaction(AT.date())
        sandbox()
        assert queries.share_satisfaction(AT.date()) == before

    def test_of_a_former_version_has_its_fields(self, world, counter):
        worlds.install_interface(worlds.declare_interface(version=2, fields=["uscc", "name"]))
        code_of = {n: counter.one(sandbox(version=n), rows()[0]["uscc"]) for n in (1, 2)}
        assert set(code_of[2].content["data"]) == {"uscc", "name"}
        assert set(code_of[1].content["data"]) == set(FIRM)

    def test_events_are_made_up_too(self, every_kind, counter):
        key = sandbox("firm-changes")
        (reply,) = counter.send(Asked(key, {}, interface="firm-changes", at=AT))
        kinds = [one["kind"] for one in reply.content["events"]]
        assert {"created", "changed", "deleted"} == set(kinds)
        assert reply.content["more"] is True

    def test_what_is_given_back_goes_nowhere(self, every_kind, counter):
        key = sandbox("firm-objection")
        said = {"reference": "r-1", "uscc": rows()[0]["uscc"], "field": "name", "value": "x", "reason": "y"}
        asked = Asked(key, said, interface="firm-objection", at=AT, method="POST")
        (reply,) = counter.send(asked)
        assert reply.status == 202, reply

        assert services.settle_returns(by=PLATFORM, at=AT) == 1

        again = Asked(key, {"reference": "r-1"}, interface="firm-objection", at=AT, method="POST")
        (told,) = counter.send(again)
        assert told.content["outcome"] == {"result": "accepted", "sandbox": True}
        from shuzhi.support.workflow import queries as workflow

        assert not workflow.dossiers(loop="data-objection")
