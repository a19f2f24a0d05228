"""Every operation of the contract, its answers held to the contract's schemas."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from django.test import Client
from jsonschema import Draft4Validator
from tests.unit.business.market import people
from tests.unit.business.market.people import AT, USCC

from shuzhi.business.market import queries, services
from shuzhi.foundation.clock import now
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor

pytestmark = pytest.mark.django_db
CONTRACT = Path(__file__).resolve().parents[3] / "data" / "govstack" / "consent-openapi.yaml"
WEBHOOKS = "webhook"  # test_webhooks.py
POLICY = {"name": "隐私政策", "version": "1", "url": "https://example.org/p/1", "dataRetentionPeriodDays": 30}
AGREEMENT = {
    "version": "1", "purpose": "办理贷款", "lawfulBasis": "consent", "dpia": "none", "active": True, "forgettable": True,
    "dataAttributes": [{"name": "phone", "id": "1", "sensitivity": "L3", "category": "contact"}],
}  # fmt: skip
INDIVIDUAL = {"externalId": USCC, "externalIdType": "uscc", "identityProviderId": "zwfw"}


@lru_cache(maxsize=1)
def contract():
    return yaml.safe_load(CONTRACT.read_text("utf-8"))


def strict(schema):
    """The contract's schema, with null refused where it says nothing of it, references resolved in place."""
    return schema | {"components": contract()["components"]}


class Caller:
    """An outside system; each answer is checked against the contract, and each operation noted."""

    def __init__(self, name, office, *scopes):
        token = services.admit_client(name=name, office=office, scopes=scopes, by=people.ADMIN, at=AT)
        self.client, self.headers, self.seen = Client(), {"Authorization": f"Bearer {token}"}, set()

    def __call__(self, method, path, body=None, *, status=200, individual=None, **names):
        headers = self.headers | ({"X-ConsentBB-IndividualId": individual} if individual else {})
        query = names.pop("query", "")
        answer = self.client.generic(
            method, "/govstack/consent" + path.format(**names) + query, json.dumps(body or {}),
            content_type="application/json", headers=headers,
        )  # fmt: skip
        assert answer.status_code == status, answer.content.decode()
        told = answer.json()
        if status == 200:
            operation = contract()["paths"][path][method.lower()]
            self.seen.add(operation["operationId"])
            schema = (
                operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema")
            )
            if schema:
                Draft4Validator(strict(schema)).validate(told)
                assert set(schema.get("properties", {})) <= set(told), "a promised object is missing"
        return told


def deliver():
    while outbox.deliver_waiting(at=now()):
        pass


@pytest.fixture
def org():
    return Caller("all", "taxation", "org", "admin", "consumer", "individual", "auditor")


@pytest.fixture
def agreement(org):
    return org("POST", "/config/data-agreement/", {"dataAgreement": AGREEMENT})["dataAgreement"]["id"]


@pytest.fixture
def individual(org):
    return org("POST", "/service/individual/", {"individual": INDIVIDUAL})["individual"]["id"]


RECORD = "/service/individual/record/"
OF = RECORD + "data-agreement/{dataAgreementId}/"
ONE = RECORD + "consent-record/{consentRecordId}/"


