"""From a request over two approvals to a credential, and back."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.world import AT, BUREAU, OFFICER, OWNER, PLATFORM, ask, dossier_of

from shuzhi.data.exchange import errors, queries, services
from shuzhi.data.exchange.types import InterfaceStatus, SubscriptionStatus
from shuzhi.data.exchange.vault import Vault
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.crypto import ciphers, node, resealing
from shuzhi.pillars.security.crypto.errors import KeyRetired, NotAuthentic
from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC, Role
from shuzhi.support.workflow import services as workflow
from shuzhi.support.workflow.errors import ActionNotAllowedHere

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(db):
    worlds.install_loop()
    worlds.install_register()
    worlds.install_dataset()
    worlds.install_interface(worlds.declare_interface())


class TestPublishing:
    @pytest.fixture(autouse=True)
    def _register(self, db):
        worlds.install_register()

    def publish(self, **changes):
        declaration = worlds.declare_interface(**changes)
        services.propose_interface(declaration=declaration, by=PLATFORM, at=AT)
        return services.publish_interface(interface=declaration.interface, by=OWNER, at=AT)

    def test_what_is_not_catalogued_is_not_shared(self):
        with pytest.raises(errors.NotShareable, match="none of its sources is published"):
            self.publish()

    def test_what_may_not_be_shared_is_not(self):
        worlds.install_dataset(sharing="none")
        with pytest.raises(errors.NotShareable, match="may not be shared"):
            self.publish()

    def test_only_what_the_register_has(self):
        worlds.install_dataset()
        with pytest.raises(errors.NotShareable, match="no field shoe_size"):
            self.publish(fields=["name", "shoe_size"])

    def test_only_by_its_owner_or_the_bureau(self):
        worlds.install_dataset()
        services.propose_interface(declaration=worlds.declare_interface(), by=PLATFORM, at=AT)
        with pytest.raises(Forbidden):
            services.publish_interface(interface="firm-by-uscc", by=OFFICER, at=AT)
        assert (
            services.publish_interface(interface="firm-by-uscc", by=BUREAU, at=AT).status
            is InterfaceStatus.PUBLISHED
        )

    def test_a_changed_one_is_served_as_before_until_it_is_published_again(self):
        worlds.install_dataset()
        assert self.publish().revision == 1
        services.propose_interface(declaration=worlds.declare_interface(fields=["name"]), by=PLATFORM, at=AT)
        assert queries.interface("firm-by-uscc").revision == 2
        assert queries.interface("firm-by-uscc").status is InterfaceStatus.PUBLISHED


class TestRequesting:
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"purpose": " "}, "purpose"),
            ({"basis": ""}, "basis"),
            ({"until": date(2025, 12, 31)}, "ends before"),
            ({"since": date(2026, 1, 1), "until": date(2026, 3, 1)}, "period is over"),
            ({"daily_quota": 0}, "quota"),
            ({"daily_quota": 10_001}, "quota"),
            ({"fields": ["name", "secret_field"]}, "secret_field"),
        ],
    )
    def test_refuses_what_does_not_fit(self, offered, wrong, message):
        with pytest.raises(errors.RequestInvalid, match=message):
            ask(**wrong)

    def test_nobody_asks_for_another_office(self, offered):
        with pytest.raises(Forbidden):
            ask(office="health-commission")

    def test_an_unpublished_interface_can_not_be_asked_for(self, offered):
        services.withdraw_interface(interface="firm-by-uscc", by=OWNER, at=AT, reason="停用")
        with pytest.raises(errors.InterfaceNotPublished):
            ask()


class TestGranting:
    def test_takes_both_approvals(self, offered):
        number = ask()
        for action, by in (("owner-approve", OWNER), ("bureau-approve", BUREAU)):
            with pytest.raises(errors.NotGranted):
                services.grant(subscription=number, by=OFFICER, at=AT)
            workflow.act(dossier=dossier_of(number), action=action, by=by, at=AT)

        credential = services.grant(subscription=number, by=OFFICER, at=AT)

        assert queries.subscription(number).key_id == credential.key_id
        with pytest.raises(errors.CredentialAlreadyIssued):
            services.grant(subscription=number, by=OFFICER, at=AT)

    def test_only_the_asking_office_sees_the_secret(self, offered):
        number = ask()
        worlds.approve(number)
        for stranger in (OWNER, BUREAU, replace(BUREAU, roles=frozenset({Role.BUREAU, Role.APPROVER}))):
            with pytest.raises(Forbidden):
                services.grant(subscription=number, by=stranger, at=AT)

    def test_the_secret_is_stored_sealed_and_never_logged(self, offered):
        credential = worlds.subscribe()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sealed_secret FROM exchange_credential WHERE key_id = %s", [credential.key_id]
            )
            sealed = bytes(cursor.fetchone()[0])
            cursor.execute(
                "SELECT count(*) FROM security_auditentry WHERE facts::text LIKE %s",
                [f"%{credential.secret}%"],
            )
            assert cursor.fetchone()[0] == 0
        assert credential.secret.encode() not in sealed

    def test_the_subscription_follows_its_dossier_by_the_news(self, offered):
        number = ask()
        worlds.approve(number)
        assert queries.subscription(number).status is SubscriptionStatus.REQUESTED
        deliver_waiting(at=AT)
        assert queries.subscription(number).status is SubscriptionStatus.GRANTED

    def test_a_refused_request_says_why(self, offered):
        number = ask()
        workflow.act(dossier=dossier_of(number), action="owner-refuse", by=OWNER, at=AT, note="依据不足")
        deliver_waiting(at=AT)
        found = queries.subscription(number)
        assert (found.status, found.reason) == (SubscriptionStatus.REFUSED, "依据不足")


class TestEnding:
    @pytest.mark.parametrize("by", [OWNER, BUREAU])
    def test_revoking(self, offered, by):
        number = worlds.subscribe().subscription
        found = services.revoke_subscription(subscription=number, by=by, at=AT, reason="滥用")
        assert (found.status, found.reason) == (SubscriptionStatus.REVOKED, "滥用")
        with pytest.raises(ActionNotAllowedHere):
            services.revoke_subscription(subscription=number, by=by, at=AT, reason="再次")
        with pytest.raises(errors.NotGranted):
            services.renew_credential(subscription=number, by=OFFICER, at=AT)

    def test_not_by_anybody(self, offered):
        number = worlds.subscribe().subscription
        with pytest.raises(Forbidden):
            services.revoke_subscription(
                subscription=number, by=replace(OWNER, office="health-commission"), at=AT, reason="x"
            )

    def test_expiry(self, offered):
        number = worlds.subscribe(until=date(2026, 3, 2)).subscription
        assert services.expire_subscriptions(by=PLATFORM, at=AT) == 0
        assert services.expire_subscriptions(by=PLATFORM, at=AT + timedelta(days=1)) == 1
        assert queries.subscription(number).status is SubscriptionStatus.EXPIRED


class TestQueries:
    def test_share_satisfaction_counts_dossiers(self, offered):
        met, refused, withdrawn = worlds.subscribe().subscription, ask(), ask()
        workflow.act(dossier=dossier_of(refused), action="owner-refuse", by=OWNER, at=AT, note="依据不足")
        workflow.act(dossier=dossier_of(withdrawn), action="withdraw", by=OFFICER, at=AT)
        deliver_waiting(at=AT)

        found = queries.share_satisfaction(date(2026, 3, 2))

        assert found == ({dossier_of(met)}, {dossier_of(met), dossier_of(refused)})
        assert queries.share_satisfaction(date(2026, 3, 1)) == (frozenset(), frozenset())

    @pytest.mark.parametrize("rows", [1, 6])
    def test_a_list_costs_two_statements(self, offered, rows):
        for _ in range(rows):
            worlds.subscribe()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(queries.subscriptions(office="taxation")) == rows
        assert len(captured) == 2

    def test_a_stranger_does_not_read_a_subscription(self, offered):
        number = ask()
        with pytest.raises(Forbidden):
            queries.readable_subscription(number, actor=replace(OFFICER, office="health-commission"))
        assert queries.readable_subscription(number, actor=OWNER).id == number

    def test_openapi_describes_what_is_published(self, offered):
        from shuzhi.data.exchange.openapi import gateway_openapi

        found = gateway_openapi()
        operation = found["paths"]["/v1/interfaces/firm-by-uscc"]["get"]
        assert [parameter["name"] for parameter in operation["parameters"]] == ["uscc"]
        assert set(operation["responses"]) == {"200", "400", "401", "403", "404", "410", "429", "503"}


class TestApi:
    @pytest.fixture
    def api(self, offered):
        from ninja.testing import TestClient

        from shuzhi.data.exchange.api import router

        return TestClient(router)

    def test_from_request_to_credential(self, api):
        wanted = {
            "interface": "firm-by-uscc",
            "purpose": "核验",
            "basis": "条例",
            "since": "2026-01-01",
            "until": "2099-12-31",
            "daily_quota": 10,
        }
        number = api.post("/subscriptions", json=wanted, actor=OFFICER).json()["id"]
        worlds.approve(number)

        credential = api.post(f"/subscriptions/{number}/credential", actor=OFFICER)

        assert credential.json()["key_id"].startswith("sk-")
        with pytest.raises(errors.CredentialAlreadyIssued):
            api.post(f"/subscriptions/{number}/credential", actor=OFFICER)

    def test_the_public_is_kept_out(self, api):
        with pytest.raises(NotSignedIn):
            api.get("/interfaces", actor=PUBLIC)

    def test_an_office_sees_its_own_subscriptions(self, api):
        ask()
        seen = [len(api.get("/subscriptions", actor=one).json()) for one in (OFFICER, BUREAU, OWNER)]
        assert seen == [1, 1, 0]

    def test_lists(self, api):
        interfaces = api.get("/interfaces", actor=BUREAU).json()
        assert [one["declaration"]["interface"] for one in interfaces] == ["firm-by-uscc"]
        assert api.get("/calls?since=2026-01-01&until=2026-12-31", actor=BUREAU).json() == []


class TestVault:
    def test_opens_what_it_sealed_for_this_key_only(self):
        vault = Vault("node secret")
        sealed = vault.seal("sk-1", "秘密", at=AT)
        assert vault.open("sk-1", sealed).decode() == "秘密"
        assert vault.is_current(sealed)
        with pytest.raises(NotAuthentic):
            vault.open("sk-2", sealed)

    def former(self, node_secret: str, key_id: str, text: str) -> bytes:
        """As it was sealed before there were keys."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"shuzhi exchange credentials 1")
        key = derived.derive(node_secret.encode())
        return ciphers.seal("aes-256-gcm", key, text.encode(), context=key_id.encode())

    def test_opens_what_was_sealed_before(self):
        sealed = self.former("node secret", "sk-1", "秘密")
        assert Vault("node secret").open("sk-1", sealed).decode() == "秘密"
        assert not Vault("node secret").is_current(sealed)
        for other, key in (("node secret", "sk-2"), ("another node", "sk-1")):
            with pytest.raises(NotAuthentic):
                Vault(other).open(key, sealed)

    def test_a_rotation_brings_all_credentials_under_the_new_key_and_retires_the_old(self, db):
        from shuzhi.data.exchange import models
        from shuzhi.foundation.secrets import secret
        from shuzhi.foundation.settings import settings

        interface = models.Interface.objects.create(
            id="i", register="r", declared={}, terms={}, status="draft", proposed_at=AT
        )
        subscription = models.Subscription.objects.create(
            interface=interface, office="tax", purpose="p", basis="b", since=AT.date(), until=AT.date(),
            daily_quota=1, clearance="L1", status="granted", dossier=1, requested_by="x", requested_at=AT,
        )  # fmt: skip
        node_secret, ring = secret(settings().home, "exchange"), node.keyring()
        first = Vault(node_secret).seal("sk-1", "one", at=AT)
        for key_id, sealed in (
            ("sk-1", first),
            ("sk-2", self.former(node_secret, "sk-2", "two")),
            ("sk-3", b""),
        ):
            models.Credential.objects.create(
                key_id=key_id, subscription=subscription, sealed_secret=sealed, issued_at=AT, revoked_at=AT
            )
        earlier = ring.active("exchange")
        ring.make("exchange", "sm4-gcm", at=AT + timedelta(days=1))

        assert resealing.finish_rotations(ring, at=AT)["exchange"] == 2
        stored = dict(models.Credential.objects.values_list("key_id", "sealed_secret"))
        vault = Vault(node_secret)
        assert [vault.open(f"sk-{n}", bytes(stored[f"sk-{n}"])) for n in (1, 2)] == [b"one", b"two"]
        assert stored["sk-3"] == b""
        assert vault.is_current(bytes(stored["sk-2"]))
        assert ring.key("exchange", earlier.id).state == "retired"
        with pytest.raises(KeyRetired):
            Vault(node_secret).open("sk-1", first)


