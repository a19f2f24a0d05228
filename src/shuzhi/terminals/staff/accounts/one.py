"""One account: what it is, and what an administrator may do with it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.support.identity import accounts, second_factor
from shuzhi.support.identity.errors import NoSuchAccount
from shuzhi.terminals.design.types import Field, Link, Said, say
from shuzhi.terminals.staff.accounts.listing import (
    ACCOUNTS,
    fields_of,
    given,
    roles_of,
    state_chips,
    typed,
)
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above


@requires("identity.manage_accounts")
def show(request: HttpRequest, username: str) -> HttpResponse:
    """What the account is, and the forms."""
    return _page(request, username)


@requires("identity.manage_accounts")
@require_POST
def change(request: HttpRequest, username: str) -> HttpResponse:
    """Change name, office, roles."""

    def act() -> None:
        accounts.change(
            username=username,
            person=typed(request, "person"),
            office=typed(request, "office") or None,
            roles=roles_of(request),
            by=actor_of(request),
            at=clock.now(),
        )

    return _done(
        request,
        username,
        act,
        Said("已保存，下一次请求起生效。", "Saved; it holds from the next request on."),
    )


@requires("identity.manage_accounts")
@require_POST
def give(request: HttpRequest, username: str) -> HttpResponse:
    """Give a new password for the first time."""
    return _giving(request, username, accounts.renew_password)


@requires("identity.manage_accounts")
@require_POST
def reopen(request: HttpRequest, username: str) -> HttpResponse:
    """Take a closed account into use again."""
    return _giving(request, username, accounts.reopen)


@requires("identity.manage_accounts")
@require_POST
def reset(request: HttpRequest, username: str) -> HttpResponse:
    """Take the second factor away."""

    def act() -> None:
        second_factor.reset(username=username, by=actor_of(request), at=clock.now())

    return _done(request, username, act, Said("二次验证已解除。", "The second factor is taken away."))


@requires("identity.close_account")
@require_POST
def close(request: HttpRequest, username: str) -> HttpResponse:
    """Close the account."""

    def act() -> None:
        accounts.close(username=username, by=actor_of(request), at=clock.now())

    return _done(request, username, act, Said("账号已关闭。", "The account is closed."))


def _done(request: HttpRequest, username: str, act: Callable[[], None], done: Said) -> HttpResponse:
    try:
        act()
    except (Forbidden, NoSuchAccount):
        raise
    except PlatformError as refusal:
        return _page(request, username, refusal)
    messages.success(request, say(done))
    return HttpResponseRedirect(reverse("staff:account", args=[username]))


def _giving(request: HttpRequest, username: str, service: Callable[..., str]) -> HttpResponse:
    return given(request, username, service(username=username, by=actor_of(request), at=clock.now()))


def _page(request: HttpRequest, username: str, refusal: PlatformError | None = None) -> HttpResponse:
    found = accounts.one(username, by=actor_of(request))
    person = Field(name="person", label=Said("姓名", "Name"), short=True, value=found.person)
    return page(
        request,
        "staff/accounts/one.html",
        title=Said(found.person, found.person),
        lead=Said(f"账号 {found.username}", f"Account {found.username}"),
        chips=state_chips(found),
        trail=(Link(ACCOUNTS, reverse("staff:accounts")),),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        found=found,
        fields=(person, *fields_of(found.office or "", frozenset(found.roles))),
        is_own=actor_of(request).name == f"account/{username}",
    )