def test_every_operation_answers_in_the_contracts_form(org):  # noqa: PLR0915 - one way through the whole contract
    policy = org("POST", "/config/policy/", {"policy": POLICY})
    number, first = policy["policy"]["id"], policy["revision"]["id"]
    changed = org("PUT", "/config/policy/{policyId}/", {"policy": POLICY | {"version": "2"}}, policyId=number)
    assert changed["revision"]["predecessorHash"] == policy["revision"]["serializedHash"]
    then = org("GET", "/config/policy/{policyId}/", policyId=number, query=f"?revisionId={first}")
    assert then["policy"]["version"] == "1"
    assert then["revision"]["successor"]["id"] == changed["revision"]["id"]
    listed = org("GET", "/config/policy/{policyId}/revisions/", policyId=number)
    assert [one["id"] for one in listed["revisions"]] == [changed["revision"]["id"], first]
    assert len(org("GET", "/config/policies/")["policies"]) == 1
    assert org("GET", "/service/policy/{policyId}/", policyId=number)["policy"]["version"] == "2"

    made = org("POST", "/config/data-agreement/", {"dataAgreement": AGREEMENT | {"policy": {"id": number}}})
    agreement = made["dataAgreement"]["id"]
    assert made["dataAgreement"]["policy"]["name"] == POLICY["name"]
    org("DELETE", "/config/policy/{policyId}/", policyId=number, status=400)
    org("PUT", "/config/data-agreement/{dataAgreementId}/", {"dataAgreement": AGREEMENT | {"version": "2"}}, dataAgreementId=agreement)  # fmt: skip
    for path in ("/config/data-agreement/{dataAgreementId}/", "/service/data-agreement/{dataAgreementId}/", "/audit/data-agreement/{dataAgreementId}/"):  # fmt: skip
        assert org("GET", path, dataAgreementId=agreement)["dataAgreement"]["version"] == "2"
    for path in (
        "/config/data-agreements/",
        "/service/verification/data-agreements/",
        "/audit/data-agreements/",
    ):
        assert org("GET", path)["dataAgreements"][0]["id"] == agreement

    who = org("POST", "/config/individual/", {"individual": INDIVIDUAL})["individual"]["id"]
    assert org("POST", "/service/individual/", {"individual": INDIVIDUAL})["individual"]["id"] == who
    other = org("POST", "/service/individual/", {"individual": {"externalId": "a@b.example", "externalIdType": "email"}})["individual"]["id"]  # fmt: skip
    org("PUT", "/service/individual/{individualId}/", {"individual": {"externalId": "c@d.example", "externalIdType": "email"}}, individualId=other)  # fmt: skip
    for path in ("/config/individual/{individualId}/", "/service/individual/{individualId}/"):
        assert org("GET", path, individualId=other)["individual"]["externalId"] == "C@D.EXAMPLE"
    for path in ("/config/individuals/", "/service/individuals/"):
        assert len(org("GET", path)["individuals"]) == 2
        assert [one["id"] for one in org("GET", path, query="?offset=1&limit=1")["individuals"]] == [other]

    unsigned = org("POST", OF, dataAgreementId=agreement, query=f"?individualId={who}")["consentRecord"]
    record = unsigned["id"]
    assert unsigned["state"] == "unsigned"
    assert unsigned["optIn"]
    assert org("GET", OF, dataAgreementId=agreement, individual=who)["consentRecord"]["id"] == record
    drafted = org("POST", ONE + "signature/", {"signature": {"verificationMethod": "ES256"}}, consentRecordId=record)["signature"]  # fmt: skip
    done = org("PUT", ONE + "signature/", {"signature": drafted | {"signature": "c2ln", "verificationSignedBy": "did:x"}}, consentRecordId=record)["signature"]  # fmt: skip
    assert done["payload"] == drafted["payload"]
    assert done["signature"] == "c2ln"
    assert (
        org("GET", "/audit/consent-record/{consentRecordId}/", consentRecordId=record)["consentRecord"][
            "state"
        ]
        == "signed"
    )
    assert org("GET", "/service/verification/consent-record/{consentRecordId}/", consentRecordId=record)[
        "revision"
    ]
    for path in ("/service/verification/consent-records/", "/audit/consent-records/"):
        assert [one["id"] for one in org("GET", path)["consentRecords"]] == [record]
    for path, names in ((RECORD + "consent-record/", {}), (OF + "all/", {"dataAgreementId": agreement})):
        assert org("GET", path, individual=who, **names)["consentRecords"][0]["id"] == record
    no = org("PUT", ONE, {"consentRecord": unsigned | {"optIn": False}}, consentRecordId=record)[
        "consentRecord"
    ]
    assert (no["optIn"], no["state"]) == (False, "unsigned")
    assert "signature" not in no

    draft = org(
        "POST", RECORD + "consent-record/draft/", query=f"?individualId={other}&dataAgreementId={agreement}"
    )
    assert draft["consentRecord"]["id"] == draft["signature"]["id"] == ""
    pair = draft | {"signature": draft["signature"] | {"signature": "c2ln", "verificationMethod": "ES256"}}
    stored = org("POST", RECORD + "consent-record/", pair)
    assert stored["consentRecord"]["state"] == "signed"
    assert stored["consentRecord"]["signature"]["id"]
    org("DELETE", RECORD, individual=other)
    assert org("GET", RECORD + "consent-record/", individual=other)["consentRecords"] == []
    org("DELETE", "/config/data-agreement/{dataAgreementId}/", dataAgreementId=agreement)
    org("DELETE", "/config/policy/{policyId}/", policyId=number)

    asked = {each["operationId"] for item in contract()["paths"].values() for each in item.values()}
    assert {each for each in asked - org.seen if WEBHOOKS not in each.casefold()} == set()


