"""Signing in elsewhere with one's account here (用本站账号登录其他应用): who asks, what they learn, yes or no."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.foundation import clock
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity.openid import clients, granting, tokens
from shuzhi.support.identity.openid.errors import NoSuchClient, Refused
from shuzhi.support.identity.openid.granting import Asked
from shuzhi.terminals.content_policy import POLICY
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.staff.shell import actor_of, said

HOW = "whoever is not signed in is asked to first"


@open_to_public(HOW)
def authorize(request: HttpRequest) -> HttpResponse:
    """The end point to which clients send people."""
    query = {name: values[0] for name, values in request.GET.lists()}
    try:
        if any(len(values) > 1 for _, values in request.GET.lists()):
            raise NoSuchClient  # of two answers nobody knows which is meant: nothing is sent anywhere
        asked = granting.read(query)
    except Refused as refusal:
        return _back(query, error=refusal.error, **_described(refusal))
    return _answered(request, asked, query) if _is_signed_in(request, asked) else _sign_in(request, asked)


def _answered(request: HttpRequest, asked: Asked, query: dict[str, str]) -> HttpResponse:
    """What somebody who is signed in says, or said before."""
    if request.method == "POST":
        if request.POST.get("answer") != "yes":
            return _back(query, error="access_denied")
        return _agreed(request, asked)
    if granting.has_agreed(asked, by=actor_of(request)):
        return _agreed(request, asked)
    if "none" in asked.prompt:
        return _back(query, error="consent_required")
    return _question(request, asked)


def _is_signed_in(request: HttpRequest, asked: Asked) -> bool:
    """Signed in as a resident or for a firm, and not too long ago for the client."""
    if not policy.allows("identity.own_account", by=actor_of(request)):
        return False
    since = request.user.last_login  # type: ignore[union-attr]
    return asked.max_age is None or (
        since is not None and clock.now() - since <= timedelta(seconds=asked.max_age)
    )


def _sign_in(request: HttpRequest, asked: Asked) -> HttpResponse:
    """To the sign-in page, and back here."""
    if "none" in asked.prompt:
        return _back({"redirect_uri": asked.redirect_uri, "state": asked.state}, error="login_required")
    return HttpResponseRedirect(f"{reverse('public:login')}?{urlencode({'next': request.get_full_path()})}")


def _agreed(request: HttpRequest, asked: Asked) -> HttpResponse:
    at = clock.now()
    since = request.user.last_login or at  # type: ignore[union-attr]
    code = granting.agree(asked, signed_in_at=since, by=actor_of(request), at=at)
    return _back({"redirect_uri": asked.redirect_uri, "state": asked.state}, code=code)


def _question(request: HttpRequest, asked: Asked) -> HttpResponse:
    context = {
        "client": Said(asked.client.title_zh, asked.client.title_en),
        "host": asked.client.sector,
        "told": [said(clients.SCOPES[each]) for each in asked.scopes],
    }
    response = render(request, "public/openid_consent.html", context)
    where = urlsplit(asked.redirect_uri)
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "form-action 'self'", f"form-action 'self' {where.scheme}://{where.netloc}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(query: dict[str, str], **told: str) -> HttpResponse:
    """Back to the client, which learns from `iss` who answers (RFC 9207)."""
    answer = told | {"iss": tokens.issuer()}
    if query.get("state"):
        answer["state"] = query["state"]
    address = query["redirect_uri"]
    response = HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _described(refusal: Refused) -> dict[str, str]:
    return {"error_description": refusal.description} if refusal.description else {}
