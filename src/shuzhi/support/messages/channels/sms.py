"""SMS by a gateway over HTTP: signed requests, limits that it tells, receipts that it sends later."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from shuzhi.foundation.clock import now
from shuzhi.foundation.secrets import secret
from shuzhi.support.messages.channels.signatures import sign
from shuzhi.support.messages.types import Outcome, Parcel, State

SECRET = "sms-gateway"  # noqa: S105 - the name of the file
SECONDS = 5.0
LIMITED, REFUSED, BROKEN = 429, 400, 500


def secret_of(home: Path) -> str:
    """What this node and the gateway share."""
    return secret(home, SECRET)


class SmsDriver:
    """Speaks to one gateway: POST {url}/messages."""

    def __init__(self, url: str, shared: str) -> None:
        """`shared` signs requests."""
        self._url, self._secret = url.rstrip("/"), shared
        self._client: httpx.Client | None = None

    def __call__(self, parcel: Parcel) -> Outcome:
        """Hand a message to the gateway; the same id again is the same message to it."""
        told = {"id": f"shuzhi-{parcel.delivery}", "to": parcel.address, "text": parcel.text}
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = sign(self._secret, body, now()) | {"Content-Type": "application/json"}
        try:
            answer = self._opened().post(f"{self._url}/messages", content=body, headers=headers)
        except httpx.HTTPError as error:
            return Outcome(parcel.delivery, State.FAILED, problem=type(error).__name__, lane_down=True)
        if answer.status_code == LIMITED:
            said = answer.headers.get("Retry-After", "1")
            wait = min(float(said), 60.0) if said.replace(".", "", 1).isdecimal() else 1.0
            return Outcome(parcel.delivery, State.FAILED, problem="429", lane_down=True, wait=wait)
        if answer.status_code >= BROKEN:
            return Outcome(parcel.delivery, State.FAILED, problem=str(answer.status_code), lane_down=True)
        if answer.status_code >= REFUSED:
            problem = f"{answer.status_code} {answer.text[:100]}"
            return Outcome(parcel.delivery, State.FAILED, "refused", problem, final=True)
        return Outcome(parcel.delivery, State.SENT, told["id"])

    def close(self) -> None:
        """End the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _opened(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=SECONDS, trust_env=False)
        return self._client