class TestRefusals:
    @pytest.mark.parametrize("missing", ["1", "invalid_id", "123!@#", "x" * 300])
    def test_what_is_not_there_is_bad_input(self, org, missing):
        for path in (
            "/config/policy/{n}/",
            "/config/data-agreement/{n}/",
            "/config/individual/{n}/",
            "/service/policy/{n}/",
        ):
            answer = Client().get("/govstack/consent" + path.format(n=missing), headers=org.headers)
            assert answer.status_code in {400, 404}, path

    @pytest.mark.parametrize(
        "body",
        ["", "[]", "null", '{"policy": null}', '{"policy": {"name": "x"}}', '{"policy": {"name": 1, "version": "1", "url": "u"}}',
         '{"policy": {"name": "\\u0000", "version": "1", "url": "u"}}', '{"policy": {"name": "x", "version": "1", "url": "u", "dataRetentionPeriodDays": 1e40}}', "[" * 3000],
    )  # fmt: skip
    def test_bodies_that_are_no_policy(self, org, body):
        answer = Client().post(
            "/govstack/consent/config/policy/", body, content_type="application/json", headers=org.headers
        )
        assert answer.status_code == 400
        assert set(answer.json()) >= {"code", "message", "message_zh"}

    @pytest.mark.parametrize("page", ["offset=-1", "limit=x", "offset=99999999999999999999", "limit=1.5"])
    def test_pages_that_are_none(self, org, page):
        org("GET", "/config/policies/", query=f"?{page}", status=400)

    def test_without_token_scope_or_office(self, org, agreement, individual):
        place = "/govstack/consent/config/policies/"
        assert Client().get(place).status_code == 401
        assert Client().get(place, headers={"Authorization": "Bearer wrong"}).status_code == 401
        reader = Caller("reader", "taxation", "consumer")
        reader("GET", "/config/policies/", status=403)
        services.end_client(name="reader", by=people.ADMIN, at=AT)
        reader("GET", "/service/verification/data-agreements/", status=401)

        stranger = Caller("stranger", "education", "org", "individual", "consumer")
        stranger("GET", "/service/individual/{individualId}/", individualId=individual, status=400)
        stranger("POST", OF, dataAgreementId=agreement, query=f"?individualId={individual}", status=400)
        record = org("POST", OF, dataAgreementId=agreement, query=f"?individualId={individual}")[
            "consentRecord"
        ]
        stranger(
            "PUT", ONE, {"consentRecord": record | {"optIn": False}}, consentRecordId=record["id"], status=400
        )
        stranger("GET", "/service/verification/consent-record/{consentRecordId}/", consentRecordId=record["id"], status=400)  # fmt: skip

    def test_a_pack_s_agreement_changes_with_its_pack_only(self, org):
        people.install()
        place = "/config/data-agreement/{dataAgreementId}/"
        assert org("GET", place, dataAgreementId=people.TOPIC)["dataAgreement"]["purpose"] == people.PURPOSE
        org("PUT", place, {"dataAgreement": AGREEMENT}, dataAgreementId=people.TOPIC, status=400)
        org("DELETE", place, dataAgreementId=people.TOPIC, status=400)


class TestAtTheGate:
    """What is recorded through the contract opens the gate when it is signed, and for as long."""

    def give(self, org, individual):
        people.install()
        record = org("POST", OF, dataAgreementId=people.TOPIC, query=f"?individualId={individual}")[
            "consentRecord"
        ]
        assert not security.Consent.objects.exists(), "an unsigned record opens nothing"
        org(
            "POST",
            ONE + "signature/",
            {"signature": {"verificationMethod": "ES256"}},
            consentRecordId=record["id"],
        )
        org("PUT", ONE + "signature/", {"signature": {"signature": "c2ln"}}, consentRecordId=record["id"])
        assert security.Consent.objects.filter(value=USCC, office="taxation", topic=people.TOPIC).exists()
        return record

    def test_a_signed_record_holds_until_it_is_denied(self, org, individual):
        record = self.give(org, individual)
        org("PUT", ONE, {"consentRecord": record | {"optIn": False}}, consentRecordId=record["id"])
        assert not security.Consent.objects.exists()

    def test_an_update_voids_the_signature(self, org, individual):
        record = self.give(org, individual)
        org("PUT", ONE, {"consentRecord": record}, consentRecordId=record["id"])
        assert not security.Consent.objects.exists()

    def test_one_by_which_something_was_given_stays_until_that_is_deleted(self, org, individual):
        record = self.give(org, individual)
        receiver = Actor("subscription/1", office="taxation", purpose=people.PURPOSE)
        about = [node_reference("uscc", USCC)]
        audit.record(
            "exchange.called", target="interface/x", by=receiver, at=now(), outcome="answered", subjects=about
        )
        org("PUT", ONE, {"consentRecord": record}, consentRecordId=record["id"])
        deliver()
        assert queries.duties() == [], "it may be signed again"
        org("DELETE", RECORD, individual=individual)
        deliver()
        assert [one.office for one in queries.duties()] == ["taxation"]
        org("DELETE", RECORD, individual=individual)

    def test_a_signature_over_something_else_is_refused(self, org, agreement, individual):
        names = f"?individualId={individual}&dataAgreementId={agreement}"
        draft = org("POST", RECORD + "consent-record/draft/", query=names)
        signed = draft["signature"] | {"signature": "c2ln", "verificationMethod": "ES256"}
        for spoilt in (
            {"signature": ""},
            {"verificationPayload": "{}"},
            {"verificationPayloadHash": "0"},
            {"verificationMethod": ""},
        ):
            org("POST", RECORD + "consent-record/", draft | {"signature": signed | spoilt}, status=400)
        record = draft["consentRecord"] | {"dataAgreementRevisionHash": "0"}
        org("POST", RECORD + "consent-record/", {"consentRecord": record, "signature": signed}, status=400)
        assert not security.Consent.objects.exists()
