"""The decision, rule by rule, at a real database in the gateway's own role."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, Clock, counter_at, kept, rows
from tests.unit.data.exchange.world import AT, FIRM, OWNER, USCC

from shuzhi.data.exchange import errors, services, signing
from shuzhi.data.exchange.gateway.cases import Case
from shuzhi.data.exchange.gateway.desk import CLERKS, AuditMode
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Grade


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture
def counter(each_counter):
    return each_counter


def audit_rows(action: str) -> list[dict[str, object]]:
    import json

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor, office, purpose, outcome, target, facts FROM security_act WHERE action = %s ORDER BY at, block, place",
            [action],
        )
        return [
            {"actor": row[0], "office": row[1], "purpose": row[2], "outcome": row[3], "target": row[4]}
            | json.loads(row[5])
            for row in cursor.fetchall()
        ]


class TestAnswers:
    @pytest.mark.parametrize("algorithm", signing.ALGORITHMS)
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_right_call_is_answered_and_audited(self, world, counter, algorithm, method):
        reply = counter.one(world.record, algorithm=algorithm, method=method)

        assert reply.status == 200
        assert reply.content["data"]["name"] == FIRM["name"]
        (entry,) = (
            row for row in audit_rows("exchange.called") if row["request"] == reply.content["request_id"]
        )
        assert entry["office"] == "taxation"
        assert entry["purpose"] == "企业开办核验"
        assert entry["entity"] == "e-1"
        assert audit.verify().verified

    def test_the_log_finds_whose_data_was_told_and_names_nobody(self, world, counter):
        from shuzhi.pillars.security.subjects import ENTITY, node_reference

        record = counter.one(world.record).content["request_id"]
        named = {"uscc": USCC, "name": FIRM["name"]}
        (verified,) = counter.send(Asked(world.verification, named, interface="firm-exists"))
        with connection.cursor() as cursor:
            for subject in (node_reference("uscc", USCC), node_reference(ENTITY, "e-1")):
                cursor.execute(
                    "SELECT facts->>'request', facts::text FROM security_act WHERE %s = ANY (subjects)",
                    [subject],
                )
                found = dict(cursor.fetchall())
                assert {record, verified.content["request_id"]} <= set(found)
                assert not any(USCC in facts for facts in found.values())

    def test_names_where_the_fields_come_from(self, world, counter):
        (origin,) = counter.one(world.record).content["provenance"]

        assert (origin["dataset"], origin["batch"], origin["day"]) == (
            "firms-registration",
            "batch-7",
            "2026-03-01",
        )
        assert origin["fields"] == list(FIRM)

    def test_a_code_in_lower_case_finds_the_firm(self, world, counter):
        assert counter.one(world.record, USCC.lower()).status == 200

    @pytest.mark.parametrize("uscc", [worlds.ABSENT_USCC, worlds.OTHER_USCC])
    def test_no_record_and_a_retired_one_look_alike(self, world, counter, uscc):
        reply = counter.one(world.record, _valid(uscc))

        assert (reply.status, reply.rule) == (404, "query")

    def test_only_the_fields_that_were_granted(self, world, counter):
        credential = worlds.subscribe(fields=["name"])

        assert counter.one(credential).content["data"] == {"name": FIRM["name"]}


def _valid(code: str) -> str:
    from shuzhi.pillars.standards.validators.uscc import uscc_check_character

    return code[:17] + uscc_check_character(code[:17])


class TestSm2:
    @pytest.fixture
    def key(self):
        from shuzhi.pillars.security.crypto import signing as port

        return port.generate(port.SM2)

    @pytest.fixture
    def credential(self, world, key):
        number = worlds.subscribe().subscription
        issued = services.register_public_key(
            subscription=number, public_key=f"04{key.public.hex()}", by=worlds.OFFICER, at=AT
        )
        assert issued.secret == ""
        return replace(issued, secret=key.private.hex())

    def test_a_caller_signs_with_its_own_key(self, counter, credential):
        assert counter.one(credential, algorithm=signing.SM2).status == 200

    def test_another_key_and_a_guessed_secret_are_refused(self, counter, credential):
        from shuzhi.pillars.security.crypto import signing as port

        other = replace(credential, secret=port.generate(port.SM2).private.hex())
        assert counter.one(other, algorithm=signing.SM2).rule == "signature"
        for secret in ("", "x", credential.secret):
            assert counter.one(replace(credential, secret=secret)).rule == "signature"

    def test_a_secret_is_no_private_key(self, world, counter, key):
        wrong = replace(world.record, secret=key.private.hex())
        assert counter.one(wrong, algorithm=signing.SM2).rule == "signature"

    @pytest.mark.parametrize("text", ["", "04", "zz" * 64, "00" * 63, "00" * 66])
    def test_what_is_no_key_is_not_registered(self, world, text):
        number = worlds.subscribe().subscription
        with pytest.raises(errors.PublicKeyInvalid):
            services.register_public_key(subscription=number, public_key=text, by=worlds.OFFICER, at=AT)


class TestVerification:
    @pytest.mark.parametrize(
        ("uscc", "name", "expected"),
        [
            (USCC, FIRM["name"], "yes"),
            (USCC, " 杭州数治(科技) 有限公司", "yes"),
            (USCC, "杭州数治科技股份公司", "no"),
            (_valid(worlds.ABSENT_USCC), FIRM["name"], "no"),
        ],
    )
    def test_says_yes_or_no_and_nothing_else(self, world, counter, uscc, name, expected):
        asked = Asked(world.verification, {"uscc": uscc, "name": name}, interface="firm-exists")

        (reply,) = counter.send(asked)

        assert set(reply.content) == {"request_id", "interface", "answer"}
        assert reply.content["answer"] == expected


class TestRefusals:
    def test_a_wrong_signature(self, world, counter):
        forged = replace(world.record, secret="x" * 43)
        assert counter.one(forged).rule == "signature"

    @pytest.mark.parametrize(
        "spoiled",
        [
            {"sent_parameters": {"uscc": worlds.OTHER_USCC}},
            {"headers": {signing.NONCE: "another-nonce-0001"}},
            {"headers": {signing.TIMESTAMP: str(int(AT.timestamp()) + 1)}},
        ],
    )
    def test_whatever_was_changed_on_the_way(self, world, counter, spoiled):
        assert counter.one(world.record, **spoiled).rule == "signature"

    @pytest.mark.parametrize("seconds", [-301, 301, 86_400])
    def test_a_clock_that_is_off(self, world, counter, seconds):
        asked = Asked(world.record, {"uscc": USCC}, at=AT + timedelta(seconds=seconds))
        assert counter.send(asked)[0].rule == "timestamp"

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_a_clock_that_is_just_good_enough(self, world, counter, seconds):
        asked = Asked(world.record, {"uscc": USCC}, at=AT + timedelta(seconds=seconds))
        assert counter.send(asked)[0].status == 200

    def test_an_unknown_key(self, world, counter):
        stranger = replace(world.record, key_id="sk-0000000000000000")
        assert counter.one(stranger).rule == "key"

    def test_a_replayed_nonce(self, world, counter):
        credential = worlds.subscribe()
        assert counter.one(credential, nonce="nonce-0123456789").status == 200
        assert counter.one(credential, nonce="nonce-0123456789").rule == "nonce"

    def test_one_of_two_calls_at_once_with_one_nonce(self, world, counter):
        asked = Asked(worlds.subscribe(), {"uscc": USCC}, nonce="nonce-0123456789")
        assert sorted(reply.status for reply in counter.send(*[asked] * 5)) == [200, 401, 401, 401, 401]

    def test_two_keys_may_use_one_nonce(self, world, counter):
        one, other = worlds.subscribe(), worlds.subscribe()
        assert counter.one(one, nonce="nonce-0123456789").status == 200
        assert counter.one(other, nonce="nonce-0123456789").status == 200

    def test_a_key_of_another_interface(self, world, counter):
        reply = counter.one(world.verification)
        nowhere = Asked(world.verification, {"uscc": USCC}, interface="no-such-interface")
        assert (reply.rule, reply.content["message"]) == (
            "subscription",
            counter.send(nowhere)[0].content["message"],
        )

    @pytest.mark.parametrize(("since", "until"), [("2026-03-03", "2026-12-31"), ("2026-03-02", "2026-03-02")])
    def test_outside_its_period(self, world, counter, since, until):
        credential = worlds.subscribe(since=date.fromisoformat(since), until=date.fromisoformat(until))
        # 15:59 UTC is still 2 March in Hangzhou, a minute later it is 3 March there.
        counter.clock.at = AT.replace(hour=15, minute=59)
        before = counter.one(credential)
        counter.clock.at = AT.replace(hour=16, minute=0)
        after = counter.one(credential)
        expected = ("period", None) if since == "2026-03-03" else (None, "period")
        assert (before.rule, after.rule) == expected

    def test_a_purpose_that_was_not_approved(self, world, counter):
        right = Asked(world.record, {"uscc": USCC, "purpose": "企业开办核验"})
        wrong = Asked(world.record, {"uscc": USCC, "purpose": "营销"})
        assert [reply.rule for reply in counter.send(right, wrong)] == [None, "purpose"]

    @pytest.mark.parametrize(
        ("parameters", "name"),
        [({"uscc": "91350100M000100Y44"}, "uscc"), ({}, "uscc"), ({"uscc": USCC, "name": "x"}, "name")],
    )
    def test_parameters_that_do_not_fit(self, world, counter, parameters, name):
        (reply,) = counter.send(Asked(world.record, parameters))
        assert reply.rule == "parameters"
        assert name in reply.content["message_zh"]

    def test_too_many_a_second(self, world, counter):
        worlds.install_interface(
            worlds.declare_interface(interface="slow", rate={"per_second": 1, "burst": 2})
        )
        credential = worlds.subscribe("slow")
        replies = counter.send(*[Asked(credential, {"uscc": USCC}, interface="slow") for _ in range(4)])
        assert sorted(reply.rule or "" for reply in replies) == ["", "", "rate", "rate"]

    def test_a_revoked_subscription(self, world, counter):
        credential = worlds.subscribe()
        services.revoke_subscription(subscription=credential.subscription, by=OWNER, at=AT, reason="用途不符")
        assert counter.one(credential).rule == "subscription"

    def test_a_renewed_key(self, world, counter):
        old = worlds.subscribe()
        fresh = services.renew_credential(subscription=old.subscription, by=worlds.OFFICER, at=AT)
        assert counter.one(old).rule == "subscription"
        assert counter.one(fresh).status == 200

    def test_a_withdrawn_interface(self, world, counter):
        worlds.install_interface(worlds.declare_interface(interface="short-lived"))
        credential = worlds.subscribe("short-lived")
        services.withdraw_interface(interface="short-lived", by=OWNER, at=AT, reason="停用")
        assert counter.one(credential, interface="short-lived").rule == "subscription"

    def test_every_refusal_is_bilingual_and_audited(self, world, counter):
        reply = counter.one(replace(world.record, secret="x" * 43))
        assert set(reply.content) == {"code", "message", "message_zh", "rule", "request_id"}
        (entry,) = (
            row for row in audit_rows("exchange.refused") if row["request"] == reply.content["request_id"]
        )
        assert (entry["rule"], entry["outcome"]) == ("signature", "refused")
        assert entry["actor"] == f"subscription/{world.record.subscription}"


def test_refused_calls_leave_nothing_in_memory(world, counter):
    calls = [
        Asked(world.record, {"uscc": worlds.OTHER_USCC, "name": "x"}).parts(),
        Asked(world.record, {"uscc": "91330110MA27X00Y4L"}).parts(),
        Asked(replace(world.record, secret="x" * 43), {"uscc": USCC}).parts(),
        Asked(replace(world.record, key_id="sk-0000000000000000"), {"uscc": USCC}).parts(),
        ("GET", "/nowhere", {}, b""),
    ]

    async def ask() -> int:
        gateway = counter.made()
        await gateway.desk.open()
        for call in calls * 4:
            await gateway.handle(*call)
        left = sum(isinstance(one, Case) for one in gc.get_objects())
        await gateway.desk.close()
        return left

    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(ask()) <= CLERKS  # each remembers its last batch until the next one
    finally:
        gc.enable()


class TestRate:
    def test_is_one_bucket_for_several_gateways(self, world, counter):
        worlds.install_interface(
            worlds.declare_interface(interface="shared-rate", rate={"per_second": 2, "burst": 10})
        )
        credential = worlds.subscribe("shared-rate")

        def burst(_: int) -> list[str | None]:
            asked = [Asked(credential, {"uscc": USCC}, interface="shared-rate", at=counter.clock.at)] * 8
            return [reply.rule for reply in counter.send(*(replace(one) for one in asked))]

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            rules = [rule for part in threads.map(burst, range(4)) for rule in part]
        assert (rules.count(None), rules.count("rate")) == (10, 22)

        counter.clock.at += timedelta(seconds=2)
        assert [rule for rule in burst(0) if rule is None] == [None] * 4

    def test_a_call_refused_by_the_rate_uses_no_quota(self, world, counter):
        worlds.install_interface(
            worlds.declare_interface(interface="slow-and-few", rate={"per_second": 1, "burst": 1})
        )
        credential = worlds.subscribe("slow-and-few", daily_quota=2)
        asked = [Asked(credential, {"uscc": USCC}, interface="slow-and-few") for _ in range(3)]
        assert sorted(reply.rule or "" for reply in counter.send(*asked)) == ["", "rate", "rate"]
        counter.clock.at += timedelta(seconds=5)
        assert counter.one(credential, interface="slow-and-few").status == 200
        counter.clock.at += timedelta(seconds=5)
        assert counter.one(credential, interface="slow-and-few").rule == "quota"


class TestFastMode:
    @pytest.mark.parametrize("claims", [rows, kept()], ids=["rows", "memory"])
    def test_every_call_is_in_the_log_all_the_same(self, world, claims):
        fast = counter_at(Clock(), AuditMode.FAST, claims)
        credential = worlds.subscribe()

        replies = fast.send(*[Asked(credential, {"uscc": USCC}) for _ in range(50)])

        assert {reply.status for reply in replies} == {200}
        told = {reply.content["request_id"] for reply in replies}
        assert told <= {row["request"] for row in audit_rows("exchange.called")}
        assert fast.one(replace(credential, secret="x" * 43)).rule == "signature"


class TestQuota:
    def test_is_exact_under_concurrency_in_several_gateways(self, world, counter):
        credential = worlds.subscribe(daily_quota=30)

        def burst(_: int) -> list[int]:
            return [
                reply.status
                for reply in counter.send(*[Asked(credential, {"uscc": USCC}) for _ in range(20)])
            ]

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            statuses = [status for part in threads.map(burst, range(4)) for status in part]

        assert (statuses.count(200), statuses.count(429)) == (30, 50)
        answered = [row for row in audit_rows("exchange.called") if row["key"] == credential.key_id]
        assert len(answered) == 30

    def test_begins_anew_at_midnight_in_china(self, world, counter):
        credential = worlds.subscribe(daily_quota=1)
        counter.clock.at = AT.replace(hour=15, minute=59, second=59)
        assert [counter.one(credential).rule for _ in range(2)] == [None, "quota"]
        counter.clock.at = AT.replace(hour=16, minute=0)
        assert [counter.one(credential).rule for _ in range(2)] == [None, "quota"]

    def test_the_token_bucket_is_not_filled_by_midnight(self, world, counter):
        worlds.install_interface(
            worlds.declare_interface(
                interface="slow-at-night", rate={"per_second": 0.01, "burst": 2}, daily_quota=100
            )
        )
        credential = worlds.subscribe("slow-at-night", daily_quota=100)

        def rules(*, times):
            return [counter.one(credential, interface="slow-at-night").rule for _ in range(times)]

        counter.clock.at = AT.replace(hour=15, minute=59, second=59)
        assert rules(times=3) == [None, None, "rate"]
        counter.clock.at = AT.replace(hour=16, minute=0, second=1)
        assert rules(times=1) == ["rate"]
        counter.clock.at += timedelta(seconds=100)
        assert rules(times=2) == [None, "rate"]

    def test_refusals_before_it_cost_nothing(self, world, counter):
        credential = worlds.subscribe(daily_quota=1)
        assert counter.one(replace(credential, secret="x" * 43)).rule == "signature"
        assert counter.one(credential).status == 200


class TestCertificates:
    SHOWN = "ab" * 32

    def call(self, counter, credential, certificate=None):
        """What a caller that showed this certificate gets."""
        import asyncio

        async def run():
            gateway = counter.made()
            await gateway.desk.open()
            try:
                asked = Asked(credential, {"uscc": USCC}, at=counter.clock.at)
                return (await gateway.handle(*asked.parts(), certificate=certificate))[0]
            finally:
                await gateway.desk.close()

        return asyncio.run(run())

    def test_a_bound_subscription_is_called_with_its_certificate_only(self, world, counter):
        credential = worlds.subscribe()
        assert self.call(counter, credential) == 200
        spelt = ":".join(self.SHOWN[n : n + 2].upper() for n in range(0, 64, 2))
        bound = services.bind_certificates(
            subscription=credential.subscription, certificates=[spelt], by=OWNER, at=AT
        )
        assert bound.certificates == (self.SHOWN,)

        shown = [self.call(counter, credential, each) for each in (None, "cd" * 32, self.SHOWN)]
        assert shown == [401, 401, 200]
        assert counter.one(credential, headers={"x-shuzhi-certificate": self.SHOWN}).rule == "certificate"

        services.bind_certificates(subscription=credential.subscription, certificates=[], by=OWNER, at=AT)
        assert self.call(counter, credential) == 200

    def test_only_fingerprints_and_only_by_the_owner(self, world):
        credential = worlds.subscribe()
        for wrong in (["ab" * 31], ["x" * 64], [f"{n:064x}" for n in range(5)]):
            with pytest.raises(errors.CertificateInvalid):
                services.bind_certificates(
                    subscription=credential.subscription, certificates=wrong, by=OWNER, at=AT
                )
        with pytest.raises(Forbidden):
            services.bind_certificates(
                subscription=credential.subscription, certificates=[], by=worlds.OFFICER, at=AT
            )


class TestBothSides:
    def test_the_owners_office_keeps_a_receipt_too_and_no_other(self, world, counter):
        from shuzhi.pillars.security.errors import NoSuchEntry
        from shuzhi.pillars.security.log import receipts

        answered = counter.one(world.record).content["request_id"]
        refused = counter.one(world.record, interface="firm-exists").content["request_id"]
        for number in (answered, refused):
            kept = [receipts.receipt(number, by=by, at=AT).content for by in (worlds.OFFICER, OWNER)]
            assert kept[0] == kept[1]
            with pytest.raises(NoSuchEntry):
                receipts.receipt(number, by=replace(OWNER, office="civil-affairs"), at=AT)

    def test_a_call_refused_after_revocation_is_its_subscriptions_last_decision(self, world, counter):
        from shuzhi.pillars.security import queries as log

        credential = worlds.subscribe()
        assert counter.one(credential).status == 200
        services.revoke_subscription(subscription=credential.subscription, by=OWNER, at=AT, reason="用途已变")
        counter.clock.at = AT + timedelta(seconds=1)
        assert counter.one(credential).rule == "subscription"
        made = log.acts(log.Question(by=f"subscription/{credential.subscription}"), size=2)
        assert [(act.outcome, act.facts.get("rule")) for act in made] == [
            ("refused", "subscription"),
            ("answered", None),
        ]


def test_a_subscription_never_reads_above_the_interface(world, counter):
    credential = worlds.subscribe(clearance=Grade.L4)
    assert counter.one(credential).content["data"]["legal_representative"] == "张**"


def test_the_gateways_role_may_do_no_more_than_it_must(world, db):
    import psycopg
    from tests.unit.data.exchange.calling import gateway_url

    from shuzhi.data.exchange import grants

    with psycopg.connect(gateway_url()) as own:
        assert grants.excess_rights(own) == []
        for sql in (
            "DELETE FROM security_auditentry",
            "UPDATE exchange_subscription SET status = 'granted'",
            "SELECT * FROM identity_account",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), own.transaction():
                own.execute(sql)
    with connection.cursor():
        assert grants.excess_rights(connection) != []
