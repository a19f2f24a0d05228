"""Signing in at an outside provider (统一身份认证登录): there and back, and signing out there too."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC as ANYBODY
from shuzhi.support.identity.openid.tokens import issuer as own_address
from shuzhi.support.identity.outside import accounts, provider
from shuzhi.support.identity.outside.errors import ProviderRefused, StateWrong
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.pacing import address_of
from shuzhi.terminals.staff import signing_in, signing_steps
from shuzhi.terminals.staff.signing_steps import PUBLIC

KEY, TOKEN = "outside", "outside_token"
PATIENCE = timedelta(minutes=10)
LONGEST = 2_000
WHY = "whoever wants to sign in is not signed in yet"


def line() -> provider.Line:
    """The way to the provider."""
    return provider.Line()


@require_GET
@open_to_public(WHY)
def begin(request: HttpRequest) -> HttpResponse:
    """Go there; what comes back must belong to this browser.

    A link and no form: our pages let forms lead nowhere else, and a sign-in that somebody else begins is one's own all the same.
    """
    try:
        address, begun = provider.begin(provider.required(), line(), back=_back())
    except PlatformError as refusal:
        return _refused(request, refusal)
    request.session[KEY] = {
        "state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier,
        "next": signing_in.wanted(request, reverse(PUBLIC.home)), "since": int(clock.now().timestamp()),
    }  # fmt: skip
    return HttpResponseRedirect(address)


@require_GET
@open_to_public(WHY)
def back(request: HttpRequest) -> HttpResponse:
    """Come back: what was begun here, once, is finished."""
    kept, at = request.session.pop(KEY, None), clock.now()
    try:
        of = provider.required()
        begun = _begun(request, kept, of, at)
        code = request.GET.get("code", "")[:LONGEST]
        person = provider.finish(of, line(), begun, code=code, back=_back(), at=at)
        account = accounts.account_of(person, of, address=address_of(request), at=at)
    except PlatformError as refusal:
        audit.record(
            "identity.signed_in", target="account/outside", by=ANYBODY, at=at, outcome="refused",
            address=address_of(request), rule=refusal.code,
        )  # fmt: skip
        return _refused(request, refusal)
    logout(request)
    answer = signing_steps.go_on(request, account, PUBLIC, str(kept["next"]), address=address_of(request))
    request.session[TOKEN] = person.token
    return answer


def end_there(token: str) -> str:
    """Where signing out goes on at the provider; empty where it does not."""
    of = provider.provider()
    if of is None or not token:
        return ""
    try:
        return provider.leave(of, line(), token=token, back=own_address() + reverse(PUBLIC.start))
    except PlatformError:
        return ""  # one is signed out here, whatever it answers


def _begun(request: HttpRequest, kept: Any, of: provider.Provider, at: datetime) -> provider.Begun:
    """What was begun in this browser, if this is the answer to it (RFC 9700; RFC 9207 for `iss`)."""
    state = request.GET.get("state", "")
    if not isinstance(kept, dict) or at - datetime.fromtimestamp(int(kept["since"]), tz=UTC) > PATIENCE:
        raise StateWrong
    if not hmac.compare_digest(state.encode("utf-8", "replace"), str(kept["state"]).encode()):
        raise StateWrong
    if request.GET.get("iss", of.issuer).rstrip("/") != of.issuer:
        raise StateWrong
    if "error" in request.GET or not request.GET.get("code"):
        raise ProviderRefused(why=_known_error(request.GET.get("error", "")))
    return provider.Begun(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"]))


def _known_error(said: str) -> str:
    """An error by its name in the standard; no other text of an address is shown."""
    known = {
        "access_denied",
        "login_required",
        "consent_required",
        "interaction_required",
        "temporarily_unavailable",
    }
    return said if said in known else "error"


def _back() -> str:
    return own_address() + reverse("public:outside-back")


def _refused(request: HttpRequest, refusal: PlatformError) -> HttpResponse:
    context = {"paused": Said(refusal.message_zh, str(refusal)), "next": "", "outside": provider.title()}
    response = render(request, PUBLIC.page, context, status=refusal.http_status)
    response.headers["Cache-Control"] = "no-store"
    return response
