"""Who saw my data: asked by any identifier, answered from the log, which holds none."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.pillars.security.test_audit import AT, CLERK
from tests.unit.pillars.security.test_blocks import call, write_block

from shuzhi.pillars.security import audit, queries, services, subjects
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.log.unfolding import unfold_waiting
from shuzhi.pillars.security.types import Actor, Role

CLERK_OF_BUREAU = Actor(name="account/wen", office="data-bureau", roles=frozenset({Role.BUREAU}))
USCC, PERSON = "91330110MA28ABCD1X", "33010619900307891X"


@pytest.fixture
def seen(db):
    firm, person = subjects.node_reference("uscc", USCC), subjects.node_reference("resident_id", PERSON)
    audit.record("registers.read", target="register/person", by=CLERK, at=AT, subjects=[person])
    write_block(
        [call(1, subjects=(firm,), purpose="年报核验", basis="条例 第七条"), call(2, subjects=(firm, person))]
    )


def ask(scheme: str, value: str):
    return services.ask_who_saw(scheme=scheme, value=value, by=CLERK_OF_BUREAU, at=AT)


@pytest.mark.parametrize("unfolded", [True, False])
def test_says_who_why_and_on_what_basis(seen, unfolded):
    if unfolded:
        unfold_waiting()
    newest, earlier = ask("uscc", USCC.lower() + " ")
    assert newest.facts["request"] == "r2"
    assert (earlier.actor, earlier.purpose, earlier.basis) == ("subscription/7", "年报核验", "条例 第七条")
    assert {act.action for act in ask("resident_id", PERSON)} == {"exchange.called", "registers.read"}


def test_others_see_nothing_and_strangers_find_nothing(seen):
    assert ask("uscc", "91330110MA28ABCD2X") == ask("entity", USCC) == []
    for actor in (CLERK, Actor(name="account/x", office="tax", roles=frozenset({Role.DATA_OFFICER}))):
        with pytest.raises(Forbidden):
            services.ask_who_saw(scheme="uscc", value=USCC, by=actor, at=AT)


def test_asking_is_logged_about_the_subject(seen):
    ask("uscc", USCC)
    assert "audit.subject_asked" in {act.action for act in ask("uscc", USCC)}


def test_the_log_holds_no_identifier(seen):
    ask("uscc", USCC)
    unfold_waiting()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e::text FROM security_auditentry e UNION ALL SELECT convert_from(entries, 'UTF8') FROM security_auditblock"
        )
        whole = "\n".join(row[0] for row in cursor.fetchall())
    assert USCC not in whole
    assert PERSON not in whole
    assert USCC[:10] not in whole


def test_rooms_may_know_the_subject_by_other_names(seen, monkeypatch):
    monkeypatch.setattr(subjects, "_resolvers", [])
    subjects.resolve_by(
        lambda scheme, value: [("uscc", USCC)] if (scheme, value) == ("entity", "firm-1") else []
    )
    assert len(ask("entity", "firm-1")) == 2


def test_an_index_answers(seen):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        references = subjects.references_of("uscc", USCC)
        rows = queries.models.AuditEntry.objects.filter(subjects__overlap=references)
        assert "security_entry_subjects" in rows.explain()


@given(value=st.text(min_size=1, max_size=30))
def test_a_reference_is_told_for_any_text_and_is_not_the_text(value):
    found = subjects.subject_reference(b"key", "uscc", value)
    assert len(found) == 32
    assert int(found, 16) >= 0


class TestConsole:
    def run(self, *arguments: str):
        from typer.testing import CliRunner

        from shuzhi.terminals.console.audit import app

        return CliRunner().invoke(app, arguments)

    def test_tells_it_as_lines_of_json(self, seen):
        found = self.run("who-saw", "--uscc", USCC)
        assert [json.loads(line)["outcome"] for line in found.stdout.splitlines()] == ["answered", "answered"]

    def test_wants_one_identifier(self, seen):
        assert self.run("who-saw").exit_code == 2
        assert self.run("who-saw", "--uscc", USCC, "--id", PERSON).exit_code == 2

    def test_receipt_head_consistency_and_export(self, seen, tmp_path):
        from tests.unit.pillars.security.log.test_leaving_the_house import verifies

        assert self.run("head").exit_code == 1
        assert self.run("receipt", "r2", "--out", str(tmp_path / "r")).exit_code == 0
        assert self.run("head", "--out", str(tmp_path / "h")).exit_code == 0
        assert self.run("consistency", "--old", "3", "--out", str(tmp_path / "c")).exit_code == 0
        assert json.loads(self.run("export", "--out", str(tmp_path / "log")).stdout)["entries"] == 3
        assert self.run("verify", "--head", str(tmp_path / "h")).exit_code == 0
        for what, name in (("receipt", "r"), ("consistency", "c"), ("export", "log")):
            assert verifies(what, tmp_path / name)["verified"]


class TestApi:
    def test_heads_are_for_everyone(self, seen):
        from django.test import Client

        assert Client().get("/api/audit/head").status_code == 404
        audit.seal(at=AT)
        head = Client().get("/api/audit/head").json()
        assert (head["size"], head["note"]) == (3, audit.head().note)
        assert Client().get("/api/audit/consistency?old=3").json()["old"] == head["note"]
        assert Client().get("/api/audit/consistency?old=2").status_code == 404

    def test_receipts_and_sights_want_a_person(self, seen):
        from django.test import Client

        assert Client().get("/api/audit/receipts/r1").status_code == 401
        asked = Client().post(
            "/api/audit/who-saw", {"scheme": "uscc", "value": USCC}, content_type="application/json"
        )
        assert asked.status_code == 401
