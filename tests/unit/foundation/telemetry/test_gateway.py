"""The gateway process is watched like the web process."""

from __future__ import annotations

import asyncio

import httpx
import pytest


def ask(path: str, **headers: str) -> httpx.Response:
    from shuzhi.node.gateway import application

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(call())


@pytest.mark.usefixtures("postgres_home")
class TestGateway:
    def test_lives_and_is_ready(self):
        assert ask("/healthz").text == "ok\n"
        assert ask("/readyz").json() == {"ready": True, "checks": {"database": "ok"}}

    def test_returns_the_callers_id_and_makes_one_for_a_bad_one(self):
        assert (
            ask("/healthz", **{"X-Request-ID": "caller-12345678"}).headers["x-request-id"]
            == "caller-12345678"
        )
        assert ask("/healthz", **{"X-Request-ID": "two words"}).headers["x-request-id"] != "two words"

    def test_counts_by_route_and_never_by_path(self):
        ask("/firms/91330106MA2XXXXXXX")
        text = ask("/metrics").text
        assert 'process="gateway",route="unrouted",status="404"' in text
        assert "91330106" not in text
