"""Messages to followers (变更通知): who follows a data set is told when it changes, and may stop that without signing in."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import models
from shuzhi.data.opendata.changes import TITLES, Kind
from shuzhi.data.opendata.requests.errors import LinkNotValid
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.messages import services as messages
from shuzhi.support.messages.errors import NoSuchTemplate, Unreachable

TEMPLATE, SECRET, MARK = "open-data-changed", "unfollow", 16
DESK = Actor(name="system/opendata", title="平台", roles=system("opendata").roles | {Role.DATA_OFFICER})


def on_opened(payload: Mapping[str, Any], at: datetime) -> None:
    """A release was made: its followers are told."""
    tell_followers(release=payload["release"], kind=Kind.RELEASED, at=at)


def on_withdrawn(payload: Mapping[str, Any], at: datetime) -> None:
    """A release was withdrawn: its followers are told."""
    tell_followers(release=payload["release"], kind=Kind.WITHDRAWN, at=at)


def tell_followers(*, release: str, kind: Kind, at: datetime) -> int:
    """Send everybody who follows the data set what happened, once; how many were reached.

    On a node whose packs have no such template nobody is told: what changed stands on the page of what they follow.
    """
    row = models.Release.objects.get(id=release)
    title = catalog.titles([row.dataset]).get(row.dataset, Words(zh=row.dataset, en=row.dataset))
    facts = {"n": row.number, "rows": f"{row.rows:,}"}
    says = Words(zh=TITLES[kind].zh.format(**facts), en=TITLES[kind].en.format(**facts))
    told = 0
    followers = models.Following.objects.filter(dataset=row.dataset).order_by("id")
    for number, account in followers.values_list("id", "account"):
        said = {
            "title": title, "says": says, "page": address(f"/data/{row.dataset}/"),
            "stop": address(f"/data/unfollow/{link_of(number)}/"),
        }  # fmt: skip
        key = f"{release}:{kind}:{account}"[:200]
        with contextlib.suppress(Unreachable):
            try:
                messages.send(template=TEMPLATE, to=account, facts=said, by=DESK, at=at, key=key)
            except NoSuchTemplate:
                return 0
            told += 1
    return told


def address(path: str) -> str:
    """A page's whole address, as far as the node knows where the public reaches it (`public_url`)."""
    return (settings().public_url or "").rstrip("/") + path


def link_of(following: int) -> str:
    """What an unsubscribing link ends with: a number that says nothing, and a mark that only this node can make."""
    said = str(following).encode()
    return base64.urlsafe_b64encode(_mark(said) + said).rstrip(b"=").decode()


def stopped_by(link: str) -> str:
    """The data set that such a link is about; empty where it is followed no more.

    Raises:
        LinkNotValid: this node did not make it.
    """
    return models.Following.objects.filter(id=_read(link)).values_list("dataset", flat=True).first() or ""


def stop(link: str) -> None:
    """Follow a data set no longer, by a link; a second time changes nothing.

    Raises:
        LinkNotValid: this node did not make it.
    """
    models.Following.objects.filter(id=_read(link)).delete()


def _read(link: str) -> int:
    try:
        content = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise LinkNotValid from None
    mark, said = content[:MARK], content[MARK:]
    if not said or not hmac.compare_digest(mark, _mark(said)):
        raise LinkNotValid
    return int(said)


def _mark(said: bytes) -> bytes:
    return hmac.new(secret(settings().home, SECRET).encode(), said, hashlib.sha256).digest()[:MARK]
