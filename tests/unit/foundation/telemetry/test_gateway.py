"""The gateway process is watched like the web process."""

from __future__ import annotations

import asyncio

import httpx
import pytest


@pytest.fixture(scope="module")
def ask(postgres_home):
    """Asks the gateway's application, open as in its process, on one event loop."""
    from shuzhi.node.gateway import application, gateway

    async def call(path, headers):
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.get(path, headers=headers)

    with asyncio.Runner() as runner:
        runner.run(gateway.desk.open())
        yield lambda path, **headers: runner.run(call(path, headers))
        runner.run(gateway.desk.close())


class TestGateway:
    def test_lives_and_is_ready(self, ask):
        assert ask("/healthz").text == "ok\n"
        assert ask("/readyz").json() == {"ready": True, "checks": {"database": "ok"}}

    def test_returns_the_callers_id_and_makes_one_for_a_bad_one(self, ask):
        known = ask("/healthz", **{"X-Request-ID": "caller-12345678"})
        assert known.headers["x-request-id"] == "caller-12345678"
        bad = ask("/healthz", **{"X-Request-ID": "two words"})
        assert bad.headers["x-request-id"] != "two words"

    def test_counts_by_route_and_never_by_path(self, ask):
        ask("/healthz?firm=91330106MA2XXXXXXX")
        text = ask("/metrics").text
        assert 'process="gateway",route="healthz",status="200"' in text
        assert "91330106" not in text
