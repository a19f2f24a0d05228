"""Accounts, signing in and out, and routes that say nothing about who may use them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.types import PUBLIC, Actor, Role, system
from shuzhi.support.identity import models, queries, services
from shuzhi.support.identity.errors import NoSuchAccount, RoleNotForPeople
from shuzhi.support.identity.middleware import ActorMiddleware

AT = datetime(2026, 3, 2, tzinfo=UTC)
ADMIN = Actor(name="account/admin", roles=frozenset({Role.ADMINISTRATOR}))


def open_account(username="zhang", *, by=ADMIN, roles=(Role.DATA_OFFICER,), password="secret-1"):
    return services.open_account(
        username=username,
        person="张三",
        office="taxation",
        division="330100",
        roles=frozenset(roles),
        password=password,
        by=by,
        at=AT,
    )


def audited(action):
    rows = AuditEntry.objects.filter(action=action).order_by("id")
    return [(row.target, row.actor, row.outcome) for row in rows]


@pytest.mark.django_db
class TestAccounts:
    def test_an_account_acts_in_its_office_with_its_roles(self):
        actor = open_account()

        assert (actor.name, actor.title, actor.office) == ("account/zhang", "张三", "taxation")
        assert actor.roles == {Role.DATA_OFFICER}
        assert queries.actor("zhang") == actor
        assert audited("identity.account_opened") == [("account/zhang", "account/admin", "done")]

    def test_opening_again_changes_the_one_there_is(self):
        open_account()

        assert open_account(roles=[Role.LEADER]).roles == {Role.LEADER}
        assert models.Account.objects.count() == 1

    def test_the_password_is_not_kept(self):
        open_account()

        assert "secret-1" not in models.Account.objects.get().password

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.SYSTEM}))
    def test_only_administrators_open_and_close(self, role):
        other = Actor(name="account/x", roles=frozenset({role}))
        open_account()

        with pytest.raises(Forbidden):
            open_account("li", by=other)
        with pytest.raises(Forbidden):
            services.close_account(username="zhang", by=other, at=AT)

    def test_nobody_is_made_the_platform_itself(self):
        with pytest.raises(RoleNotForPeople):
            open_account(roles=[Role.SYSTEM], by=system("test"))

    def test_a_closed_account_acts_no_more(self):
        open_account()
        services.close_account(username="zhang", by=ADMIN, at=AT)

        assert queries.actor("zhang") is None
        assert audited("identity.account_closed") == [("account/zhang", "account/admin", "done")]
        with pytest.raises(NoSuchAccount):
            services.close_account(username="nobody", by=ADMIN, at=AT)

    def test_only_demonstration_accounts_are_offered(self):
        open_account()

        assert queries.demo_accounts() == []


@pytest.mark.django_db
class TestSigningIn:
    @pytest.fixture
    def browser(self, settings):
        from django.urls import reverse

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
        client = Client()
        client.login_at, client.logout_at = reverse("staff:login"), reverse("staff:logout")
        return client

    def sign_in(self, browser, username="zhang", password="secret-1"):
        return browser.post(browser.login_at, {"username": username, "password": password})

    def test_the_right_password(self, browser):
        open_account()

        assert self.sign_in(browser).status_code == 302
        assert audited("identity.signed_in") == [("account/zhang", "account/zhang", "done")]

    @pytest.mark.parametrize("username", ["zhang", "nobody", "", "a\0b", "张" * 400])
    def test_a_wrong_one_is_refused_and_audited(self, browser, username):
        open_account()

        assert self.sign_in(browser, username, "wrong").status_code == 401
        ((target, actor, outcome),) = audited("identity.signed_in")
        assert (actor, outcome) == ("public", "refused")
        assert target == f"account/{username.replace(chr(0), '')[:100]}"

    def test_an_account_without_a_password(self, browser):
        open_account(password=None)

        assert self.sign_in(browser, password="").status_code == 401

    def test_a_closed_account_cannot_sign_in_and_ends_where_it_is_signed_in(self, browser):
        open_account()
        self.sign_in(browser)
        services.close_account(username="zhang", by=ADMIN, at=AT)

        assert self.sign_in(Client_of(browser)).status_code == 401
        assert browser.post(browser.logout_at).status_code == 302
        assert audited("identity.signed_out") == []

    def test_signing_out_is_audited_once(self, browser):
        open_account()
        self.sign_in(browser)
        browser.post(browser.logout_at)
        browser.post(browser.logout_at)

        assert audited("identity.signed_out") == [("account/zhang", "account/zhang", "done")]

    def test_a_get_does_not_sign_out(self, browser):
        assert browser.get(browser.logout_at).status_code == 405


def Client_of(browser):  # noqa: N802 - a second browser of the same kind
    other = Client()
    other.login_at, other.logout_at = browser.login_at, browser.logout_at
    return other


class TestRoutes:
    @pytest.fixture
    def middleware(self):
        return ActorMiddleware(lambda request: None)

    def request(self, actor):
        request = RequestFactory().get("/x")
        request.actor = actor
        return request

    def test_a_view_without_a_policy_is_nobody_s(self, middleware):
        with pytest.raises(PermissionDenied, match="declares no policy"):
            middleware.process_view(self.request(ADMIN), lambda request: None, (), {})

    def test_a_public_view_says_why(self, middleware):
        view = open_to_public("everyone may read it")(lambda request: "read")

        middleware.process_view(self.request(PUBLIC), view, (), {})
        assert view(self.request(PUBLIC)) == "read"
        assert view.policy == "public: everyone may read it"

    def test_a_guarded_view_asks_before_it_does_anything(self):
        done = []
        view = requires("identity.open_account")(lambda request: done.append(1))

        with pytest.raises(NotSignedIn):
            view(self.request(PUBLIC))
        with pytest.raises(Forbidden):
            view(self.request(Actor(name="account/x", roles=frozenset({Role.LEADER}))))
        assert done == []
        view(self.request(ADMIN))
        assert done == [1]

    def test_a_permission_that_nobody_declared_opens_no_view(self):
        view = requires("nothing.declared")(lambda request: "read")

        with pytest.raises(Forbidden):
            view(self.request(system("worker")))
