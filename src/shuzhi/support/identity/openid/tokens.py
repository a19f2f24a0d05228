"""What a client gets for a code: who it was, once, signed; a token that asks again; one that is changed for others once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import models
from shuzhi.support.identity.openid import keys
from shuzhi.support.identity.openid.clients import digest, is_secret
from shuzhi.support.identity.openid.errors import Refused

CODE_LIFE = timedelta(minutes=1)
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
PAIRWISE = "openid-pairwise"  # the name of the node's secret; never changed, or people would be others


def issuer() -> str:
    """The node's public address, by which its tokens name it."""
    chosen = settings()
    return (chosen.public_url or f"http://{chosen.web_host}:{chosen.web_port}").rstrip("/")


def answer(form: Mapping[str, str], credentials: tuple[str, str], *, at: datetime) -> dict[str, Any]:
    """Answer a client at the token end point.

    Raises:
        Refused: the client or what it holds is not right. What was tried with a stolen code or token is void, and stays so.
    """
    client = models.OpenIdClient.objects.filter(id=credentials[0], is_active=True).first()
    if client is None or not is_secret(client, credentials[1]):
        raise Refused("invalid_client", status=401)
    kind = form.get("grant_type")
    if kind == "authorization_code":
        return _fetch(client, form, at=at)
    if kind == "refresh_token":
        return _refresh(client, form, at=at)
    raise Refused("unsupported_grant_type")


def who(token: str, *, at: datetime) -> dict[str, Any]:
    """The claims that an access token stands for.

    Raises:
        Refused: it is none, too old, or void.
    """
    row = (
        models.OpenIdToken.objects.select_related("grant__client")
        .filter(digest=digest(token), is_refresh=False, until__gt=at)
        .first()
    )
    if row is None or not _stands(row.grant):
        raise Refused("invalid_token", status=401)
    return _claims(row.grant)


def revoke(form: Mapping[str, str], credentials: tuple[str, str], *, at: datetime) -> None:
    """A client gives back a token, and with it all of the same grant (RFC 7009).

    Raises:
        Refused: the client is not right; an unknown token is no error.
    """
    client = models.OpenIdClient.objects.filter(id=credentials[0], is_active=True).first()
    if client is None or not is_secret(client, credentials[1]):
        raise Refused("invalid_client", status=401)
    row = models.OpenIdToken.objects.filter(
        digest=digest(form.get("token", "")), grant__client=client
    ).first()
    if row is not None:
        models.OpenIdGrant.objects.filter(id=row.grant_id, ended_at=None).update(ended_at=at)


def subject(grant: models.OpenIdGrant) -> str:
    """By which a client knows somebody: another for each client's host, so that two can't compare (pairwise)."""
    key = secret(settings().home, PAIRWISE).encode()
    return hmac.new(key, f"{grant.client.sector}\n{grant.account}".encode(), hashlib.sha256).hexdigest()


def _fetch(client: models.OpenIdClient, form: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        grant = (
            models.OpenIdGrant.objects.select_for_update(of=("self",))
            .select_related("client")
            .filter(code=digest(form.get("code", "")))
            .first()
        )
        if grant is not None and grant.client_id == client.id:
            was_fetched, grant.fetched_at = grant.fetched_at, grant.fetched_at or at
            is_right = was_fetched is None and _fits(grant, form, at)
            if (
                not is_right
            ):  # a code that was tried is used up, and one that comes twice voids what came of it
                grant.ended_at = grant.ended_at or at
            grant.save(update_fields=["fetched_at", "ended_at"])
            if is_right:
                return _give(grant, at=at)
            _note("identity.client_code_refused", grant, at=at, outcome="refused")
    raise Refused("invalid_grant")


def _refresh(client: models.OpenIdClient, form: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        row = (
            models.OpenIdToken.objects.select_for_update(of=("self",))
            .select_related("grant__client")
            .filter(digest=digest(form.get("refresh_token", "")), is_refresh=True)
            .first()
        )
        if row is not None and row.grant.client_id == client.id:
            if row.used_at is None and row.until > at and _stands(row.grant):
                row.used_at = at
                row.save(update_fields=["used_at"])
                return _give(row.grant, at=at)
            if row.used_at is not None:  # somebody has a copy: nobody goes on with it
                models.OpenIdGrant.objects.filter(id=row.grant_id, ended_at=None).update(ended_at=at)
                _note("identity.client_token_replayed", row.grant, at=at, outcome="refused")
    raise Refused("invalid_grant")


def _fits(grant: models.OpenIdGrant, form: Mapping[str, str], at: datetime) -> bool:
    verifier = form.get("code_verifier", "")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "replace")).digest())
    is_proven = bool(VERIFIER.fullmatch(verifier)) and hmac.compare_digest(
        challenge.decode().rstrip("="), grant.challenge
    )
    is_fresh = at < grant.agreed_at + CODE_LIFE
    return is_proven and is_fresh and form.get("redirect_uri") == grant.redirect_uri and _stands(grant)


def _stands(grant: models.OpenIdGrant) -> bool:
    """Not ended; the account is in use and was not signed out everywhere since."""
    if grant.ended_at is not None or not grant.client.is_active:
        return False
    return models.Account.objects.filter(
        username=grant.account, is_active=True, session_round=grant.session_round
    ).exists()


def _give(grant: models.OpenIdGrant, *, at: datetime) -> dict[str, Any]:
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    models.OpenIdToken.objects.create(
        grant=grant, digest=digest(access), is_refresh=False, until=at + ACCESS_LIFE
    )
    models.OpenIdToken.objects.create(
        grant=grant, digest=digest(refresh), is_refresh=True, until=at + REFRESH_LIFE
    )
    now = int(at.timestamp())
    claims = {
        "iss": issuer(), "aud": grant.client_id, "iat": now, "exp": now + int(ACCESS_LIFE.total_seconds()),
        "auth_time": int(grant.signed_in_at.timestamp()), "sub": subject(grant), "at_hash": _half(access),
    }  # fmt: skip
    if grant.nonce:
        claims["nonce"] = grant.nonce
    _note("identity.client_told", grant, at=at)
    return {
        "token_type": "Bearer",
        "access_token": access,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "refresh_token": refresh,
        "id_token": keys.sign(claims, at=at),
        "scope": " ".join(grant.scopes),
    }


def _claims(grant: models.OpenIdGrant) -> dict[str, Any]:
    told: dict[str, Any] = {"sub": subject(grant)}
    if "profile" in grant.scopes:
        told["name"] = models.Account.objects.get(username=grant.account).person
    if "identity" in grant.scopes:
        proofs = models.Proof.objects.filter(account=grant.account).order_by("scheme")
        told |= dict(proofs.values_list("scheme", "value"))
    return told


def _half(access: str) -> str:
    left = hashlib.sha256(access.encode()).digest()[:16]
    return base64.urlsafe_b64encode(left).decode().rstrip("=")


def _note(action: str, grant: models.OpenIdGrant, *, at: datetime, outcome: str = "done") -> None:
    audit.record(
        action, target=f"account/{grant.account}", by=Actor(name=f"client/{grant.client_id}"), at=at, outcome=outcome
    )  # fmt: skip
