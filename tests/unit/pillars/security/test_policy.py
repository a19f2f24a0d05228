"""May this actor do this here? Whoever is not clearly allowed is refused, and told what it would take."""

from __future__ import annotations

import itertools

import pytest

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC, Actor, Permission, Role, Scope, system

WORDS = Words(zh="试一试", en="try it")


@pytest.fixture(autouse=True)
def permissions(monkeypatch):
    monkeypatch.setattr(policy, "_declared", {})
    policy.declare(
        [
            Permission("test.any", WORDS, frozenset({Role.DATA_OFFICER})),
            Permission("test.own", WORDS, frozenset({Role.DATA_OFFICER, Role.BUREAU}), Scope.OWN_OFFICE),
        ]
    )


def actor(*roles, office="taxation"):
    return Actor(name="account/x", title="某人", office=office, roles=frozenset(roles))


@pytest.mark.parametrize("role", list(Role))
def test_a_permission_that_nobody_declared_is_refused_to_everybody(role):
    assert not policy.allows("test.nothing", by=actor(role))
    with pytest.raises(Forbidden, match="no such permission is declared"):
        policy.require("test.nothing", by=actor(role))
    assert not policy.allows("test.nothing", by=system("worker"))


@pytest.mark.parametrize(
    ("role", "office"), list(itertools.product(Role, ["taxation", "market-regulation", None]))
)
def test_a_permission_for_one_s_own_office(role, office):
    allowed = {
        Role.SYSTEM: True,
        Role.BUREAU: True,
        Role.DATA_OFFICER: office == "taxation",
    }.get(role, False)

    assert policy.allows("test.own", by=actor(role), office=office) is allowed


def test_an_officer_without_an_office_reaches_none():
    assert not policy.allows("test.own", by=actor(Role.DATA_OFFICER, office=None), office=None)


def test_a_permission_for_any_office():
    assert policy.allows("test.any", by=actor(Role.DATA_OFFICER), office="market-regulation")
    assert not policy.allows("test.any", by=actor(Role.ADMINISTRATOR))
    assert not policy.allows("test.any", by=actor())


class TestRefusal:
    def test_nobody_is_asked_to_sign_in(self):
        with pytest.raises(NotSignedIn) as refused:
            policy.require("test.any", by=PUBLIC)

        assert refused.value.http_status == 401
        assert refused.value.message_zh == "请先登录，再试一试。"

    def test_names_the_roles_that_would_do(self):
        with pytest.raises(Forbidden) as refused:
            policy.require("test.own", by=actor(Role.LEADER), office="taxation")

        assert str(refused.value) == "某人 may not try it: it takes the role Data bureau or Data officer."
        assert refused.value.message_zh == "某人不能“试一试”：需要岗位：大数据局、数据专员。"
        assert refused.value.http_status == 403

    def test_names_the_office_whose_it_is(self):
        with pytest.raises(Forbidden, match=r"belongs to another office .market-regulation."):
            policy.require("test.own", by=actor(Role.DATA_OFFICER), office="market-regulation")

    def test_is_silent_when_allowed(self):
        policy.require("test.any", by=actor(Role.DATA_OFFICER))
