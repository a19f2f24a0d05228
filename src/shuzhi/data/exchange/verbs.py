"""What scenarios do with interfaces: publish, ask for, collect the key, and call through the gateway's own handler."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.exchange import queries, services, signing
from shuzhi.data.exchange.errors import NotGranted
from shuzhi.data.exchange.gateway.handler import build_gateway
from shuzhi.data.exchange.intersection.playing import Line, common_keys
from shuzhi.data.exchange.intersection.protocol import Reveal
from shuzhi.data.exchange.types import Credential, Subscription
from shuzhi.foundation import database
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfInterface(BaseModel):
    """An interface."""

    model_config = ConfigDict(extra="forbid")

    interface: str


class Asking(OfInterface):
    """What the step's actor asks for, for the office it is in."""

    purpose: str
    basis: str
    days: int = Field(default=365, ge=1)
    daily_quota: int = Field(default=1000, ge=1)
    fields: tuple[str, ...] = ()


class OfSubscription(BaseModel):
    """A subscription by its number."""

    model_config = ConfigDict(extra="forbid")

    subscription: int


class Call(OfInterface):
    """A call with the key that the last `collect key` gave, or with a wrong one; so many `times`."""

    given: dict[str, str] = Field(default_factory=dict)
    key: bool = True
    times: int = Field(default=1, ge=1, le=1_000)


class Comparing(OfInterface):
    """One's own keys, and whether to learn which are in common or only how many."""

    keys: list[str] = Field(min_length=1, max_length=10_000)
    reveal: Reveal = Reveal.MEMBERS


class Revoking(OfSubscription):
    """A subscription that ends, and why."""

    reason: str


def publish(said: OfInterface, stage: Stage) -> dict[str, Any]:
    """Publish an interface, and put its register's values before the gateway."""
    found = services.publish_interface(interface=said.interface, by=stage.by, at=stage.at)
    register = found.declaration.register_
    if register:
        services.refresh_interfaces(register=register, by=stage.by, at=stage.at)
    return {"id": found.id, "status": found.status}


def ask(said: Asking, stage: Stage) -> dict[str, Any]:
    """Ask for an interface; owner and bureau decide on the dossier."""
    today = day_of(stage.at)
    asked = services.request_subscription(
        interface=said.interface,
        office=stage.by.office or "",
        purpose=said.purpose,
        basis=said.basis,
        since=today,
        until=today + timedelta(days=said.days),
        daily_quota=said.daily_quota,
        fields=said.fields,
        by=stage.by,
        at=stage.at,
    )
    return _told(asked)


def look(said: OfSubscription, stage: Stage) -> dict[str, Any]:
    """A subscription as it stands."""
    del stage
    return _told(queries.subscription(said.subscription))


def collect_key(said: OfSubscription, stage: Stage) -> Credential:
    """Collect the key of an approved subscription."""
    return services.grant(subscription=said.subscription, by=stage.by, at=stage.at)


def call(said: Call, stage: Stage) -> dict[str, Any]:
    """Call an interface with a signed request; `status` is HTTP's, `body` the answer."""
    held = stage.latest("collect key")
    secret_ = held.secret if held is not None and said.key else "0" * 64
    key = held.key_id if held is not None else "none"
    status, content = asyncio.run(_through_gateway(said, key, secret_, stage))
    return {"status": status, "body": json.loads(content) if content else None}


def intersect(said: Comparing, stage: Stage) -> dict[str, Any]:
    """Find the keys that both offices hold, neither seeing the other's rest; only blinded ones pass the gateway."""
    held = stage.latest("collect key")
    if held is None:
        raise NotGranted(subscription="—", status="—", status_zh="—")
    line = Line(held, lambda *asked: _handled(stage, *asked))
    begun = stage.write("question.psi", b"")
    begun.unlink()
    found = common_keys(
        interface=said.interface, keys=said.keys, reveal=said.reveal, line=line, begun=begun, at=stage.at
    )
    return {"asked": found.asked, "count": found.count, "members": sorted(found.members)}


def revoke(said: Revoking, stage: Stage) -> dict[str, Any]:
    """End a subscription at once."""
    services.revoke_subscription(subscription=said.subscription, by=stage.by, at=stage.at, reason=said.reason)
    return _told(queries.subscription(said.subscription))


async def _handled(
    stage: Stage, method: str, target: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], Any]:
    gateway = _gateway(stage)
    await gateway.desk.open()
    try:
        status, answered, content = await gateway.handle(method, target, headers, body, None)
    finally:
        await gateway.desk.close()
    return status, dict(answered), content


def _gateway(stage: Stage) -> Any:
    return build_gateway(
        url=database.database_url("gateway"),
        node_secret=secret(settings().home, "exchange"),
        masking_key=secret(settings().home, "masking").encode(),
        clock=lambda: stage.at,
    )


async def _through_gateway(said: Call, key: str, word: str, stage: Stage) -> tuple[int, bytes]:
    gateway = _gateway(stage)
    path, query = f"/v1/interfaces/{said.interface}", signing.encode_pairs(said.given.items())
    target = f"{path}?{query}" if query else path
    await gateway.desk.open()
    try:
        for _ in range(said.times):
            headers = signing.signed_headers(
                key_id=key, secret=word, method="GET", path=path, query=query, at=stage.at
            )
            status, _, content = await gateway.handle("GET", target, dict(headers), b"", None)
    finally:
        await gateway.desk.close()
    # A file that was made in the background comes as a place on the disk: a scenario asks for none.
    return status, content if isinstance(content, bytes) else b""


def _told(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "interface": subscription.interface,
        "office": subscription.office,
        "status": subscription.status,
        "dossier": subscription.dossier,
        "reason": subscription.reason,
    }


NAMES = {"interface": "interfaces"}
VERBS = (
    Verb(
        "publish interface",
        Words(zh="发布接口", en="publish an interface"),
        OfInterface,
        publish,
        names=NAMES,
    ),
    Verb("request subscription", Words(zh="申请共享", en="ask for an interface"), Asking, ask, names=NAMES),
    Verb("collect key", Words(zh="领取密钥", en="collect the key"), OfSubscription, collect_key),
    Verb("call interface", Words(zh="调用接口", en="call an interface"), Call, call, names=NAMES),
    Verb("intersect keys", Words(zh="隐私求交", en="find common keys"), Comparing, intersect, names=NAMES),
    Verb("revoke subscription", Words(zh="撤销授权", en="revoke a subscription"), Revoking, revoke),
    Verb("subscription", Words(zh="查看授权", en="look at a subscription"), OfSubscription, look, looks=True),
)
