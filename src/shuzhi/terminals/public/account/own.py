"""My account (我的账号): password, second factor, where I am signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import requires
from shuzhi.support.identity import queries, second_factor, signing_in
from shuzhi.support.identity.delegation import queries as delegations
from shuzhi.support.identity.delegation.types import State
from shuzhi.support.identity.openid import granting
from shuzhi.terminals.design.types import Choice, Crumbs, ErrorSummary, Field, Link, Said
from shuzhi.terminals.staff.accounts import steps
from shuzhi.terminals.staff.shell import actor_of

HOME = (Link(Said("首页", "Home"), "/"),)
ACCOUNT = (*HOME, Link(Said("我的账号", "My account"), "/my/account/"))
SHOWN = 6  # of an identity number, the last ones
PROOFS = {
    "resident_id": Said("公民身份号码", "Identity number"),
    "uscc": Said("统一社会信用代码", "Credit code"),
}


@requires("identity.own_account")
def show(request: HttpRequest) -> HttpResponse:
    """Everything about signing in, and for whom I may act."""
    by, at = actor_of(request), clock.now()
    choices = [Choice(str(number), words) for number, words in steps.others(request)]
    acting = [each for each in delegations.held(by.name, at) if each.state is State.IN_FORCE]
    context = {
        "place_now": "account",
        "crumbs": Crumbs(HOME),
        "name": by.title,
        "username": by.name.removeprefix("account/"),
        "proofs": [
            (PROOFS.get(scheme, Said(scheme, scheme)), hidden(value))
            for scheme, value in queries.proofs(by.name).items()
        ],
        "second": steps.second_state(request),
        "has_second": second_factor.is_on(by.name.removeprefix("account/")),
        "sessions": steps.own_sessions(request),
        "ending": Field(name="session", label=Said("设备", "Device"), control="select", choices=choices)
        if choices
        else None,
        "acting": acting,
        "applications": [
            (each.client_id, Said(each.client.title_zh, each.client.title_en))
            for each in granting.agreed(by=by)
        ],
    }
    return render(request, "public/account.html", context)


@requires("identity.own_account")
def password(request: HttpRequest) -> HttpResponse:
    """Choose another password."""
    return _form(request, steps.password(request))


@requires("identity.own_account")
def second(request: HttpRequest) -> HttpResponse:
    """Set up the second factor."""
    return _form(request, steps.second(request))


@requires("identity.own_account")
def recovery(request: HttpRequest) -> HttpResponse:
    """Other codes of recovery."""
    return _form(request, steps.recovery(request))


@requires("identity.own_account")
def off(request: HttpRequest) -> HttpResponse:
    """Give the second factor up."""
    return _form(request, steps.off(request))


@requires("identity.own_account")
@require_POST
def end_one(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions."""
    steps.end_one(request)
    return HttpResponseRedirect(reverse("public:my-account"))


@requires("identity.own_account")
@require_POST
def end_all(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    by = actor_of(request)
    signing_in.end_sessions(username=by.name.removeprefix("account/"), by=by, at=clock.now())
    return HttpResponseRedirect(reverse("public:login"))


@requires("identity.own_account")
@require_POST
def withdraw(request: HttpRequest, client: str) -> HttpResponse:
    """An application is told nothing more."""
    granting.withdraw(client=client, by=actor_of(request), at=clock.now())
    return HttpResponseRedirect(reverse("public:my-account"))


def hidden(value: str) -> str:
    """A number as its own person recognises it, and nobody who looks over a shoulder learns it."""
    return f"{'*' * max(len(value) - SHOWN, 0)}{value[-SHOWN:]}"


def errors_of(refusal: PlatformError | None) -> ErrorSummary | None:
    """A refusal above the form that it answers."""
    return ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None


def _form(request: HttpRequest, step: steps.Step | None) -> HttpResponse:
    if step is None:
        return HttpResponseRedirect(reverse("public:my-account"))
    context = {
        "place_now": "account",
        "crumbs": Crumbs(ACCOUNT),
        "step": step,
        "errors": errors_of(step.refusal),
        "enrolment": step.enrolment,
        "qr": step.qr,
        "codes": step.codes,
    }
    status = step.refusal.http_status if step.refusal else 200
    return render(request, "public/account_step.html", context, status=status)
