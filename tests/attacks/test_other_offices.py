"""Attacks by people who are somebody (越权访问): what is between two offices is closed to a third, by whatever number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

PURPOSE, BASIS = "企业开办核验", "第二十四条"
# Who may do what to a subscription between taxation and market-regulation that was granted: r reads, w changes.
ALLOWED = {
    "officer": {"subscription", "dossier", "history", "page", "dossier page"},  # of the owner
    "approver": {"subscription", "dossier", "history", "page", "dossier page"},
    "tax": {"subscription", "dossier", "history", "page", "dossier page"},  # who asked for it
    "leader": {"subscription", "dossier", "history", "page", "dossier page"},
    "bureau": {"subscription", "dossier", "history", "page", "dossier page"},
    "admin": {"subscription", "dossier", "history", "page", "dossier page"},
    "stranger": set(),
    "stranger-approver": set(),
    None: set(),
}


@pytest.fixture
def strangers(people):
    """Two people of an office that has no part in anything."""
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services

    for username, role in (("stranger", Role.DATA_OFFICER), ("stranger-approver", Role.APPROVER)):
        services.open_account(
            username=username, person=username, office="civil-affairs", division=None, roles=frozenset({role}),
            password=None, by=system("test"), at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
        )  # fmt: skip


@pytest.fixture
def subscription(world):
    from shuzhi.data.exchange import queries

    return queries.subscription(world.record.subscription)


def readings(found):
    return {
        "subscription": f"/api/exchange/subscriptions/{found.id}",
        "dossier": f"/api/workflow/dossiers/{found.dossier}",
        "history": f"/api/workflow/dossiers/{found.dossier}/history",
        "page": f"/staff/exchange/subscriptions/{found.id}/",
        "dossier page": f"/staff/dossiers/{found.dossier}/",
    }


def changes(found):
    api, step = "/api/exchange", {"version": 3, "note": "x", "evidence": {}}
    reason = {"reason": "x"}
    return {
        f"{api}/subscriptions/{found.id}/credential": {},
        f"{api}/subscriptions/{found.id}/credential/renew": {},
        f"{api}/subscriptions/{found.id}/revoke": reason,
        f"{api}/interfaces/{found.interface}/publish": {},
        f"{api}/interfaces/{found.interface}/withdraw": reason,
        f"/api/workflow/dossiers/{found.dossier}/actions/owner-approve": step,
        f"/api/workflow/dossiers/{found.dossier}/actions/bureau-approve": step,
        f"/api/workflow/dossiers/{found.dossier}/actions/withdraw": step,
    }


def test_who_reads_what_is_between_two_offices(subscription, strangers, as_person):
    found = {}
    for person in ALLOWED:
        browser = as_person(person)
        answers = {name: browser.get(where) for name, where in readings(subscription).items()}
        found[person] = {name for name, answer in answers.items() if answer.status_code == 200}
        for name in answers.keys() - found[person]:
            text = answers[name].content.decode()
            told = [
                word for word in (PURPOSE, BASIS, "taxation", "market-regulation", "king") if word in text
            ]
            assert told == [], (person, name, told)
    assert found == ALLOWED


@pytest.mark.parametrize("person", ["stranger", "stranger-approver", None])
def test_who_has_no_part_in_it_changes_nothing(subscription, strangers, as_person, person):
    from shuzhi.data.exchange import queries
    from shuzhi.support.workflow import queries as workflow

    before = (queries.subscription(subscription.id), workflow.dossier(subscription.dossier))
    browser = as_person(person)

    refused = {
        where: browser.post(where, json.dumps(body), content_type="application/json").status_code
        for where, body in changes(subscription).items()
    }

    assert {where: status for where, status in refused.items() if status not in (401, 403, 404)} == {}
    assert (queries.subscription(subscription.id), workflow.dossier(subscription.dossier)) == before


def test_lists_show_a_stranger_nothing_of_others(subscription, strangers, as_person):
    browser = as_person("stranger")

    assert browser.get("/api/exchange/subscriptions").json() == []
    assert browser.get("/api/workflow/inbox").json() == []
    assert browser.get("/api/exchange/calls?since=2020-01-01&until=2030-01-01").json() == []
    assert PURPOSE not in browser.get("/staff/exchange/").content.decode()


def test_a_stranger_asks_in_no_other_office_s_name(subscription, strangers, as_person):
    from shuzhi.data.exchange import queries

    asked = {"interface": "firm-by-uscc", "purpose": PURPOSE, "basis": BASIS, "since": "2026-01-01", "until": "2030-01-01",
             "daily_quota": 5, "office": "taxation", "requester": "taxation"}  # fmt: skip
    answer = as_person("stranger").post(
        "/api/exchange/subscriptions", json.dumps(asked), content_type="application/json"
    )

    assert [one.office for one in queries.subscriptions() if one.requested_by == "account/stranger"] in (
        [],
        ["civil-affairs"],
    )
    assert answer.status_code < 500


def test_a_receipt_of_others_is_as_one_that_never_was(world, strangers, as_person, counter):
    answered = counter.one(world.record).content["request_id"]
    browser = as_person("stranger")

    of_others, of_nobody = (
        browser.get(f"/api/audit/receipts/{name}") for name in (answered, "0" * len(answered))
    )

    assert of_others.status_code == of_nobody.status_code
    assert of_others.content.decode().replace(answered, "") == of_nobody.content.decode().replace(
        "0" * len(answered), ""
    )


class TestBatchesOfOthers:
    """What one office hands in, another neither reads in quarantine, adds to, collects nor exports."""

    TEXT = (
        "企业名称,统一社会信用代码,联系电话\n甲公司,91330182843963542R,13812345678\n乙公司,bad,13987654321\n"
    )

    @pytest.fixture
    def batch(self, tmp_path, db):
        from tests.unit.data.sources import sending

        sender = sending.make_sender(tmp_path)
        return sender, sender.send(self.TEXT)

    @pytest.mark.parametrize("person", ["tax", "stranger", "stranger-approver", None])
    def test_by_whatever_number(self, batch, strangers, as_person, person):
        from django.core.files.uploadedfile import SimpleUploadedFile

        sender, sent = batch
        browser = as_person(person)
        browser.handler.enforce_csrf_checks = False
        file = {"file": SimpleUploadedFile("a.csv", self.TEXT.encode())}
        answers = {
            "quarantine": browser.get(f"/api/batches/{sent.id}/quarantine"),
            "page": browser.get(f"/staff/batches/{sent.id}/"),
            "hand in": browser.post(f"/api/sources/{sender.source}/files", file),
            "hand in on the page": browser.post(f"/staff/sources/{sender.source}/hand-in/", file),
            "collect": browser.post(f"/staff/batches/{sent.id}/collect/"),
            "export": browser.post(
                f"/staff/catalog/{sender.dataset}/export/", {"purpose": "x", "basis": "x", "form": "csv"}
            ),
        }

        for name, answer in answers.items():
            assert b"13987654321" not in answer.content, name
            if name != "page":  # its receipt is every officer's to read; the cells are masked or left out
                assert answer.status_code in (302, 401, 403, 404), (name, answer.status_code)
                assert answer.status_code != 302 or "/login/" in answer["Location"], name

    def test_security_incidents_are_for_who_handles_them(self, strangers, as_person):
        for person, status in (
            ("stranger", 403),
            ("officer", 403),
            ("leader", 403),
            ("bureau", 200),
            ("admin", 200),
        ):
            assert as_person(person).get("/staff/secops/").status_code == status, person
            assert as_person(person).get("/staff/secops/999/").status_code == (
                404 if status == 200 else 403
            ), person
