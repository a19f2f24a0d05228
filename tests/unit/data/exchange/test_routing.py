"""Two real nodes: two homes, two database servers, two gateways. A call goes from one to the other, or does not."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.ports import free_port
from tests.postgres import open_folder
from tests.unit.data.exchange import far_node
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.world import ABSENT_USCC, BUREAU, FIRM, OWNER, PLATFORM, USCC

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.client import CallRefused, ExchangeClient, StoredCredential
from shuzhi.data.exchange.routing.breaker import FAILURES, REST_SECONDS, Breaker
from shuzhi.data.exchange.routing.forwarding import node_headers
from shuzhi.data.exchange.routing.keys import is_signed_by_any, node_key, written
from shuzhi.data.exchange.routing.messages import Onward, SignedAnswer
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.crypto import signing as crypto

HERE = {
    "node": "hangzhou",
    "title": {"zh": "杭州市节点", "en": "Hangzhou"},
    "tier": "city",
    "division": "330100",
}
ROUTED = {
    "interface": "firm-in-province",
    "provenance": False,
    "route": {"node": "zhejiang", "interface": "firm-by-uscc"},
}


def now():
    return datetime.now(UTC)


class Far:
    """The other node."""

    def __init__(
        self, home: Path, *, module: str = "tests.unit.data.exchange.far_node", **node: object
    ) -> None:
        self.home, self.port, self.module = home, free_port(), module
        self.address = f"http://127.0.0.1:{self.port}"
        self.declaration = self.ask("prepare", **node) | {"address": self.address}
        self.process = self.serve()

    def ask(self, verb, **said):
        return far_node.ask(self.home, verb, module=self.module, **said)

    def serve(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SHUZHI_")}
        environment |= {
            "SHUZHI_HOME": str(self.home),
            "SHUZHI_GATEWAY_PORT": str(self.port),
            "PYTHONPATH": str(worlds.REPOSITORY / "src"),
        }
        command = [sys.executable, "-c", "from shuzhi.node.serving import serve; serve('gateway')"]
        process = subprocess.Popen(command, env=environment)
        from tests.unit.data.exchange.calling import _wait_until_ready

        _wait_until_ready(self.address, process)
        return process


@pytest.fixture(scope="module")
def far():
    from shuzhi.foundation import database

    home = open_folder("shuzhi-far-")
    database.start(home, fsync=False)
    one = None
    try:
        one = Far(home)
        yield one
    finally:
        if one is not None:
            one.process.terminate()
            one.process.wait(15)
        database.stop(home)


@pytest.fixture
def here(transactional_db):
    """This node, with its world and its name."""
    from shuzhi.pillars.organization import models

    models.Node.objects.create(id=HERE["node"], declared=HERE, pack="test")
    return worlds.build_world()


def own_peer(**changes):
    key = node_key(settings().home, crypto.ED25519)
    told = {
        "node": "hangzhou",
        "title": HERE["title"],
        "tier": "city",
        "address": "http://127.0.0.1:1",
        "keys": [written(key.algorithm, key.public)],
        "log_key": "none",
    }
    return told | changes


def route(declaration, key_id, *, interface=ROUTED):
    """Know the other node, and have an interface that it serves."""
    from shuzhi.data.exchange import services
    from shuzhi.data.exchange.types import PeerDeclaration

    services.declare_peer(
        declaration=PeerDeclaration.model_validate(declaration), pack="test", by=BUREAU, at=now()
    )
    worlds.install_interface(worlds.declare_interface(**interface))
    services.set_route_key(interface=interface["interface"], key_id=key_id, by=BUREAU, at=now())
    return worlds.subscribe(interface["interface"])


class Caller:
    def __init__(self, credential, url):
        self.client = ExchangeClient(StoredCredential(credential.key_id, credential.secret, url))
        self.credential = credential

    def call(self, uscc=USCC, **more):
        return self.client.call("firm-in-province", uscc=uscc, **more)

    def close(self):
        self.client.close()

    def refused(self, uscc=USCC, **more):
        with pytest.raises(CallRefused) as caught:
            self.call(uscc, **more)
        return caught.value.facts


@pytest.fixture(scope="class")
def admitted(far):
    return far.ask("admit", peer=own_peer())


@pytest.fixture
def calling(here, start_gateway):
    """A caller of a gateway here, once the other node is known."""
    made = []

    def one(declaration, key_id):
        made.append(Caller(route(declaration, key_id), start_gateway().url))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def caller(calling, far, admitted):
    return calling(far.declaration, admitted["key_id"])


def test_a_call_is_answered_logged_alike_and_proven_on_both_sides(caller, far):
    from tests.unit.data.exchange.logs import entries_of

    from shuzhi.data.exchange import queries, services
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.log import receipts

    told = caller.call()

    assert told["data"]["name"] == FIRM["name"]
    assert told["data"]["legal_representative"] == "张**"  # masked by the node that serves it
    proof = told["proof"]
    content = {
        name: value for name, value in told.items() if name not in ("request_id", "interface", "proof")
    }
    signed = SignedAnswer(
        node="zhejiang", call=proof["call"], request_digest=proof["request_digest"], status=200,
        content=content, request_id=proof["request_id"], at=proof["at"],
    )  # fmt: skip
    assert is_signed_by_any(far.declaration["keys"], signed.lines, bytes.fromhex(proof["signature"]))

    sent, came = entries_of(proof["call"])
    ((there, outcome, facts),) = far.ask("entries", call=proof["call"])
    assert (sent[0], came[0], there, outcome) == (
        "exchange.sent",
        "exchange.called",
        "exchange.called",
        "answered",
    )
    for name in ("call", "request_digest", "answer_digest"):
        assert came[2][name] == facts[name] == proof[name]
    assert (facts["hops"], facts["for_office"]) == (["hangzhou"], "taxation")

    assert services.collect_receipts(by=PLATFORM, at=now()) == (0, 0)
    assert far.ask("work")["jobs"]
    assert services.collect_receipts(by=PLATFORM, at=now()) == (1, 0)
    (kept,) = queries.routed_calls()
    assert (kept.state, kept.far_request) == ("proven", proof["request_id"])
    assert json.loads(kept.receipt["content"])["facts"]["call"] == proof["call"]
    assert receipts.receipt(told["request_id"], by=worlds.OFFICER, at=now()).content
    assert audit.verify().verified
    assert far.ask("verify")["verified"]


def test_each_side_refuses_by_its_own_rules_and_both_log_it(caller, far, admitted):
    from tests.unit.data.exchange.logs import entries_of

    assert caller.refused(purpose="别的用途")["rule"] == "purpose"  # here: nothing was sent

    absent = caller.refused(ABSENT_USCC)
    assert (absent["code"], absent["rule"]) == ("exchange.far_refused", "route")
    assert "zhejiang" in absent["message"]
    unknown = caller.refused(nothing="1")
    assert "parameters" in unknown["message"]

    far.ask("revoke", subscription=admitted["subscription"])
    assert "subscription" in caller.refused()["message"]

    from shuzhi.pillars.security import queries as log

    by = f"subscription/{caller.credential.subscription}"
    last = next(act for act in log.acts(log.Question(by=by)) if act.action == "exchange.refused")
    here, there = (
        next(facts for _, outcome, facts in found if outcome == "refused")
        for found in (entries_of(last.facts["call"]), far.ask("entries", call=last.facts["call"]))
    )
    assert here["answer_digest"] == there["answer_digest"]
    assert there["rule"] == "subscription"


def test_a_node_that_is_down_is_named_and_then_left_alone(calling):
    from shuzhi.data.exchange import services

    gone = own_peer(node="zhejiang", title=far_node.NODE["title"], address=f"http://127.0.0.1:{free_port()}")
    caller = calling(gone, "sk-0123456789abcdef")

    for _ in range(FAILURES):
        told = caller.refused()
        assert told["code"] == "exchange.node_down"
        assert "zhejiang" in told["message"]
        assert "浙江省节点" in told["message_zh"]
    assert "lately" in caller.refused()["message"]

    services.trust_peer(node="zhejiang", is_trusted=False, by=BUREAU, at=now(), reason="密钥泄露")
    assert caller.refused()["code"] == "exchange.no_route"


def test_an_answer_that_is_not_signed_or_not_for_this_call_is_not_passed_on(calling):
    own, stranger = crypto.generate(crypto.ED25519), crypto.generate(crypto.ED25519)
    forger = Forger(own)
    peer = own_peer(node="zhejiang", address=forger.address, keys=[written(own.algorithm, own.public)])
    caller = calling(peer, "sk-0123456789abcdef")
    try:
        assert caller.call()["data"] == {"name": "true"}
        for spoil in (
            {"signed_by": stranger},
            {"status": 201},  # changed after it was signed
            {"late": {"content": {"data": {"name": "forged"}}}},
            {"call": "0" * 32},
            {"node": "elsewhere"},
            {"request_digest": "0" * 64},
            {"plain": b'{"data": {"name": "forged"}}'},
            {"plain": b"[" * 100_000},
        ):
            forger.spoil = spoil
            told = caller.refused()
            assert told["code"] == "exchange.answer_unproven", spoil
            assert "forged" not in json.dumps(told, ensure_ascii=False, default=str)
    finally:
        forger.server.shutdown()
        forger.server.server_close()


class Forger:
    """Answers as a node would, but for what is spoilt."""

    def __init__(self, key):
        self.key, self.spoil = key, {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                answer = outer.answer(msgspec.json.decode(body, type=Onward))
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                del args

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, onward):
        from shuzhi.data.exchange.gateway.calls import read_call
        from shuzhi.data.exchange.routing.messages import request_digest

        if "plain" in self.spoil:
            return self.spoil["plain"]
        origin = read_call(onward.method, onward.target, onward.headers, onward.body.encode())
        facts = {
            "node": "zhejiang", "call": onward.call, "request_digest": request_digest(origin.signed),
            "status": 200, "content": {"data": {"name": "true"}}, "request_id": "r-1", "at": "2026",
        }  # fmt: skip
        before = {
            name: value for name, value in self.spoil.items() if name in ("call", "node", "request_digest")
        }
        answer = SignedAnswer(**facts | before)
        signature = self.spoil.get("signed_by", self.key).sign(answer.lines).hex()
        after = {"status": self.spoil["status"]} if "status" in self.spoil else self.spoil.get("late", {})
        return msgspec.json.encode(msgspec.structs.replace(answer, signature=signature, **after))


class TestAtTheDoor:
    """What the far node's gateway takes of another node."""

    def sent(self, far, admitted, *, key=None, inner=None, place="forwarded", **changes):
        at = now()
        target = f"/v1/interfaces/firm-in-province?uscc={USCC}"
        headers = signing.signed_headers(
            key_id="sk-caller-of-here", secret="x", method="GET", path="/v1/interfaces/firm-in-province",
            query=f"uscc={USCC}", at=inner or at,
        )  # fmt: skip
        from shuzhi.data.exchange.gateway.calls import read_call

        mark = read_call("GET", target, headers, b"").mark
        onward = {
            "call": mark, "hops": ["hangzhou"], "office": "taxation", "purpose": "p", "basis": "b",
            "method": "GET", "target": target, "body": "", "key_id": headers[signing.KEY],
            "timestamp": headers[signing.TIMESTAMP], "nonce": headers[signing.NONCE],
            "signature": headers[signing.SIGNATURE],
        }  # fmt: skip
        nonce = changes.pop("outer_nonce", mark)
        body = json.dumps(onward | changes).encode()
        path = f"/v1/{place}/firm-by-uscc"
        own = key or node_key(settings().home, crypto.ED25519)
        proof = node_headers(own, key_id=admitted["key_id"], path=path, body=body, at=at, nonce=nonce)
        return lambda: httpx.post(far.address + path, content=body, headers=proof, trust_env=False)

    def rule(self, answer):
        content = answer.json()
        return content.get("content", content).get("rule")

    def test_a_right_one_once(self, far, admitted):
        send = self.sent(far, admitted)
        first, again = send(), send()
        assert first.json()["status"] == 200
        assert (self.rule(again), again.json()["status"]) == ("nonce", 401)

    def test_not_signed_by_the_nodes_key(self, far, admitted):
        assert self.rule(self.sent(far, admitted, key=crypto.generate(crypto.ED25519))()) == "signature"
        assert self.rule(self.sent(far, admitted, key=crypto.generate(crypto.SM2))()) == "signature"

    @pytest.mark.parametrize(
        "changes",
        [
            {"hops": ["hangzhou", "zhejiang", "hangzhou"]},
            {"hops": ["a", "b", "c", "d", "hangzhou"]},
            {"hops": ["elsewhere"]},
            {"outer_nonce": "n" * 32},
            {"inner": datetime(2026, 1, 1, tzinfo=UTC)},
        ],
    )
    def test_loops_strangers_and_old_calls(self, far, admitted, changes):
        assert self.rule(self.sent(far, admitted, **changes)()) == "route"

    @pytest.mark.parametrize(
        "changes",
        [{"hops": []}, {"call": "0" * 32}, {"target": "/v1/forwarded/x"}, {"more": 1}, {"office": "a\nb"}],
    )
    def test_what_is_no_call_on_its_way(self, far, admitted, changes):
        assert self.rule(self.sent(far, admitted, **changes)()) == "format"

    def test_a_nodes_key_makes_no_calls_of_its_own(self, far, admitted):
        path, body = "/v1/interfaces/firm-by-uscc", json.dumps({"uscc": USCC}).encode()
        key = node_key(settings().home, crypto.ED25519)
        proof = node_headers(key, key_id=admitted["key_id"], path=path, body=body, at=now(), nonce="a" * 32)
        answer = httpx.post(far.address + path, content=body, headers=proof, trust_env=False)
        assert answer.json()["code"] == "exchange.node_key_only"


