"""The provider (统一身份认证): where it is, what it answers, and whether its ID token is to be believed.

Description and keys are fetched at every sign-in: a provider that has changed its key is believed at once, one that
took a key back no longer. Nothing of an answer is used that is not signed by its key, for this client, and for this sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.support.identity.outside.errors import NoProvider, ProviderRefused, ProviderSilent, TokenWrong

ALGORITHMS = ["RS256", "PS256", "ES256"]
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS, MOST = 5.0, 262_144
LEEWAY = timedelta(minutes=2)
LONGEST = 300


@dataclass(frozen=True)
class Provider:
    """A provider as the settings name it: who we are there, and which of its claims proves which number."""

    issuer: str
    client: str
    secret: str
    title: Words
    claims: tuple[tuple[str, str], ...]
    scopes: str


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: what the session keeps until the person is back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who signed in there: the provider's own number of them, and what it says of them."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]
    token: str


class Line:
    """The way to the provider; a test may carry the requests itself."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        """Prepare to ask; nothing is followed elsewhere, and no proxy of the environment is asked."""
        self._http = httpx.Client(
            timeout=SECONDS, trust_env=False, follow_redirects=False, transport=transport
        )

    def ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        """What stands at an address.

        Raises:
            ProviderSilent: nothing, too much, or no JSON object.
        """
        require_safe(address)
        try:
            with self._http.stream(method, address, **more) as response:
                content = b""
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > MOST:
                        raise ProviderSilent(why="too long")
                told = httpx.Response(response.status_code, content=content).json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderSilent(why=type(error).__name__) from error
        if not isinstance(told, dict):
            raise ProviderSilent(why="no object")
        if not response.is_success:
            raise ProviderRefused(why=str(told.get("error", response.status_code))[:60])
        return told


def provider() -> Provider | None:
    """The one that the settings name, if they do."""
    own = settings()
    if not (own.login_issuer and own.login_client and own.login_secret):
        return None
    claims = tuple(
        (scheme, claim or scheme) for scheme, _, claim in (each.partition("=") for each in own.login_claims)
    )
    secret = own.login_secret.read_text("utf-8").strip()
    return Provider(
        own.login_issuer.rstrip("/"),
        own.login_client,
        secret,
        _titled(own.login_title),
        claims,
        " ".join(own.login_scopes),
    )


def title() -> Words | None:
    """How the sign-in page names it; None where there is none."""
    own = settings()
    is_there = own.login_issuer and own.login_client and own.login_secret
    return _titled(own.login_title) if is_there else None


def required() -> Provider:
    """The same, where there must be one.

    Raises:
        NoProvider: there is none.
    """
    found = provider()
    if found is None:
        raise NoProvider
    return found


def description(of: Provider, line: Line) -> dict[str, Any]:
    """What the provider says of itself; another's is not taken for it.

    Raises:
        ProviderSilent, TokenWrong: it does not answer, or it is another.
    """
    told = line.ask("GET", f"{of.issuer}/.well-known/openid-configuration")
    if str(told.get("issuer", "")).rstrip("/") != of.issuer:
        raise _wrong("another provider answers", "应答的不是登记的认证方")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        require_safe(str(told.get(name, "")))
    return told


def begin(of: Provider, line: Line, *, back: str) -> tuple[str, Begun]:
    """Where the person goes, and what is kept until they are back."""
    told = description(of, line)
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    asked = {
        "response_type": "code", "client_id": of.client, "redirect_uri": back, "scope": of.scopes,
        "state": begun.state, "nonce": begun.nonce, "code_challenge": _half_open(begun.verifier.encode(), 32),
        "code_challenge_method": "S256",
    }  # fmt: skip
    address = str(told["authorization_endpoint"])
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", begun


def finish(of: Provider, line: Line, begun: Begun, *, code: str, back: str, at: datetime) -> Person:
    """Change the code for who it was.

    Raises:
        ProviderSilent, ProviderRefused: it does not answer, or not so.
        TokenWrong: what it answers is not to be believed.
    """
    told = description(of, line)
    given = line.ask(
        "POST", str(told["token_endpoint"]), auth=(of.client, of.secret), headers={"accept": "application/json"},
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": begun.verifier},
    )  # fmt: skip
    token, access = str(given.get("id_token", "")), str(given.get("access_token", ""))
    keys = line.ask("GET", str(told["jwks_uri"]))
    claims = believed(token, keys, of, nonce=begun.nonce, access=access, at=at)
    more = _userinfo(told, line, access, claims["sub"])
    return Person(of.issuer, claims["sub"], {**more, **claims}, token)


def believed(
    token: str, keys: Mapping[str, Any], of: Provider, *, nonce: str, access: str, at: datetime
) -> dict[str, Any]:
    """The claims of an ID token: signed by one of these keys, by this provider, for this client, now, for this sign-in.

    Raises:
        TokenWrong: something of it is not so.
    """
    try:
        claims = jwt.decode(token, KeySet.import_key_set(_verifying(keys)), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(f"its signature ({type(error).__name__})", "签名不对") from None
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if str(claims.get("iss", "")).rstrip("/") != of.issuer:
        raise _wrong("its issuer", "签发方不对")
    if (
        of.client not in audiences
        or claims.get("azp", of.client) != of.client
        or (len(audiences) > 1 and "azp" not in claims)
    ):
        raise _wrong("its audience", "不是签发给本平台的")
    if not _is_number(claims.get("exp")) or at.timestamp() >= claims["exp"] + LEEWAY.total_seconds():
        raise _wrong("it is too old", "已过期")
    if not _is_number(claims.get("iat")) or claims["iat"] > at.timestamp() + LEEWAY.total_seconds():
        raise _wrong("its time", "签发时间不对")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _wrong("its nonce", "不是本次登录的凭据")
    if "at_hash" in claims and claims["at_hash"] != _half_open(access.encode(), 16):
        raise _wrong("its access token", "访问令牌不对应")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
        raise _wrong("its subject", "没有用户编号")
    return dict(claims)


def leave(of: Provider, line: Line, *, token: str, back: str) -> str:
    """Where one signs out there too; empty where the provider knows no such place."""
    place = str(description(of, line).get("end_session_endpoint", ""))
    if not place:
        return ""
    require_safe(place)
    return f"{place}?{urlencode({'id_token_hint': token, 'client_id': of.client, 'post_logout_redirect_uri': back})}"


def require_safe(address: str) -> None:
    """Refuse an address that is not encrypted; on this machine it need not be.

    Raises:
        ProviderSilent: it is none that is asked.
    """
    parts = urlsplit(address)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)):
        raise ProviderSilent(why="address")


def _titled(said: str) -> Words:
    zh, _, en = said.partition("|")
    return Words(zh=zh.strip(), en=en.strip())


def _userinfo(told: Mapping[str, Any], line: Line, access: str, subject: str) -> dict[str, Any]:
    """What it says of the same person when asked; nothing where it can't be asked."""
    place = str(told.get("userinfo_endpoint", ""))
    if not place or not access:
        return {}
    found = line.ask("GET", place, headers={"authorization": f"Bearer {access}"})
    if found.get("sub") != subject:
        raise _wrong("it tells of somebody else", "用户信息与登录的人不符")
    return found


def _verifying(keys: Mapping[str, Any]) -> Any:
    """Public keys alone: a secret one in a set would let a provider's reader sign as the provider."""
    kept = [
        each
        for each in keys.get("keys", [])
        if each.get("kty") in ("RSA", "EC") and each.get("use", "sig") == "sig"
    ]
    return {"keys": kept}


def _half_open(text: bytes, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()[:size]).decode().rstrip("=")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong(why: str, why_zh: str) -> TokenWrong:
    return TokenWrong(why=why, why_zh=why_zh)