def test_nonces_are_forgotten_when_they_can_not_be_replayed(db):
    from shuzhi.data.exchange import models

    for minutes in (1, 14, 16):
        models.Nonce.objects.create(mark=uuid.UUID(int=minutes), seen_at=AT - timedelta(minutes=minutes))
    assert services.forget_nonces(at=AT) == 1


def test_the_packs_interfaces_load():
    from shuzhi.data.exchange.types import InterfaceDeclaration
    from shuzhi.packs import yaml

    files = sorted((worlds.REPOSITORY / "packs").glob("*/*/interfaces/*.yaml"))
    declared = [InterfaceDeclaration.model_validate(yaml.read(file).value) for file in files]
    assert {"firm-by-uscc", "firm-exists"} <= {one.interface for one in declared}


def test_every_act_is_in_the_audit_log(offered):
    number = worlds.subscribe().subscription
    services.revoke_subscription(subscription=number, by=OWNER, at=AT, reason="滥用")
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM security_auditentry WHERE action LIKE 'exchange.%' ORDER BY id")
        actions = [row[0] for row in cursor.fetchall()]
    assert actions == [
        "exchange.proposed",
        "exchange.published",
        "exchange.requested",
        "exchange.granted",
        "exchange.credential_issued",
        "exchange.revoked",
    ]
    assert audit.verify().verified
