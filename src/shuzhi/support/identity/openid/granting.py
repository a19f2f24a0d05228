"""Agreeing that a client is told who signs in (同意), and the code by which it fetches that."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import models
from shuzhi.support.identity.openid.clients import client_of, digest
from shuzhi.support.identity.openid.errors import Refused

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # S256 of a verifier, base64url
LONGEST = 500
PROMPTS = frozenset({"none", "login", "consent", "select_account"})


@dataclass(frozen=True)
class Asked:
    """What a client asks for, checked."""

    client: models.OpenIdClient
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    challenge: str
    prompt: frozenset[str]
    max_age: int | None


def read(query: Mapping[str, str]) -> Asked:
    """Check a request. Where client or address are wrong nothing is sent there; all else the client is told.

    Raises:
        NoSuchClient: no such client, or it returns elsewhere: said to the person, on our page.
        Refused: anything else; the client is told.
    """
    client = client_of(query.get("client_id", ""), query.get("redirect_uri", ""))
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    prompt = frozenset(query.get("prompt", "").split())
    max_age = query.get("max_age", "")
    if "request" in query or "request_uri" in query:
        raise Refused("request_not_supported")
    if query.get("response_type") != "code" or query.get("response_mode", "query") != "query":
        raise Refused("unsupported_response_type", "code only, in the query")
    if "openid" not in scopes or set(scopes) - set(client.scopes):
        raise Refused("invalid_scope", "openid, and what the client is registered for")
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "PKCE with S256 is needed")
    if any(len(query.get(name, "")) > LONGEST for name in ("state", "nonce")):
        raise Refused("invalid_request", "state or nonce too long")
    if prompt - PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise Refused("invalid_request", "prompt")
    if max_age and not (max_age.isascii() and max_age.isdecimal() and len(max_age) < 10):  # noqa: PLR2004 - seconds
        raise Refused("invalid_request", "max_age")
    return Asked(
        client, query["redirect_uri"], scopes, query.get("state", ""), query.get("nonce", ""), challenge, prompt,
        int(max_age) if max_age else None,
    )  # fmt: skip


def has_agreed(asked: Asked, *, by: Actor) -> bool:
    """Whether this person has agreed before to all that is asked for."""
    row = models.OpenIdConsent.objects.filter(account=_name(by), client=asked.client).first()
    return row is not None and set(asked.scopes) <= set(row.scopes) and "consent" not in asked.prompt


@transaction.atomic
def agree(asked: Asked, *, signed_in_at: datetime, by: Actor, at: datetime) -> str:
    """Agree; returns the code, which is good once and for a minute."""
    account = models.Account.objects.get(username=_name(by), is_active=True)
    kept, _ = models.OpenIdConsent.objects.get_or_create(
        account=account.username, client=asked.client, defaults={"scopes": [], "at": at}
    )
    if set(asked.scopes) - set(kept.scopes):
        kept.scopes, kept.at = sorted({*kept.scopes, *asked.scopes}), at
        kept.save(update_fields=["scopes", "at"])
    code = secrets.token_urlsafe(32)
    models.OpenIdGrant.objects.create(
        client=asked.client, account=account.username, session_round=account.session_round, code=digest(code),
        redirect_uri=asked.redirect_uri, scopes=list(asked.scopes), nonce=asked.nonce, challenge=asked.challenge,
        signed_in_at=signed_in_at, agreed_at=at,
    )  # fmt: skip
    audit.record(
        "identity.client_agreed", target=f"client/{asked.client.id}", by=by, at=at, scopes=list(asked.scopes)
    )
    return code


@transaction.atomic
def withdraw(*, client: str, by: Actor, at: datetime) -> None:
    """A client is told nothing more; what it was given is void at once."""
    models.OpenIdConsent.objects.filter(account=_name(by), client_id=client).delete()
    models.OpenIdGrant.objects.filter(account=_name(by), client_id=client, ended_at=None).update(ended_at=at)
    audit.record("identity.client_withdrawn", target=f"client/{client[:60]}", by=by, at=at)


def agreed(*, by: Actor) -> list[models.OpenIdConsent]:
    """To whom somebody agreed."""
    rows = models.OpenIdConsent.objects.filter(account=_name(by), client__is_active=True)
    return list(rows.select_related("client").order_by("client_id"))


def _name(by: Actor) -> str:
    return by.name.removeprefix("account/")
