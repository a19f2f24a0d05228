"""Checking (核验) a credential or a code: genuine, in time, in force; by public keys and status lists alone.

No database and no network. What is refused is refused by an error that says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.credentials.errors import Expired, NotYet
from shuzhi.support.credentials.formats import cwt, pdf, sdjwt
from shuzhi.support.credentials.formats.coding import unreadable
from shuzhi.support.credentials.formats.keys import Keys
from shuzhi.support.credentials.formats.statuslist import Lists, require_valid
from shuzhi.support.credentials.types import Found

SKEW = timedelta(seconds=30)  # how far apart two clocks may be
LONGEST = 200_000


@dataclass(frozen=True)
class Trust:
    """What a verifier has: keys of issuers and the newest lists. `lists` None: state is not asked."""

    keys: Keys
    lists: Lists | None


def check(text: str, trust: Trust, *, at: datetime) -> Found:
    """Check a credential (JSON or compact), a stamp or a code.

    Raises:
        Unreadable, UnknownKey, NotGenuine, Expired, NotYet, StatusUnknown, Revoked, Suspended: as they say.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise unreadable("size", "内容过长")
    _, mark, coded = text.partition("#" + cwt.PREFIX)
    if mark or text.startswith(cwt.PREFIX):
        return _check_square(cwt.PREFIX + coded if mark else text, trust, at)
    claims, shown = sdjwt.read(sdjwt.parse(text), trust.keys)
    since, until = _within(claims.get("iat"), claims.get("exp"), at)
    lists = _status(claims.get("status"), trust, at)
    return Found(
        form="credential",
        issuer=str(claims["iss"]),
        kind=str(claims.get("vct", "")).rpartition("/")[2],
        title=_words(claims.get("titles")),
        number=str(claims.get("jti", "")),
        shows=shown,
        issued_at=since,
        until=until,
        status_at=lists,
    )


def check_sealed(content: bytes, trust: Trust, authorities: Sequence[bytes], *, at: datetime) -> Found:
    """Check a sealed PDF: as it was when a known authority's seal was set; then the machine's copy inside.

    Raises:
        Unreadable, NotGenuine, and what `check` raises.
    """
    inside = pdf.open_sealed(content, authorities, at=at)
    return replace(check(inside.decode("utf-8", "replace"), trust, at=at), form="pdf")


def _check_square(text: str, trust: Trust, at: datetime) -> Found:
    claims = cwt.read(text, trust.keys)
    since, until = _within(claims.get(cwt.NOT_BEFORE), claims.get(cwt.EXPIRES), at)
    issuer, form = str(claims[cwt.ISSUER]), claims.get("t")
    if form == "stamp":
        return _part(form, claims, trust, at, issuer=issuer, since=since)
    if (
        form != "code"
        or not isinstance(claims.get("w"), list)
        or not isinstance(claims.get(cwt.NONCE), bytes)
    ):
        raise unreadable("code", "不是本平台的码")
    parts = tuple(_part("credential", each, trust, at, issuer=issuer, since=since) for each in claims["w"])
    return Found(
        form="code", issuer=issuer, kind="", title=Words(zh="一码通", en="One code"), number="", shows={},
        issued_at=since, until=until, status_at=min((each.status_at for each in parts if each.status_at), default=None),
        nonce=claims[cwt.NONCE].hex(), parts=parts,
    )  # fmt: skip


def _part(
    form: str, claims: Any, trust: Trust, at: datetime, *, issuer: str, since: datetime | None
) -> Found:
    if not isinstance(claims, Mapping) or not isinstance(claims.get("f"), Mapping):
        raise unreadable("code", "不是本平台的码")
    _, until = _within(None, claims.get("e"), at)
    named = {"status_list": {"uri": f"{issuer}/credentials/status/{_at(claims, 0)}", "idx": _at(claims, 1)}}
    return Found(
        form=form,
        issuer=issuer,
        kind=str(claims.get("k", "")),
        title=_words(claims.get("z")),
        number=str(claims.get("n", "")),
        shows=dict(claims["f"]),
        issued_at=since,
        until=until,
        status_at=_status(named, trust, at),
    )


def _at(claims: Mapping[str, Any], index: int) -> int:
    told = claims.get("s")
    if not isinstance(told, (list, tuple)) or len(told) != 2 or not all(type(each) is int for each in told):  # noqa: PLR2004
        raise unreadable("status", "缺少状态")
    return int(told[index])


def _status(named: Any, trust: Trust, at: datetime) -> datetime | None:
    if trust.lists is None:
        return None
    return require_valid(named, trust.lists, at=at, leeway=SKEW).made_at


def _within(since: Any, until: Any, at: datetime) -> tuple[datetime | None, datetime | None]:
    first, last = _moment(since), _moment(until)
    if first is not None and at < first - SKEW:
        raise NotYet(since=first.isoformat())
    if last is not None and at > last + SKEW:
        raise Expired(until=last.isoformat())
    return first, last


def _moment(seconds: Any) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds if type(seconds) is int else None, UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        raise unreadable("time", "时间有误") from None


def _words(told: Any) -> Words:
    if isinstance(told, str):
        return Words(zh=told, en="")
    if isinstance(told, Mapping):
        return Words(zh=str(told.get("zh", "")), en=str(told.get("en", "")))
    return Words(zh="", en="")
