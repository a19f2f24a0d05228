"""Calling a gateway at a real database: inside the test, and as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.unit.data.exchange import world as worlds

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway.claims.claim import Claims
from shuzhi.data.exchange.gateway.claims.kept import KeptClaims
from shuzhi.data.exchange.gateway.claims.memory import Memory
from shuzhi.data.exchange.gateway.claims.rows import RowClaims
from shuzhi.data.exchange.gateway.desk import AuditMode
from shuzhi.data.exchange.gateway.handler import Gateway, build_gateway
from shuzhi.data.exchange.types import Credential
from shuzhi.data.exchange.work.places import FileBody
from shuzhi.foundation.database.roles import password, role_name
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings


def gateway_url() -> str:
    """The test database, as the gateway's own role."""
    facts = connection.get_connection_params()
    return make_conninfo(
        host=facts["host"],
        port=facts["port"],
        dbname=facts["dbname"],
        user=role_name("gateway"),
        password=password(settings().home, "gateway"),
    )


@dataclass
class Clock:
    """The gateway's time, set by the test."""

    at: datetime = worlds.AT

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Asked:
    """One signed call, with what a test spoils in it."""

    credential: Credential
    parameters: dict[str, str]
    interface: str = "firm-by-uscc"
    at: datetime = worlds.AT
    algorithm: str = signing.SM3
    nonce: str | None = None
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    sent_parameters: dict[str, str] | None = None

    def parts(self) -> tuple[str, str, dict[str, str], bytes]:
        path = f"/v1/interfaces/{self.interface}"
        query = signing.encode_pairs(self.parameters.items()) if self.method == "GET" else ""
        body = b"" if self.method == "GET" else json.dumps(self.parameters).encode()
        signed = signing.signed_headers(
            key_id=self.credential.key_id,
            secret=self.credential.secret,
            method=self.method,
            path=path,
            query=query,
            body=body,
            at=self.at,
            nonce=self.nonce,
            algorithm=self.algorithm,
        )
        if self.sent_parameters is not None:
            query = signing.encode_pairs(self.sent_parameters.items())
        return self.method, f"{path}?{query}" if query else path, dict(signed) | self.headers, body


@dataclass(frozen=True)
class Reply:
    status: int
    content: dict[str, Any]
    file: FileBody | None = None

    @property
    def rule(self) -> str | None:
        return self.content.get("rule")


def _read(body: bytes | FileBody) -> tuple[dict[str, Any], FileBody | None]:
    return ({}, body) if isinstance(body, FileBody) else (json.loads(body), None)


@dataclass
class Counter:
    """Sends calls to a gateway inside the test, each run with a gateway that opens and closes."""

    clock: Clock
    made: Callable[[], Gateway]

    def send(self, *asked: Asked | tuple[str, str, dict[str, str], bytes]) -> list[Reply]:
        return asyncio.run(self._send(asked))

    def one(self, credential: Credential, uscc: str = worlds.USCC, **changes: Any) -> Reply:
        return self.send(Asked(credential, {"uscc": uscc}, at=self.clock.at, **changes))[0]

    async def _send(self, asked) -> list[Reply]:
        gateway = self.made()
        await gateway.desk.open()
        try:
            parts = [one.parts() if isinstance(one, Asked) else one for one in asked]
            answers = await asyncio.gather(*(gateway.handle(*part) for part in parts))
        finally:
            await gateway.desk.close()
        return [Reply(status, *_read(body)) for status, _, body in answers]


@dataclass
class Process:
    """A gateway process."""

    process: subprocess.Popen[bytes]
    url: str


def start_process(port: int, **more: str) -> Process:
    environment = (
        os.environ
        | more
        | {
            "SHUZHI_DATABASE_URL": gateway_url(),
            "SHUZHI_HOME": str(settings().home),
            "SHUZHI_GATEWAY_PORT": str(port),
            "PYTHONPATH": str(worlds.REPOSITORY / "src"),
        }
    )
    # As the supervisor starts it, so that a killed server leaves no worker behind.
    command = [sys.executable, "-c", "from shuzhi.node.serving import serve; serve('gateway')"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    _wait_until_ready(url, process)
    return Process(process, url)


def rows() -> Claims:
    """Claims in rows, beside whoever else claims."""
    return RowClaims()


def kept(memory: Memory | None = None) -> Callable[[], Claims]:
    """Claims in one memory, as the processes of one gateway share it."""
    shared = memory or Memory()
    return lambda: KeptClaims(shared)


def counter_at(
    clock: Clock, mode: AuditMode = AuditMode.DURABLE, claims: Callable[[], Claims] = rows
) -> Counter:
    def made() -> Gateway:
        return build_gateway(
            url=gateway_url(),
            node_secret=secret(settings().home, "exchange"),
            masking_key=b"m" * 32,
            clock=clock,
            mode=mode,
            claims=claims(),
        )

    return Counter(clock, made)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the gateway ended at once"
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the gateway did not become ready")
