"""Attacks on signing in (登录攻击): guessing, many at once, whether an account exists, names that look alike, old sessions."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
from django.test import Client

from tests import clocks

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
RIGHT = "a right password"


@pytest.fixture
def clock(monkeypatch):
    """The time as the page knows it; a test moves it."""

    class Clock:
        at = AT

    clocks.put(monkeypatch, lambda: Clock.at)
    return Clock


@pytest.fixture
def quick(settings, monkeypatch):
    """Fewer free attempts, and no slow hashes: what is counted doesn't depend on either."""
    from shuzhi.support.identity import pausing

    monkeypatch.setattr(pausing, "FREE", {"pair": 3, "account": 5, "address": 7})
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(quick, people):
    from shuzhi.support.identity.models import Account

    found = Account.objects.get(username="bureau")
    found.set_password(RIGHT)
    found.save()
    return found


def attempt(
    username: str, password: str = "wrong", address: str = "192.0.2.1", browser: Client | None = None
):
    return (browser or Client()).post(
        "/staff/login/", {"username": username, "password": password}, REMOTE_ADDR=address
    )


def shown(answer) -> str:
    """A page without what is new on every page."""
    import re

    return re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]+"', "", answer.content.decode())


class TestGuessing:
    def test_after_the_free_attempts_not_even_the_right_password_is_looked_at(self, account, clock):
        from shuzhi.support.identity.pausing import FREE

        found = [attempt("bureau").status_code for _ in range(FREE["pair"] + 3)]

        assert found == [401] * FREE["pair"] + [429] * 3
        assert attempt("bureau", RIGHT).status_code == 429

    def test_time_releases(self, account, clock):
        from shuzhi.support.identity.pausing import FREE, LONGEST_PAUSE

        for _ in range(FREE["pair"]):
            attempt("bureau")
        clock.at = AT + timedelta(seconds=31)
        assert attempt("bureau").status_code == 401  # one more, and a longer pause
        clock.at += timedelta(seconds=31)
        assert attempt("bureau", RIGHT).status_code == 429
        clock.at += LONGEST_PAUSE
        assert attempt("bureau", RIGHT).status_code == 302
        assert attempt("bureau").status_code == 401  # the right one cleared the count

    def test_a_neighbour_is_not_locked_out_from_one_address(self, account, clock):
        for _ in range(4):
            attempt("bureau", address="192.0.2.66")

        assert attempt("bureau", RIGHT, address="192.0.2.1").status_code == 302

    def test_from_many_addresses_the_account_is_paused(self, account, clock):
        from shuzhi.support.identity.pausing import FREE

        found = Counter(
            attempt("bureau", address=f"192.0.2.{n}").status_code for n in range(FREE["account"] + 2)
        )

        assert found == {401: FREE["account"], 429: 2}

    def test_one_address_for_many_accounts_is_paused(self, account, clock):
        from shuzhi.support.identity.pausing import FREE

        found = Counter(attempt(f"clerk{n}").status_code for n in range(FREE["address"] + 2))

        assert found == {401: FREE["address"], 429: 2}

    def test_what_a_caller_says_of_its_address_is_not_believed(self, account, clock):
        from shuzhi.support.identity.pausing import FREE

        found = [
            Client(headers={"X-Forwarded-For": f"198.51.100.{n}"}).post(
                "/staff/login/", {"username": "bureau", "password": "x"}
            ).status_code
            for n in range(FREE["pair"] + 1)
        ]  # fmt: skip

        assert found[-1] == 429

    @pytest.mark.django_db(transaction=True)
    def test_many_at_once_are_no_more_than_one_after_the_other(self, transactional_db, account):
        from django.db import connection

        from shuzhi.support.identity import signing_in
        from shuzhi.support.identity.errors import SigningInPaused
        from shuzhi.support.identity.pausing import FREE

        looked, barrier = [], threading.Barrier(12)

        def guess() -> None:
            barrier.wait(20)
            try:
                signing_in.sign_in(
                    username="bureau", address="192.0.2.1", at=AT, authenticate=lambda: looked.append(1)
                )
            except SigningInPaused:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=guess) for _ in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)

        assert len(looked) == FREE["pair"]

    def test_every_attempt_and_pause_is_in_the_log(self, account, clock):
        from shuzhi.pillars.security.models import AuditEntry

        for _ in range(5):
            attempt("bureau")

        assert AuditEntry.objects.filter(action="identity.signed_in", outcome="refused").count() == 5
        assert AuditEntry.objects.filter(action="identity.paused", target="account/bureau").exists()


