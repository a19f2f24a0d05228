"""Messaging: mails sent, their status, callbacks. The suite's key is one that nobody was given: the network is trusted."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.suites.govstack.asking import TEXT, Scenario, Service, fits, holds, obj

SINGLE, BATCH, STATUS, CALLBACK = (
    "/send/email/single",
    "/send/email/batch",
    "/status/email",
    "/callback/email",
)
MAIL: dict[str, Any] = {
    "callback": {"URI": "https://example.com/callback/emails/requestUid"},
    "senderInfo": {"organisationName": "Example Medical Insitution", "organisationRegNr": "GOV1234567890", "onBehalfOfName": "Example Medical Insitution", "onBehalfOfRegNr": "GOV1234567890", "email": "sender@example.com", "replyTo": "reply-to@example.com", "name": "Example Doctor"},
    "recipientInfo": {"email": "customer@example.com", "emailCC": "customer-cc@example.com", "emailBCC": "customer-bcc@example.com", "name": "Example Customer"},
    "emailContent": {"encoding": "UTF-8", "title": "Example Title Of An Email", "content": "Example Customer"},
}  # fmt: skip
PEOPLE = [{"recipientInfo": MAIL["recipientInfo"]}, {"recipientInfo": {"email": "dear-customer@example.com", "name": "Unknown Customer"}}]  # fmt: skip
MAILS = MAIL | {
    "recipientInfo": {"batchEmailAsBase64": base64.b64encode(json.dumps(PEOPLE).encode()).decode()}
}
STATES = ("scheduled", "processing", "deferred", "bounced", "notSent", "delivered")
OLDER = ("scheduled", "processing", "deferred", "bounced", "not_sent", "delivered")
CONTENT = {"meta": "Meta-info", "content": "Q2xpZW50LXNwZWNpZmljIGNvbnRlbnQsIG1vc3QgbGlrZWx5IEpTT04="}


def scenarios(key: str = "abcdef12345") -> Iterator[Scenario]:
    """The suite's scenarios."""
    accepting = obj("requestUid", response=TEXT, requestUid=TEXT)

    def headed(**more: str) -> dict[str, str]:
        return {"apiKey": key, "Accept": "application/json", **more}

    def send(path: str, body: Any) -> Any:
        return lambda ask: fits(ask("POST", path, 200, body, headers=headed()), accepting)

    def not_allowed(method: str, path: str, body: Any, only: str, **headers: str) -> Any:
        def steps(ask: Service) -> None:
            ask(method, path, 405, body, headers=headed(**headers))
            holds(only in ask.last.headers["allow"])

        return steps

    def refused(method: str, path: str, body: Any, headers: Any, **more: Any) -> Any:
        return lambda ask: ask(method, path, 405, body, headers=headers, **more)

    for path, body in ((SINGLE, MAIL), (BATCH, MAILS)):
        yield f"{path}: sent", send(path, body)
        for method in ("GET", "DELETE", "PUT"):
            yield f"{path}: {method}", not_allowed(method, path, body, "POST")
    yield "single: no key", refused("POST", SINGLE, MAIL, {})
    yield "single: no body", refused("POST", SINGLE, None, headed())
    yield "single: neither", refused("POST", SINGLE, None, {})

    def uid(ask: Service, path: str = SINGLE) -> str:
        return str(ask("POST", path, 200, MAIL if path == SINGLE else MAILS, headers=headed())["requestUid"])

    def status(path: str, names: tuple[str, ...], field: str = "status") -> Any:
        def steps(ask: Service) -> None:
            told = ask(
                "GET", STATUS, 200, headers=headed(requestUid=uid(ask, path)), params={field: list(names)}
            )
            holds(set(told) == set(names))
            holds(all(isinstance(each, int) for each in told.values()))

        return steps

    yield "status of one", status(SINGLE, STATES)
    yield "status of many", status(BATCH, OLDER, "status[]")
    for names in (("scheduled",), ("processing", "deferred", "bounced"), ("notSent", "delivered")):
        yield f"status: {names}", status(SINGLE, names)

    def with_uid(what: Any) -> Any:
        return lambda ask: what(uid(ask))(ask)

    for method in ("POST", "PUT"):
        for path in (SINGLE, BATCH):
            yield f"status of {path}: {method}", with_uid(lambda number, m=method: not_allowed(m, STATUS, None, "GET", requestUid=number))  # fmt: skip
    yield "status: no key", with_uid(lambda number: refused("GET", STATUS, None, {"requestUid": number}, params={"status": list(STATES)}))  # fmt: skip
    yield "status: of no request", refused("GET", STATUS, None, headed(), params={"status": list(STATES)})
    yield "status: nothing asked for", with_uid(lambda number: refused("GET", STATUS, None, headed(requestUid=number)))  # fmt: skip
    yield "status: nothing at all", refused("GET", STATUS, None, {})

    def callback(path: str, content: str) -> Any:
        def steps(ask: Service) -> None:
            ask(
                "POST",
                CALLBACK,
                200,
                CONTENT | {"content": content},
                headers=headed(requestUid=uid(ask, path)),
            )

        return steps

    yield "callback of one", callback(SINGLE, CONTENT["content"])
    yield "callback of many", callback(BATCH, CONTENT["content"])
    for content in ("ewogICJyIjogMQp9", "ewogICJyIjogMgp9"):
        yield f"callback: {content}", callback(SINGLE, content)
    for method in ("GET", "PUT"):
        yield f"callback: {method}", with_uid(lambda number, m=method: not_allowed(m, CALLBACK, CONTENT, "POST", requestUid=number))  # fmt: skip
    yield (
        "callback: no key",
        with_uid(lambda number: refused("POST", CALLBACK, CONTENT, {"requestUid": number})),
    )
    yield "callback: of no request", refused("POST", CALLBACK, CONTENT, headed())
    yield "callback: nothing in it", with_uid(lambda number: refused("POST", CALLBACK, None, headed(requestUid=number)))  # fmt: skip
