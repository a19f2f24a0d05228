"""An office that owns no register asks for interfaces, gets them from owner and bureau, and calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from shuzhi.data.exchange import client, queries, services, signing
from shuzhi.data.exchange.gateway.handler import build_gateway
from shuzhi.data.exchange.types import InterfaceStatus, Subscription, SubscriptionStatus
from shuzhi.data.registers import queries as registers
from shuzhi.demo.types import Run
from shuzhi.foundation import clock, database
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import Role
from shuzhi.support.workflow import services as workflow

ASKING = "housing-fund"
ASKED = ("firm-by-uscc", "firm-exists", "firm-counts")
PURPOSE = "住房公积金单位开户：核验单位登记信息"
BASIS = "住房公积金管理条例 第十三条"
REGISTER = "legal-entity"
# One request stays with the owner, so that an approver finds something to decide.
WAITING = (
    "human-resources",
    "firm-by-uscc",
    "社会保险登记：核对用人单位信息",
    "中华人民共和国社会保险法 第五十七条",
)

Call = tuple[str, dict[str, str]]


def share(run: Run) -> dict[str, Any]:
    """Publish the interfaces, request and approve, then call them through the gateway's own handler."""
    for interface in queries.interfaces(status=InterfaceStatus.PROPOSED):
        services.publish_interface(interface=interface.id, by=run.speakers.bureau(), at=run.at)
    for register in {one.declaration.register_ for one in queries.interfaces()}:
        services.refresh_interfaces(register=register, by=run.speakers.bureau(), at=run.at)
    offered = {one.id: one.declaration.owner for one in queries.interfaces()}
    credentials = {name: _credential(run, name, offered[name]) for name in ASKED if name in offered}
    _ask_and_wait(run)
    answers = _call(credentials)
    granted = [one for one in queries.subscriptions() if one.status is SubscriptionStatus.GRANTED]
    return {
        "interfaces": len(queries.interfaces(status=InterfaceStatus.PUBLISHED)),
        "subscriptions": len(queries.subscriptions()),
        "granted": len(granted),
        "calls": answers,
    }


def _credential(run: Run, interface: str, owner: str) -> client.StoredCredential:
    file = settings().home / "demo" / f"{ASKING}-{interface}.json"
    if file.is_file():
        return client.StoredCredential.read(file)
    subscription = _granted(run, interface, owner)
    officer = run.speakers.of(ASKING, Role.DATA_OFFICER)
    issued = services.renew_credential(subscription=subscription.id, by=officer, at=run.at)
    gateway = f"http://{settings().gateway_host}:{settings().gateway_port}"
    stored = client.StoredCredential(key_id=issued.key_id, secret=issued.secret, gateway=gateway)
    stored.write(file)
    return stored


def _granted(run: Run, interface: str, owner: str) -> Subscription:
    for found in queries.subscriptions(interface=interface, office=ASKING):
        if found.status is SubscriptionStatus.GRANTED:
            return found
    asked = _request(run, ASKING, interface, PURPOSE, BASIS)
    assert asked.dossier is not None  # only sandboxes have none
    approver, bureau = run.speakers.of(owner, Role.APPROVER), run.speakers.bureau()
    workflow.act(dossier=asked.dossier, action="owner-approve", by=approver, at=run.at)
    workflow.act(dossier=asked.dossier, action="bureau-approve", by=bureau, at=run.at)
    outbox.deliver_waiting(at=run.at)
    return queries.subscription(asked.id)


def _ask_and_wait(run: Run) -> None:
    office, interface, purpose, basis = WAITING
    if not queries.subscriptions(interface=interface, office=office):
        _request(run, office, interface, purpose, basis)


def _request(run: Run, office: str, interface: str, purpose: str, basis: str) -> Subscription:
    today = day_of(run.at)
    offered = queries.interface(interface).declaration
    return services.request_subscription(
        interface=interface,
        office=office,
        purpose=purpose,
        basis=basis,
        since=today,
        until=today + timedelta(days=365),
        daily_quota=min(1000, offered.daily_quota),
        by=run.speakers.of(office, Role.DATA_OFFICER),
        at=run.at,
    )


def _call(credentials: dict[str, client.StoredCredential]) -> dict[str, Any]:
    firm = registers.search(REGISTER, page=1, size=1).records
    if not firm:
        return {}
    uscc, name = str(firm[0].values["uscc"]), firm[0].label
    wrong = uscc[:-1] + ("0" if uscc[-1] != "0" else "1")
    calls: Sequence[Call] = (
        ("firm-by-uscc", {"uscc": uscc}),
        ("firm-by-uscc", {"uscc": wrong}),
        ("firm-exists", {"uscc": uscc, "name": name}),
        ("firm-exists", {"uscc": uscc, "name": "并不存在的企业"}),
        ("firm-counts", {}),
    )
    answered = asyncio.run(_through_gateway(credentials, calls))
    statuses = [status for status, _ in answered]
    return {
        "made": len(answered),
        "answered": statuses.count(HTTPStatus.OK),
        "refused": sum(status >= HTTPStatus.BAD_REQUEST for status in statuses),
        "statuses": statuses,
    }


async def _through_gateway(
    credentials: dict[str, client.StoredCredential], calls: Sequence[Call]
) -> list[tuple[int, bytes]]:
    gateway = build_gateway(
        url=database.database_url("gateway"),
        node_secret=secret(settings().home, "exchange"),
        masking_key=secret(settings().home, "masking").encode(),
        clock=clock.now,
    )
    await gateway.desk.open()
    try:
        return [await _one(gateway, credentials[interface], interface, given) for interface, given in calls]
    finally:
        await gateway.desk.close()


async def _one(
    gateway: Any, credential: client.StoredCredential, interface: str, given: dict[str, str]
) -> tuple[int, bytes]:
    path, query = f"/v1/interfaces/{interface}", signing.encode_pairs(given.items())
    headers = signing.signed_headers(
        key_id=credential.key_id,
        secret=credential.secret,
        method="GET",
        path=path,
        query=query,
        at=clock.now(),
    )
    status, _, content = await gateway.handle(
        "GET", f"{path}?{query}" if query else path, dict(headers), b"", None
    )
    return status, content
