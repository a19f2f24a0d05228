"""What clients ask of the node as an OpenID provider: its description, keys, tokens, who somebody is."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shuzhi.foundation import clock
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity.openid import clients, keys, tokens
from shuzhi.support.identity.openid.errors import Refused

WHY = "a client proves itself by its secret, its code or its token"
LONGEST = 1000


@require_safe
@open_to_public("what a client needs to know of the provider")
def description(request: HttpRequest) -> HttpResponse:
    """The provider in a machine's words (OpenID Connect Discovery)."""
    del request
    base = tokens.issuer()
    told = {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/authorize",
        "token_endpoint": f"{base}/openid/token",
        "userinfo_endpoint": f"{base}/openid/userinfo",
        "revocation_endpoint": f"{base}/openid/revoke",
        "jwks_uri": f"{base}/openid/keys",
        "scopes_supported": list(clients.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "name", "resident_id", "uscc", "auth_time", "nonce"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return JsonResponse(told)


@require_safe
@open_to_public("public keys")
def key_set(request: HttpRequest) -> HttpResponse:
    """The keys that sign ID tokens."""
    del request
    return JsonResponse(keys.key_set(at=clock.now()))


@csrf_exempt
@require_POST
@open_to_public(WHY)
def token(request: HttpRequest) -> HttpResponse:
    """A code or a token, changed for tokens."""
    try:
        return _never_stored(
            JsonResponse(tokens.answer(_form(request), _credentials(request), at=clock.now()))
        )
    except Refused as refusal:
        return _refused(refusal)


@csrf_exempt
@require_POST
@open_to_public(WHY)
def revoke(request: HttpRequest) -> HttpResponse:
    """A token, given back."""
    try:
        tokens.revoke(_form(request), _credentials(request), at=clock.now())
    except Refused as refusal:
        return _refused(refusal)
    return _never_stored(HttpResponse())


@csrf_exempt
@open_to_public(WHY)
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who somebody is, as far as they agreed; the token comes in the header alone."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        token = given.strip()[:LONGEST] if kind.lower() == "bearer" else ""
        return _never_stored(JsonResponse(tokens.who(token, at=clock.now())))
    except Refused as refusal:
        return _refused(refusal)


def _form(request: HttpRequest) -> dict[str, str]:
    """Each parameter once (RFC 6749, 3.2)."""
    if any(len(values) > 1 for _, values in request.POST.lists()):
        raise Refused("invalid_request", "a parameter comes twice")
    return {name: storable(value)[:LONGEST] for name, value in request.POST.items() if isinstance(value, str)}


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """The client and its secret: in the header or in the form, not in both."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        form = _form(request)
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_client", status=401) from None
    if "client_secret" in request.POST:
        raise Refused("invalid_request", "two ways of proving who asks")
    return storable(unquote_plus(name)), storable(unquote_plus(secret))


def _refused(refusal: Refused) -> HttpResponse:
    told = {"error": refusal.error}
    if refusal.description:
        told["error_description"] = refusal.description
    response = JsonResponse(told, status=refusal.status)
    if refusal.status == 401:  # noqa: PLR2004
        scheme = "Bearer" if refusal.error == "invalid_token" else "Basic"
        response.headers["WWW-Authenticate"] = f'{scheme} realm="shuzhi", error="{refusal.error}"'
    return _never_stored(response)


def _never_stored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


app_name = "openid"
urlpatterns = [
    path(".well-known/openid-configuration", description, name="description"),
    path("openid/keys", key_set, name="keys"),
    path("openid/token", token, name="token"),
    path("openid/revoke", revoke, name="revoke"),
    path("openid/userinfo", userinfo, name="userinfo"),
]