def test_no_key_but_a_nodes_sends_on(here, counter):
    body = json.dumps({
        "call": "0" * 32, "hops": ["x"], "office": "o", "purpose": "p", "basis": "b", "method": "GET",
        "target": "/v1/interfaces/a", "body": "", "key_id": "sk-12345678", "timestamp": "1",
        "nonce": "n" * 16, "signature": f"HMAC-SM3 {'0' * 64}",
    })  # fmt: skip
    from shuzhi.data.exchange.gateway.calls import read_call

    inner = json.loads(body)
    headers = {
        signing.KEY: inner["key_id"], signing.TIMESTAMP: "1", signing.NONCE: inner["nonce"],
        signing.SIGNATURE: inner["signature"],
    }  # fmt: skip
    inner["call"] = read_call("GET", inner["target"], headers, b"").mark
    sent = json.dumps(inner).encode()
    path = "/v1/forwarded/firm-by-uscc"
    signed = signing.signed_headers(
        key_id=here.record.key_id,
        secret=here.record.secret,
        method="POST",
        path=path,
        body=sent,
        at=worlds.AT,
    )
    (reply,) = counter.send(("POST", path, dict(signed), sent))
    assert reply.content["code"] == "exchange.node_key_only"


class TestReceipts:
    def test_a_caller_fetches_those_of_its_own_calls_and_no_others(self, here, counter):
        from shuzhi.data.exchange import services

        own = counter.one(here.record).content["request_id"]
        others = worlds.subscribe()
        foreign = counter.one(others).content["request_id"]

        def asked(**parameters):
            path, body = "/v1/receipts/firm-by-uscc", json.dumps(parameters).encode()
            signed = signing.signed_headers(
                key_id=here.record.key_id, secret=here.record.secret, method="POST", path=path, body=body,
                at=worlds.AT,
            )  # fmt: skip
            return counter.send(("POST", path, dict(signed), body))[0]

        ordered = asked(r1=own, r2=foreign, r3="nothing-like-it")
        assert ordered.status == 202
        services.work_on(job=ordered.content["job"], by=PLATFORM, at=worlds.AT)
        got = asked(job=str(ordered.content["job"]))
        assert [one["request"] for one in got.content["receipts"]] == [own]

        from shuzhi.pillars.security.log import verify_audit

        assert verify_audit.check_receipt(got.content["receipts"][0], None, None)


class TestDeclarations:
    def test_only_kinds_that_read_are_sent_on_and_the_far_node_limits_rows(self, here):
        from shuzhi.data.exchange.errors import NoSuchPeer, NotShareable
        from shuzhi.pillars.security.errors import Forbidden

        with pytest.raises(NoSuchPeer):
            worlds.install_interface(worlds.declare_interface(**ROUTED))
        for changes in ({"kind": "file"}, {"rows": {"office": "name"}}):
            with pytest.raises(NotShareable):
                worlds.install_interface(worlds.declare_interface(**ROUTED | changes))
        from shuzhi.data.exchange import services

        with pytest.raises(Forbidden):
            services.trust_peer(node="x", is_trusted=False, by=OWNER, at=now(), reason="")


def test_the_breaker_rests_and_tries_once():
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.lets_through(0)
        breaker.note_failure(0)
    assert not breaker.lets_through(REST_SECONDS - 1)
    assert breaker.lets_through(REST_SECONDS + 1)
    assert not breaker.lets_through(REST_SECONDS + 2)
    breaker.note_success()
    assert breaker.lets_through(REST_SECONDS + 2)
