"""Consent at the gateway: each kind, what a refusal tells, and how soon a withdrawal is felt in running processes."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, Clock, counter_at
from tests.unit.data.exchange.world import AT, FIRM, USCC

from shuzhi.data.exchange import services
from shuzhi.data.exchange.client import CallRefused, ExchangeClient, StoredCredential
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import audit, consents
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.consents import InForce

TOPIC, PURPOSE, THEIR = "loan", "企业开办核验", "9133010014304617XG"
ABSENT = "91330182843963542R"
SUBJECT = {"subject": {"field": "uscc"}}
WHOLE = SUBJECT | {"consent": TOPIC}
LIST = {"interface": "firm-list", "kind": "list", "by": ["address"], "provenance": False}
FILE = {"interface": "firm-file", "kind": "file", "by": ["address"], "provenance": False}


def agree(*fields, value=USCC, at=AT, office="taxation", purpose=PURPOSE, days=30, reference=None):
    held = InForce(
        reference or f"{value}-{office}", TOPIC, "uscc", value, office, purpose, fields, at - timedelta(days=1), at + timedelta(days=days)
    )  # fmt: skip
    consents.put_in_force(held)


def declare(policy, **of_fields):
    """The register, with its policy and those of some fields; two firms."""
    fields = [
        field | ({"policy": of_fields[field["id"]]} if field["id"] in of_fields else {}) | ({"tally": True} if field["id"] == "address" else {})
        for field in worlds.REGISTER["fields"]
    ]  # fmt: skip
    worlds.install_register(policy=policy, fields=fields)
    services.refresh_interfaces(register="legal-entity", by=worlds.PLATFORM, at=AT)


@pytest.fixture
def keys(world):
    worlds.add_firm("e-other", FIRM | {"uscc": THEIR, "name": "杭州另一家有限公司"})
    made = {"firm-by-uscc": world.record, "firm-exists": world.verification}
    for changes in (LIST, FILE):
        worlds.install_interface(worlds.declare_interface(**changes))
        made[changes["interface"]] = worlds.subscribe(changes["interface"])
    return made


@pytest.fixture
def call(keys):
    counter = counter_at(Clock())

    def call(interface, **parameters):
        return counter.send(Asked(keys[interface], parameters, interface))[0]

    return call


class TestWholeRows:
    def test_a_record_is_refused_alike_whether_it_is_there_or_not(self, call):
        declare(WHOLE)
        refused = [call("firm-by-uscc", uscc=value) for value in (USCC, ABSENT)]

        told = [{k: v for k, v in one.content.items() if k != "request_id"} for one in refused]
        assert told[0] == told[1]
        assert [one.status for one in refused] == [403, 403]
        assert told[0]["rule"] == "consent"
        assert "授权" in told[0]["message_zh"]
        assert USCC not in str(told)

    def test_a_record_holds_the_fields_that_were_agreed_to(self, call):
        declare(WHOLE)
        agree("uscc", "name")

        answer = call("firm-by-uscc", uscc=USCC).content
        assert answer["data"] == {"uscc": USCC, "name": FIRM["name"], "legal_representative": None, "phone": None, "address": None}  # fmt: skip
        assert answer["needs_consent"] == ["uscc", "name", "legal_representative", "phone", "address"]
        assert {field for each in answer["provenance"] for field in each["fields"]} == {"uscc", "name"}

    @pytest.mark.parametrize(
        "otherwise",
        [{"office": "education"}, {"purpose": "别的用途"}, {"at": AT + timedelta(days=2)}, {"at": AT - timedelta(days=60)}, {"value": THEIR}],
    )  # fmt: skip
    def test_another_office_purpose_time_or_person_opens_nothing(self, call, otherwise):
        declare(WHOLE)
        agree("uscc", "name", **otherwise)
        assert call("firm-by-uscc", uscc=USCC).rule == "consent"

    def test_a_verification_is_refused_until_the_compared_fields_are_agreed_to(self, call):
        declare(WHOLE)
        asked = {"uscc": USCC, "name": FIRM["name"]}
        assert call("firm-exists", **asked).rule == "consent"
        assert call("firm-exists", uscc=ABSENT, name="无").rule == "consent"
        agree("uscc")
        assert call("firm-exists", **asked).rule == "consent"
        agree("uscc", "name")
        assert call("firm-exists", **asked).content["answer"] == "yes"

    def test_a_list_holds_only_those_who_agreed(self, call):
        declare(WHOLE)
        assert call("firm-list").content["data"] == []
        agree("name", "address")
        page = call("firm-list").content
        assert [row["name"] for row in page["data"]] == [FIRM["name"]]
        assert page["next"] is None
        assert call("firm-list", address=FIRM["address"]).content["data"]
        agree("name")
        assert call("firm-list", address=FIRM["address"]).content["data"] == [], (
            "a filter tells nothing either"
        )


class TestFields:
    def test_one_field_is_left_out_of_a_record_that_is_otherwise_given(self, call):
        declare(SUBJECT, address={"consent": TOPIC})
        answer = call("firm-by-uscc", uscc=USCC).content
        assert (answer["data"]["name"], answer["data"]["address"]) == (FIRM["name"], None)
        assert answer["needs_consent"] == ["address"]
        assert call("firm-by-uscc", uscc=ABSENT).status == 404
        agree("address")
        assert call("firm-by-uscc", uscc=USCC).content["data"]["address"] == FIRM["address"]

    def test_a_policy_that_names_nobody_gives_nothing(self, call):
        declare({"consent": TOPIC})
        agree("address")
        assert call("firm-by-uscc", uscc=USCC).rule == "consent"


class TestFiles:
    def test_is_not_given_out_any_more_when_a_consent_in_it_ends(self, call):
        declare(WHOLE)
        agree("uscc", "name")
        ordered = call("firm-file").content["job"]
        services.work_on(job=ordered, by=worlds.PLATFORM, at=AT)
        file = call("firm-file", job=str(ordered)).file
        with file.open() as copy:
            text = copy.read().decode()
        assert FIRM["name"] in text
        assert "另一家" not in text

        consents.end([f"{USCC}-taxation"], at=AT)

        assert call("firm-file", job=str(ordered)).status == 410
        services.remove_expired_results(by=worlds.PLATFORM, at=AT)
        assert services.work_on(job=ordered, by=worlds.PLATFORM, at=AT).state == "expired"

    def test_is_kept_no_longer_than_the_first_consent_in_it_holds(self, call):
        declare(WHOLE)
        held = InForce(
            "short", TOPIC, "uscc", USCC, "taxation", PURPOSE, ("name",), AT, AT + timedelta(minutes=5)
        )
        consents.put_in_force(held)
        ordered = call("firm-file").content["job"]
        assert services.work_on(job=ordered, by=worlds.PLATFORM, at=AT).expires_at == AT + timedelta(
            minutes=5
        )

    def test_is_given_up_when_a_consent_ends_while_it_is_made(self, call):
        declare(WHOLE)
        agree("name")
        ordered = call("firm-file").content["job"]
        security.ConsentEnd.objects.create(topic=TOPIC, office="taxation", ended_at=AT)
        job = services.work_on(job=ordered, by=worlds.PLATFORM, at=AT)
        assert job.state == "failed"
        assert "撤回" in job.problem.zh


def test_a_withdrawal_is_felt_by_the_next_call_of_every_process(world, start_gateway):
    declare(WHOLE)
    agree("uscc", "name", at=now())
    clients = [
        ExchangeClient(
            StoredCredential(
                world.record.key_id, world.record.secret, start_gateway(SHUZHI_GATEWAY_CLAIMS="database").url
            )
        )
        for _ in range(2)
    ]
    try:
        for client in clients:
            assert client.call("firm-by-uscc", uscc=USCC)["data"]["name"] == FIRM["name"]

        begun = time.monotonic()
        consents.end([f"{USCC}-taxation"], at=now())
        for client in clients:
            with pytest.raises(CallRefused) as refused:
                client.call("firm-by-uscc", uscc=USCC)
            assert refused.value.facts["rule"] == "consent"
        assert time.monotonic() - begun < 1
    finally:
        for client in clients:
            client.close()
    refusals = security.Act.objects.filter(facts__rule="consent")
    assert {act.outcome for act in refusals} == {"refused"}
    assert refusals.count() == 2
    assert audit.verify().verified
