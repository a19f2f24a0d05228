"""The gateway as processes of their own, called by the Python client and by hand."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import psutil
import pytest
from tests.unit.data.exchange.world import FIRM, OWNER, USCC

from shuzhi.data.exchange import services, signing
from shuzhi.data.exchange.client import CallRefused, ExchangeClient, GatewayUnreachable, StoredCredential
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import audit


def stored(credential, url: str) -> StoredCredential:
    return StoredCredential(credential.key_id, credential.secret, url)


def rule_of(client: ExchangeClient) -> str:
    try:
        client.call("firm-by-uscc", uscc=USCC)
    except CallRefused as refused:
        return str(refused.facts["rule"])
    return "answered"


def call_until_it_fails(client: ExchangeClient, answered: list[str]) -> None:
    while True:
        answered.append(client.call("firm-by-uscc", uscc=USCC)["request_id"])


def two_gateways(start):
    """Two that know nothing of each other, as on two machines."""
    return [start(SHUZHI_GATEWAY_CLAIMS="database") for _ in range(2)]


def test_two_processes_answer_refuse_and_forget_at_once(world, start_gateway):
    first, second = two_gateways(start_gateway)
    one = ExchangeClient(stored(world.record, first.url))
    two = ExchangeClient(stored(world.record, second.url), algorithm=signing.SHA256)
    with one, two:
        assert one.call("firm-by-uscc", uscc=USCC)["data"]["name"] == FIRM["name"]
        assert rule_of(two) == "answered"

        services.revoke_subscription(
            subscription=world.record.subscription, by=OWNER, at=now(), reason="滥用"
        )
        revoked = time.monotonic()

        assert (rule_of(one), rule_of(two)) == ("subscription", "subscription")
        assert time.monotonic() - revoked < 1
    with ExchangeClient(stored(replace(world.record, secret="x" * 43), first.url)) as forger:
        assert rule_of(forger) == "signature"

    assert audit.verify().verified


def test_a_nonce_used_at_one_process_is_refused_by_the_other(world, start_gateway):
    first, second = two_gateways(start_gateway)
    path, query = "/v1/interfaces/firm-by-uscc", f"uscc={USCC}"
    headers = signing.signed_headers(
        key_id=world.record.key_id, secret=world.record.secret, method="GET", path=path, query=query, at=now()
    )

    replies = [
        httpx.get(f"{one.url}{path}?{query}", headers=dict(headers), trust_env=False)
        for one in (first, second)
    ]

    assert [reply.status_code for reply in replies] == [200, 401]
    assert replies[1].json()["rule"] == "nonce"


def test_several_workers_behind_one_port_share_what_they_know(world, start_gateway):
    gateway = start_gateway(SHUZHI_GATEWAY_WORKERS="2")
    workers = psutil.Process(gateway.process.pid).children()
    assert len(workers) == 2
    path, query = "/v1/interfaces/firm-by-uscc", f"uscc={USCC}"
    headers = signing.signed_headers(
        key_id=world.record.key_id, secret=world.record.secret, method="GET", path=path, query=query, at=now()
    )

    def ask() -> int:  # a new connection each time, so that either may take it
        return httpx.get(f"{gateway.url}{path}?{query}", headers=dict(headers), trust_env=False).status_code

    assert [ask() for _ in range(6)] == [200, *[401] * 5]

    workers[0].kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and workers[0] in psutil.Process(gateway.process.pid).children():
        time.sleep(0.1)
    with ExchangeClient(stored(world.record, gateway.url)) as client:
        assert rule_of(client) == "answered"


def test_health_metrics_and_what_is_no_interface(world, start_gateway):
    url = start_gateway().url

    def get(path: str, **more) -> httpx.Response:
        return httpx.request(more.pop("method", "GET"), url + path, trust_env=False, **more)

    assert get("/healthz").text == "ok\n"
    assert get("/readyz").json()["ready"] is True
    assert get("/v1/interfaces/../../etc/passwd").json()["rule"] == "format"
    assert get("/v1/interfaces/firm-by-uscc", method="DELETE").status_code == 405
    assert get("/v1/interfaces/firm-by-uscc", method="POST", content=b"x" * 100_000).status_code == 413
    assert get("/v1/interfaces/firm-by-uscc").json()["rule"] == "format"
    assert 'shuzhi_gateway_calls_total{rule="format"} 4.0' in get("/metrics").text


def test_what_was_answered_is_in_the_log_even_if_the_process_is_killed(world, start_gateway):
    from tests.unit.data.exchange.test_decision import audit_rows

    gateway = start_gateway()
    with ExchangeClient(stored(world.record, gateway.url)) as client:
        answered = [client.call("firm-by-uscc", uscc=USCC)["request_id"] for _ in range(30)]
        gateway.process.kill()
        with pytest.raises(GatewayUnreachable):
            call_until_it_fails(client, answered)

    assert set(answered) <= {row["request"] for row in audit_rows("exchange.called")}


def test_the_command_line_calls(world, start_gateway, tmp_path, capsys):
    import json

    import typer.testing

    from shuzhi.terminals.console.exchange import app

    file = tmp_path / "key.json"
    stored(world.verification, start_gateway().url).write(file)
    call = ["call", "firm-exists", "--credential", str(file)]
    run = typer.testing.CliRunner().invoke

    yes = run(app, [*call, f"uscc={USCC}", f"name={FIRM['name']}"])
    refused = run(app, [*call, f"uscc={USCC}"])

    assert (yes.exit_code, json.loads(yes.stdout)["answer"]) == (0, "yes")
    assert refused.exit_code == 1
    assert json.loads(refused.stderr)["facts"]["rule"] == "parameters"
    assert file.stat().st_mode & 0o077 == 0
