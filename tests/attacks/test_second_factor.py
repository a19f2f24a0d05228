"""Attacks on the second factor (二次验证): guessing codes, using one twice, going round the steps, other people's accounts."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client

from tests import clocks

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
RIGHT = "a right password"
STEPS = "/staff/login/steps/"
INSIDE = "/staff/sign-in/"


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        at = AT

    clocks.put(monkeypatch, lambda: Clock.at)
    return Clock


@pytest.fixture(autouse=True)
def keys_of_its_own(tmp_path, monkeypatch):
    import msgspec.structs

    from shuzhi.foundation.settings import settings
    from shuzhi.pillars.security.crypto import node

    ring = node.open_keyring(msgspec.structs.replace(settings(), home=tmp_path))
    monkeypatch.setattr(node, "keyring", lambda: ring)


@pytest.fixture
def app(people, settings, clock):
    """Somebody with a second factor: the app on their phone, and their codes of recovery."""
    from shuzhi.support.identity import models, second_factor, services

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    account = models.Account.objects.get(username="bureau")
    account.set_password(RIGHT)
    account.save()
    by = services.actor_of(account)
    phone = pyotp.TOTP(second_factor.begin(by=by, at=AT).secret)
    recovery = second_factor.confirm(code=phone.at(AT - timedelta(seconds=30)), by=by, at=AT)
    return phone, recovery


def begin(browser: Client, password: str = RIGHT, address: str = "192.0.2.1"):
    return browser.post("/staff/login/", {"username": "bureau", "password": password}, REMOTE_ADDR=address)


def give(browser: Client, code: str, address: str = "192.0.2.1"):
    return browser.post(STEPS, {"code": code}, REMOTE_ADDR=address)


def is_inside(browser: Client) -> bool:
    return browser.get(INSIDE).status_code == 200


def test_the_password_alone_opens_nothing(app):
    browser = Client()
    answer = begin(browser)

    assert (answer.status_code, answer["Location"]) == (302, STEPS)
    assert not is_inside(browser)
    assert browser.get("/api/workflow/inbox").status_code in {401, 403}


def test_a_code_signs_in_and_works_once(app):
    phone, _ = app
    browser, other = Client(), Client()
    begin(browser)

    assert give(browser, phone.at(AT)).status_code == 302
    assert is_inside(browser)
    begin(other)
    assert give(other, phone.at(AT)).status_code == 400
    assert not is_inside(other)


def test_a_code_before_a_used_one_is_void(app, clock):
    phone, _ = app
    browser, other = Client(), Client()
    clock.at = AT + timedelta(seconds=60)
    begin(browser)
    assert give(browser, phone.at(clock.at)).status_code == 302
    begin(other)
    assert give(other, phone.at(clock.at - timedelta(seconds=30))).status_code == 400


@pytest.mark.parametrize("off", [-90, 90, 3600])
def test_codes_of_other_times_are_refused(app, off):
    phone, _ = app
    browser = Client()
    begin(browser)
    assert give(browser, phone.at(AT + timedelta(seconds=off))).status_code == 400


def test_guessing_codes_is_paused_however_often_the_password_is_given_again(app):
    from shuzhi.support.identity.pausing import FREE

    found = []
    for number in range(FREE["pair"] + 2):
        browser = Client()
        if begin(browser).status_code == 429:
            found.append(429)
            continue
        found.append(give(browser, f"{number:06}").status_code)
    assert found[-1] == 429
    assert found.count(400) <= FREE["pair"] // 2 + 1
    phone, _ = app
    browser = Client()
    assert begin(browser).status_code == 429  # nor is a right one looked at
    assert give(browser, phone.at(AT)).status_code == 302  # nobody began here
    assert not is_inside(browser)


def test_signing_in_counts_nothing_against_the_address_that_many_share(app):
    from shuzhi.support.identity.models import SignInCount

    phone, _ = app
    browser = Client()
    begin(browser)
    give(browser, phone.at(AT))

    assert is_inside(browser)
    assert [row.failures for row in SignInCount.objects.filter(kind="address")] == [0]


def test_a_recovery_code_works_once(app):
    _, recovery = app
    browser, other = Client(), Client()
    begin(browser)
    assert give(browser, recovery[0].upper().replace("-", " ")).status_code == 302
    assert is_inside(browser)
    begin(other)
    assert give(other, recovery[0]).status_code == 400


def test_the_steps_cant_be_entered_without_a_password_nor_after_a_while(app, clock):
    phone, _ = app
    assert Client().get(STEPS)["Location"] == "/staff/login/"
    assert Client().post(STEPS, {"code": phone.at(AT)})["Location"] == "/staff/login/"
    browser = Client()
    begin(browser)
    clock.at = AT + timedelta(minutes=11)
    assert give(browser, phone.at(clock.at))["Location"] == "/staff/login/"
    assert not is_inside(browser)


@pytest.mark.django_db(transaction=True)
def test_one_code_at_once_from_two_places_signs_one_in(app):
    from django.db import connection

    from shuzhi.support.identity import second_factor

    phone, _ = app
    code, found = phone.at(AT), []

    def take():
        found.append(second_factor.take(username="bureau", code=code, at=AT))
        connection.close()

    both = [threading.Thread(target=take) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(found) == [False, False, False, True]


def test_what_is_stored_gives_neither_secret_nor_codes(app):
    from shuzhi.support.identity import models

    phone, recovery = app
    row = models.SecondFactor.objects.get(account="bureau")
    stored = bytes(row.sealed) + "".join(row.recovery).encode()
    assert phone.secret.encode() not in stored
    assert not any(code.replace("-", "").encode() in stored for code in recovery)
    row.account = "leader"  # a sealed secret copied to another account does not open
    row.id = None
    row.save()
    from shuzhi.pillars.security.crypto.errors import NotAuthentic
    from shuzhi.support.identity import second_factor

    with pytest.raises(NotAuthentic):
        second_factor.take(username="leader", code="000000", at=AT)


def signed_in(username: str) -> Client:
    from shuzhi.support.identity.models import Account

    browser = Client()
    browser.force_login(Account.objects.get(username=username))
    return browser


def test_nobody_but_an_administrator_takes_it_away_from_others(app):
    assert signed_in("tax").post("/staff/accounts/bureau/second/").status_code == 403
    assert signed_in("bureau").post("/staff/sign-in/second/off/", {"code": "000000"}).status_code == 400
    assert signed_in("admin").post("/staff/accounts/bureau/second/").status_code == 302
    browser = Client()
    assert begin(browser)["Location"] == "/staff/"


@pytest.mark.parametrize("path", ["accounts/", "accounts/new/", "accounts/bureau/", "accounts/none/"])
@pytest.mark.parametrize("who", ["tax", "officer", "leader", "bureau"])
def test_accounts_are_the_administrators(as_person, path, who):
    assert as_person(who).get(f"/staff/{path}").status_code == 403