class TestExistence:
    @pytest.mark.parametrize("times", [1, 4])
    def test_an_account_that_exists_and_one_that_does_not_are_answered_alike(self, account, clock, times):
        from shuzhi.pillars.security.types import system
        from shuzhi.support.identity import services

        services.close_account(username="leader", by=system("test"), at=AT)
        answers = {}
        for name in (
            "bureau",
            "nobody",
            "leader",
            "officer",
        ):  # with a password, none such, closed, without password
            for _ in range(times):
                answers[name] = attempt(name, address=f"192.0.2.{len(name)}0")

        assert len({answer.status_code for answer in answers.values()}) == 1
        assert len({shown(answer).replace(f'value="{name}"', "") for name, answer in answers.items()}) == 1

    @pytest.mark.proof
    def test_the_time_tells_no_more(self, account, clock, monkeypatch, settings):
        from shuzhi.support.identity import pausing

        monkeypatch.setattr(pausing, "FREE", dict.fromkeys(pausing.FREE, 1_000))
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
        account.set_password(RIGHT)
        account.save()
        times: dict[str, list[float]] = {"bureau": [], "nobody": []}
        for _ in range(6):
            for name, found in times.items():
                begun = perf_counter()
                attempt(name)
                found.append(perf_counter() - begun)
        known, unknown = (median(found) for found in times.values())
        assert abs(known - unknown) < 0.5 * min(known, unknown)


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["bure\u0430u", "\uff42ureau", "bureau\u200b", "\u202euaerub", "bureau\u0000", "bureau\n", " bureau", "bureau ", "BUREAU", "Bureau", "bu\u0301reau",
         "\u212bngstrom", "", "a" * 101, "bureau\u00ad", "\ufeffbureau", "../admin", "b\u03c5reau", "<b>"],
    )  # fmt: skip
    def test_no_account_looks_like_another(self, people, name):
        from shuzhi.pillars.security.types import Role, system
        from shuzhi.support.identity import services
        from shuzhi.support.identity.errors import NameNotAllowed

        with pytest.raises(NameNotAllowed) as refused:
            services.open_account(
                username=name, person="x", office="taxation", division=None, roles=frozenset({Role.BUREAU}),
                password="x", by=system("test"), at=AT,
            )  # fmt: skip
        assert "\u202e" not in str(refused.value)

    @pytest.mark.parametrize("name", ["zhang.san", "a1", "王芳", "li-si_2@hz", "A" * 100])
    def test_plain_names_are_taken(self, people, name):
        from shuzhi.pillars.security.types import Role, system
        from shuzhi.support.identity import services

        opened = services.open_account(
            username=name, person="王芳", office="taxation", division=None, roles=frozenset({Role.LEADER}),
            password="x", by=system("test"), at=AT,
        )  # fmt: skip
        assert opened.name == f"account/{name}"

    def test_a_person_s_name_hides_nothing(self, people):
        from shuzhi.pillars.security.types import Role, system
        from shuzhi.support.identity import services
        from shuzhi.support.identity.errors import NameNotAllowed

        for person in ("王\u202e芳", "王芳\u200b", "a\nb", "\ue000"):
            with pytest.raises(NameNotAllowed):
                services.open_account(
                    username="wang", person=person, office=None, division=None, roles=frozenset({Role.LEADER}),
                    password="x", by=system("test"), at=AT,
                )  # fmt: skip

    def test_what_was_typed_stands_in_the_log_without_its_tricks(self, account, clock):
        from shuzhi.pillars.security.models import AuditEntry

        for typed in ("bureau\u202egpj", "a\r\nb", "\u200bbureau"):
            attempt(typed)

        targets = AuditEntry.objects.filter(action="identity.signed_in").values_list("target", flat=True)
        assert not any(character in text for text in targets for character in "\u202e\u200b\r\n")


class TestSessions:
    def signed_in(self) -> Client:
        browser = Client()
        assert attempt("bureau", RIGHT, browser=browser).status_code == 302
        return browser

    def test_signing_out_everywhere_ends_every_session(self, account, clock):
        first, second = self.signed_in(), self.signed_in()
        assert second.get("/staff/").status_code == 200

        assert first.post("/staff/sign-in/end/").status_code == 302

        assert [one.get("/staff/").status_code for one in (first, second)] == [302, 302]
        assert self.signed_in().get("/staff/").status_code == 200

    def test_another_password_ends_every_session(self, account, clock):
        browser = self.signed_in()
        account.set_password("another")
        account.save()

        assert browser.get("/staff/").status_code == 302

    def test_a_session_ends_by_time(self, account, clock):
        from django.conf import settings
        from django.contrib.sessions.models import Session
        from django.utils import timezone

        browser = self.signed_in()
        over = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 5)

        assert Session.objects.get().expire_date < over
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert browser.get("/staff/").status_code == 302

    def test_nobody_ends_another_s_sessions_but_an_administrator(self, account, as_person, clock):
        browser = self.signed_in()
        for person, status in (("officer", 403), ("leader", 403), ("admin", 302)):
            other = as_person(person)
            other.handler.enforce_csrf_checks = False
            assert other.post("/staff/sign-in/end/", {"username": "bureau"}).status_code == status, person
        assert browser.get("/staff/").status_code == 302

    def test_an_administrator_sees_and_lifts(self, account, as_person, clock):
        from shuzhi.support.identity.models import SignInCount

        for _ in range(4):
            attempt("bureau")
        admin = as_person("admin")
        admin.handler.enforce_csrf_checks = False
        assert "192.0.2.1" in admin.get("/staff/sign-in/").content.decode()
        assert "192.0.2.1" not in as_person("officer").get("/staff/sign-in/").content.decode()

        for row in SignInCount.objects.filter(until__isnull=False):
            assert admin.post("/staff/sign-in/lift/", {"pause": row.id}).status_code == 302

        assert attempt("bureau", RIGHT).status_code == 302
        assert admin.post("/staff/sign-in/lift/", {"pause": "9" * 30}).status_code == 404


def test_behind_tls_cookies_travel_no_other_way():
    """In a process of its own: settings are read once."""
    import os
    import subprocess
    import sys

    from tests.postgres import SOURCE, own_home

    code = (
        "from shuzhi.node import django as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SECURE_HSTS_SECONDS > 10**7, s.SECURE_SSL_REDIRECT)"
    )
    environment = os.environ | {
        "SHUZHI_HOME": str(own_home()),
        "SHUZHI_WEB_TLS": "proxy",
        "PYTHONPATH": SOURCE,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "__Host-sessionid", "__Host-csrftoken", "True", "True"]
