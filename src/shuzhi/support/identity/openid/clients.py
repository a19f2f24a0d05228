"""Clients (接入应用): registered by an administrator at the command line, never by themselves."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import models
from shuzhi.support.identity.openid.errors import ClientNotRight, NoSuchClient

SCOPES = {
    "openid": Words(zh="只属于该应用的匿名编号", en="a number that only this application knows you by"),
    "profile": Words(zh="姓名", en="your name"),
    "identity": Words(zh="已核验的证件号码", en="the numbers by which you are proven"),
}
NAME = re.compile(r"[a-z][a-z0-9-]{1,58}")
LOCAL = ("127.0.0.1", "localhost", "[::1]")
REASONS = {
    "name": "名称只能用小写字母、数字和连字符",
    "title": "缺少名称",
    "scope": "范围须含 openid，且只能是已有的",
    "address": "回跳地址须为 https 完整地址，不含 #、用户名、通配符（本机可用 http），且同属一个主机",
}


@transaction.atomic
def register(
    *,
    client: str,
    title: Words,
    redirect_uris: Sequence[str],
    scopes: Sequence[str],
    public: bool,
    by: Actor,
    at: datetime,
) -> str:
    """Register a client or change one; returns its secret, which is shown once (empty for a public one).

    Raises:
        ClientNotRight: what is said of it would not be safe.
    """
    policy.require("identity.manage_accounts", by=by)
    if not NAME.fullmatch(client):
        raise _wrong("name")
    if not title.zh.strip():
        raise _wrong("title")
    if "openid" not in scopes or set(scopes) - set(SCOPES):
        raise _wrong("scope")
    hosts = {urlsplit(each).netloc for each in redirect_uris}
    if not redirect_uris or len(hosts) != 1 or not all(map(_is_safe, redirect_uris)):
        raise _wrong("address")
    secret = "" if public else secrets.token_urlsafe(32)
    models.OpenIdClient.objects.update_or_create(
        id=client,
        defaults={
            "title_zh": title.zh, "title_en": title.en or title.zh, "secret": digest(secret) if secret else "",
            "redirect_uris": list(redirect_uris), "scopes": list(dict.fromkeys(scopes)), "sector": hosts.pop(),
            "made_at": at, "is_active": True,
        },
    )  # fmt: skip
    audit.record("identity.client_registered", target=f"client/{client}", by=by, at=at, public=public)
    return secret


@transaction.atomic
def remove(*, client: str, by: Actor, at: datetime) -> None:
    """Take a client out of use; what it was given is void at once.

    Raises:
        NoSuchClient: there is none in use.
    """
    policy.require("identity.manage_accounts", by=by)
    if not models.OpenIdClient.objects.filter(id=client, is_active=True).update(is_active=False):
        raise NoSuchClient
    models.OpenIdGrant.objects.filter(client_id=client, ended_at=None).update(ended_at=at)
    audit.record("identity.client_removed", target=f"client/{client}", by=by, at=at)


def clients() -> list[models.OpenIdClient]:
    """Every client in use."""
    return list(models.OpenIdClient.objects.filter(is_active=True).order_by("id"))


def client_of(name: str, redirect_uri: str) -> models.OpenIdClient:
    """A client that returns to exactly this address, character by character.

    Raises:
        NoSuchClient: there is none, or it registered another.
    """
    found = models.OpenIdClient.objects.filter(id=name, is_active=True).first()
    if found is None or redirect_uri not in found.redirect_uris:
        raise NoSuchClient
    return found


def is_secret(client: models.OpenIdClient, secret: str) -> bool:
    """Whether this is the client's secret; a public one has none, and gives none."""
    if not client.secret:
        return not secret
    return hmac.compare_digest(client.secret, digest(secret))


def digest(text: str) -> str:
    """What is kept of a secret, a code or a token; 256 drawn bits can't be guessed from it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.netloc.rpartition(":")[0] or parts.netloc
    is_https = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    is_plain = address.isascii() and address.isprintable() and not set(address) & set("#*\\ @")
    return is_https and bool(parts.netloc) and is_plain and len(address) < 500 and ".." not in parts.path  # noqa: PLR2004 - the column


def _wrong(reason: str) -> ClientNotRight:
    return ClientNotRight(reason=reason, reason_zh=REASONS[reason])
