"""Accounts that administrators keep, passwords that people choose, sessions that end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client
from tests import clocks

from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.identity import accounts, models, passwords, sessions
from shuzhi.support.identity.errors import (
    AccountThere,
    LastAdministrator,
    NoOffice,
    NoRoles,
    NoSuchAccount,
    NotOneself,
    PasswordTooWeak,
    WrongPassword,
)

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ROOT = system("console")
GOOD = "three green umbrellas"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch, tmp_path):
    """No slow hashes, a ring of keys of its own, an office."""
    import msgspec.structs

    from shuzhi.foundation.settings import settings as node_settings
    from shuzhi.pillars.security.crypto import node

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ring = node.open_keyring(msgspec.structs.replace(node_settings(), home=tmp_path))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    clocks.put(monkeypatch, lambda: AT)


@pytest.fixture(autouse=True)
def offices():
    from shuzhi.pillars.organization.models import Office
    from shuzhi.support.identity import services

    for office in ("taxation", "data-bureau"):
        Office.objects.create(
            id=office, title_zh=office, title_en=office, division="330100", tier="city", pack="t/t"
        )
    services.open_account(
        username="admin", person="吴凡", office="data-bureau", division="330100",
        roles=frozenset({Role.ADMINISTRATOR}), password=None, by=ROOT, at=AT,
    )  # fmt: skip


def open_new(username="zhao", *, by=ROOT, roles=(Role.DATA_OFFICER,), office="taxation"):
    return accounts.open_new(
        username=username, person="赵敏", office=office, roles=frozenset(roles), by=by, at=AT
    )


def actor(username):
    from shuzhi.support.identity import queries

    found = queries.actor(username)
    assert found is not None
    return found


def sign_in(username, password, path="/staff/login/"):
    browser = Client()
    return browser, browser.post(path, {"username": username, "password": password})


class TestOpening:
    def test_the_given_password_must_be_replaced_before_anything_else(self):
        given = open_new()
        browser, answer = sign_in("zhao", given)

        assert answer["Location"] == "/staff/login/steps/"
        assert browser.get("/staff/sign-in/").status_code == 302
        assert "一次性密码" in browser.get("/staff/login/steps/").content.decode()
        weak = browser.post("/staff/login/steps/", {"password": "password12", "again": "password12"})
        assert weak.status_code == 400
        assert browser.post("/staff/login/steps/", {"password": GOOD, "again": GOOD}).status_code == 302
        assert browser.get("/staff/sign-in/").status_code == 200
        assert sign_in("zhao", given)[1].status_code == 401
        assert sign_in("zhao", GOOD)[1]["Location"] == "/staff/"

    def test_it_is_written_without_the_password(self):
        given = open_new()
        found = AuditEntry.objects.filter(target="account/zhao")
        assert [each.action for each in found.order_by("id")] == ["identity.account_opened"]
        assert given not in str(list(found.values()))

    def test_what_is_not_allowed(self):
        open_new()
        with pytest.raises(AccountThere):
            open_new()
        with pytest.raises(NoOffice):
            open_new("qian", office="nowhere")
        with pytest.raises(NoOffice):
            open_new("qian", office=None)
        with pytest.raises(NoRoles):
            open_new("qian", roles=())
        with pytest.raises(NoRoles):
            open_new("qian", roles=(Role.RESIDENT, Role.DATA_OFFICER))
        with pytest.raises(Forbidden):
            open_new("qian", by=actor("zhao"))
        assert open_new("sun", roles=(Role.RESIDENT,), office=None)

    def test_given_passwords_differ_and_are_strong(self):
        given = {passwords.given_password() for _ in range(200)}
        assert len(given) == 200
        assert all(len(each) == passwords.GIVEN_LENGTH for each in given)


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("short", "10"),
            ("8364920175630", "数字"),
            ("qwertyuiop", "常见"),
            ("zhao@zhao1", "太像"),
            ("x" * 201, "200"),
            ("with a\0nul inside", "200"),
        ],
    )
    def test_weak_ones_are_refused_with_the_reason(self, password, said):
        open_new("zhao@zhao")
        with pytest.raises(PasswordTooWeak) as refused:
            passwords.choose_password(
                username="zhao@zhao", former=None, password=password, by=actor("zhao@zhao"), at=AT
            )
        assert said in refused.value.message_zh

    def test_only_ones_own_and_with_the_present_one(self):
        given = open_new()
        zhao = actor("zhao")
        with pytest.raises(WrongPassword):
            passwords.choose_password(username="zhao", former="wrong", password=GOOD, by=zhao, at=AT)
        with pytest.raises(NoSuchAccount):
            passwords.choose_password(username="officer", former=given, password=GOOD, by=zhao, at=AT)
        with pytest.raises(PasswordTooWeak):
            passwords.choose_password(username="zhao", former=given, password=given, by=zhao, at=AT)

    def test_changing_it_signs_out_elsewhere_and_not_here(self):
        given = open_new()
        passwords.choose_password(username="zhao", former=None, password=GOOD, by=actor("zhao"), at=AT)
        del given
        here, there = sign_in("zhao", GOOD)[0], sign_in("zhao", GOOD)[0]
        other = "four yellow lamps"
        sent = here.post("/staff/sign-in/password/", {"former": GOOD, "password": other, "again": other})
        assert sent.status_code == 302
        assert here.get("/staff/sign-in/").status_code == 200
        assert there.get("/staff/sign-in/").status_code == 302


class TestKeeping:
    def test_roles_change_with_the_next_request(self, client):
        open_new()
        client.force_login(models.Account.objects.get(username="zhao"))
        assert client.get("/staff/accounts/").status_code == 403
        accounts.change(
            username="zhao", person="赵敏", office="data-bureau",
            roles=frozenset({Role.ADMINISTRATOR}), by=ROOT, at=AT,
        )  # fmt: skip
        assert client.get("/staff/accounts/").status_code == 200

    def test_nobody_closes_or_promotes_themselves(self):
        open_new(roles=(Role.ADMINISTRATOR,))
        zhao = actor("zhao")
        with pytest.raises(NotOneself):
            accounts.close(username="zhao", by=zhao, at=AT)
        with pytest.raises(NotOneself):
            accounts.change(
                username="zhao", person="赵敏", office="taxation",
                roles=frozenset({Role.ADMINISTRATOR, Role.BUREAU}), by=zhao, at=AT,
            )  # fmt: skip

    def test_an_administrator_is_left(self):
        models.Account.objects.filter(roles__contains=["administrator"]).delete()
        open_new(roles=(Role.ADMINISTRATOR,))
        with pytest.raises(LastAdministrator):
            accounts.close(username="zhao", by=ROOT, at=AT)
        with pytest.raises(LastAdministrator):
            accounts.change(
                username="zhao", person="赵敏", office="taxation",
                roles=frozenset({Role.BUREAU}), by=ROOT, at=AT,
            )  # fmt: skip
        open_new("qian", roles=(Role.ADMINISTRATOR,))
        accounts.close(username="zhao", by=actor("qian"), at=AT)
        assert sign_in("zhao", "whatever it was")[1].status_code == 401

    def test_a_closed_account_comes_back_with_another_password(self):
        given = open_new()
        accounts.close(username="zhao", by=ROOT, at=AT)
        again = accounts.reopen(username="zhao", by=ROOT, at=AT)
        assert again != given
        assert sign_in("zhao", again)[1].status_code == 302

    def test_a_forgotten_password_ends_the_sessions(self):
        open_new()
        passwords.choose_password(username="zhao", former=None, password=GOOD, by=actor("zhao"), at=AT)
        browser = sign_in("zhao", GOOD)[0]
        accounts.renew_password(username="zhao", by=ROOT, at=AT)
        assert browser.get("/staff/sign-in/").status_code == 302

    def test_the_list_finds_by_name_and_office(self):
        open_new()
        assert [each.username for each in accounts.listed(by=ROOT, text="赵")] == ["zhao"]
        assert "zhao" in [each.username for each in accounts.listed(by=ROOT, office="taxation")]
        assert accounts.count(by=ROOT, text="%") == 0

    def test_through_the_pages(self, client):
        client.force_login(models.Account.objects.get(username="admin"))
        sent = client.post(
            "/staff/accounts/new/",
            {"username": "li", "person": "李雷", "office": "taxation", "roles": ["data_officer"]},
        )
        given = re.search(r'class="key">([^<]+)<', sent.content.decode())
        assert given is not None
        assert sign_in("li", given[1])[1]["Location"] == "/staff/login/steps/"
        again = client.post("/staff/accounts/new/", {"username": "li", "person": "李雷", "roles": ["system"]})
        assert again.status_code in {400, 409}
        assert client.get("/staff/accounts/nobody/").status_code == 404


class TestSessions:
    def begun(self):
        open_new()
        passwords.choose_password(username="zhao", former=None, password=GOOD, by=actor("zhao"), at=AT)
        return sign_in("zhao", GOOD)[0]

    def test_one_of_several_is_ended(self):
        here = self.begun()
        there = sign_in("zhao", GOOD)[0]
        found = sessions.sessions_of(
            by=actor("zhao"), current=here.session.session_key, at=AT, idle=timedelta(hours=1)
        )
        other = next(each for each in found if not each.is_this)
        assert here.post("/staff/sign-in/sessions/end/", {"session": str(other.id)}).status_code == 302
        assert there.get("/staff/sign-in/").status_code == 302
        assert here.get("/staff/sign-in/").status_code == 200

    def test_nobody_ends_anothers(self):
        self.begun()
        row = models.SignedIn.objects.get(account="zhao")
        assert not sessions.end_session(session=row.id, by=Actor(name="account/officer"), at=AT)

    def test_an_unused_one_ends_and_a_used_one_goes_on(self, monkeypatch):
        browser = self.begun()
        for minutes in (50, 100, 150):
            clocks.put(monkeypatch, lambda minutes=minutes: AT + timedelta(minutes=minutes))
            assert browser.get("/staff/sign-in/").status_code == 200
        clocks.put(monkeypatch, lambda: AT + timedelta(minutes=211))
        assert browser.get("/staff/sign-in/").status_code == 302


class TestNeeded:
    def test_who_must_have_a_second_factor_sets_it_up_while_signing_in(self, monkeypatch):
        import msgspec.structs

        from shuzhi.foundation.settings import settings as node_settings
        from shuzhi.support.identity import second_factor

        strict = msgspec.structs.replace(node_settings(), second_factor="administrators")
        monkeypatch.setattr(second_factor, "settings", lambda: strict)
        given = open_new(roles=(Role.ADMINISTRATOR,))
        browser, _ = sign_in("zhao", given)
        steps = "/staff/login/steps/"
        browser.post(steps, {"password": GOOD, "again": GOOD})
        shown = browser.get(steps).content.decode()
        assert "<svg" in shown
        secret = re.search(r'class="key">([A-Z2-7]+)<', shown)
        assert secret is not None
        assert browser.get("/staff/sign-in/").status_code == 302
        assert browser.post(steps, {"code": "000000"}).status_code == 400
        codes = browser.post(steps, {"code": pyotp.TOTP(secret[1]).at(AT)})
        assert codes.content.decode().count("<li><code>") == second_factor.RECOVERY_CODES
        assert browser.get("/staff/sign-in/").status_code == 302
        assert browser.post(steps)["Location"] == "/staff/"
        assert browser.get("/staff/sign-in/").status_code == 200
        off = browser.post("/staff/sign-in/second/off/", {"code": "000000"})
        assert off.status_code == 409
