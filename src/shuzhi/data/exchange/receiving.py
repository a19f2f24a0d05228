"""Receiving pushed events (接收推送): what a subscriber's own system would import, free of Django.

push = read_push(headers, body, path="/hooks/firms", secret=SECRET, at=now)
for event in inlet.take(push):
    store(event)
answer 204, and only after the events are kept: whatever is not answered so comes again
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuzhi.data.exchange import signing
from shuzhi.foundation.errors import PlatformError

WINDOW_SECONDS = 300


class PushRefused(PlatformError):
    """This is no push of the platform's: {reason}. Answer 401 and keep nothing."""

    code = "exchange.push_refused"
    http_status = 401
    zh = "不是平台的推送：{reason_zh}。应答 401，不要保存。"


class EventsMissing(PlatformError):
    """Events {first} to {last} did not come; ask for them with after={after}."""

    code = "exchange.events_missing"
    http_status = 409
    zh = "缺第 {first} 至 {last} 条变更；请以 after={after} 查询补齐。"


@dataclass(frozen=True)
class PushedEvent:
    """One event: `kind` is created, changed or deleted; `data` is null for one that is deleted."""

    seq: int
    kind: str
    entity: str
    at: datetime
    changed: tuple[str, ...]
    data: Mapping[str, Any] | None


@dataclass(frozen=True)
class PushedEvents:
    """A push whose signature was right."""

    interface: str
    version: int
    subscription: int
    events: tuple[PushedEvent, ...]


def read_push(
    headers: Mapping[str, str], body: bytes, *, path: str, secret: str, at: datetime, query: str = ""
) -> PushedEvents:
    """A push, after its signature was checked; `path` and `query` are those of the request as it came.

    Raises:
        PushRefused: it is unsigned, wrongly signed, or older than five minutes.
    """
    given = {name.lower(): value for name, value in headers.items()}
    algorithm, _, signature = given.get(signing.SIGNATURE, "").partition(" ")
    stamp = given.get(signing.TIMESTAMP, "")
    if algorithm not in signing.ALGORITHMS or not (stamp.isascii() and stamp.isdigit()):
        raise PushRefused(reason="it is not signed", reason_zh="没有签名")
    message = signing.canonical_request(
        method=signing.PUSH,
        path=path,
        query=query,
        body=body,
        timestamp=int(stamp),
        nonce=given.get(signing.NONCE, ""),
    )
    if not signing.is_signed_by(secret.encode(), algorithm=algorithm, message=message, given=signature):
        raise PushRefused(reason="its signature is wrong", reason_zh="签名不符")
    if abs(at.timestamp() - int(stamp)) > WINDOW_SECONDS:
        raise PushRefused(reason="it is too old or too new", reason_zh="时间戳不在五分钟内")
    content = json.loads(body)
    events = tuple(_event(one) for one in content["events"])
    return PushedEvents(content["interface"], content["version"], content["subscription"], events)


class Inlet:
    """Tells what is new from what came before, and what is missing, by the numbers alone."""

    def __init__(self, last: int = 0) -> None:
        """`last` is the number of the last event that was kept."""
        self.last = last

    def take(self, push: PushedEvents) -> list[PushedEvent]:
        """The events that did not come before, in their order.

        Raises:
            EventsMissing: between the last one kept and the first of these some are missing.
        """
        fresh = [event for event in push.events if event.seq > self.last]
        for event in fresh:
            if event.seq != self.last + 1:
                raise EventsMissing(first=self.last + 1, last=event.seq - 1, after=self.last)
            self.last = event.seq
        return fresh


def _event(told: Mapping[str, Any]) -> PushedEvent:
    return PushedEvent(
        seq=told["seq"],
        kind=told["kind"],
        entity=told["entity"],
        at=datetime.fromisoformat(told["at"]),
        changed=tuple(told["changed"]),
        data=told["data"],
    )
