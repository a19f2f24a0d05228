"""District → city → province: three homes, three databases, three gateways; the nodes sign by SM2, one of them by Ed25519."""

from __future__ import annotations

import copy
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from tests.postgres import open_folder
from tests.unit.data.exchange import far_node
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.logs import entries_of
from tests.unit.data.exchange.test_routing import Caller, Far, now, own_peer, route
from tests.unit.data.exchange.world import BUREAU, FIRM, PLATFORM
from typer.testing import CliRunner

from shuzhi.data.exchange.routing.keys import node_key, written
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.crypto import signing as crypto

pytestmark = pytest.mark.proof

DISTRICT = {
    "node": "yuhang",
    "title": {"zh": "余杭区节点", "en": "Yuhang"},
    "tier": "district",
    "division": "330110",
}
CITY = {
    "node": "hangzhou",
    "title": {"zh": "杭州市节点", "en": "Hangzhou"},
    "tier": "city",
    "division": "330100",
}
PASSED_ON, LOOP = "firm-passed-on", "firm-loop"


@dataclass
class Chain:
    """The two nodes above this one, and as whom they know it."""

    city: Far
    province: Far
    key_id: str
    loop_key_id: str

    def keys(self):
        return {one.declaration["node"]: one.declaration["keys"] for one in (self.city, self.province)}


@contextmanager
def node(national, **said):
    from shuzhi.foundation import database

    home = open_folder("shuzhi-chain-")
    if national:
        (home / "shuzhi.toml").write_text('cryptography = "national"\n')
    database.start(home, fsync=False)
    one = None
    try:
        one = Far(home, **said)
        yield one
    finally:
        if one is not None:
            one.process.terminate()
            one.process.wait(15)
        database.stop(home)


def district(**changes):
    key = node_key(settings().home, crypto.SM2)
    told = {"node": "yuhang", "title": DISTRICT["title"], "tier": "district"}
    return own_peer(**told, keys=[written(key.algorithm, key.public)], **changes)


@pytest.fixture(scope="module")
def chain():
    """The city signs by SM2, the province by Ed25519."""
    with ExitStack() as stack:
        city = stack.enter_context(node(True, node=CITY))
        province = stack.enter_context(node(False, node=far_node.NODE))
        above = province.ask("admit", peer=city.declaration)
        city.ask(
            "pass_on",
            peer=province.declaration,
            interface=PASSED_ON,
            served="firm-by-uscc",
            **only_key(above),
        )
        admitted = city.ask("admit", peer=district(), interface=PASSED_ON)
        # One that leads back to where the call came from.
        city.ask(
            "pass_on", peer=district(), interface=LOOP, served="firm-in-province", key_id="sk-0123456789"
        )
        loop = city.ask("admit", peer=district(), interface=LOOP)
        yield Chain(city, province, admitted["key_id"], loop["key_id"])


def only_key(admitted):
    return {"key_id": admitted["key_id"]}


@pytest.fixture
def calling(transactional_db, chain, start_gateway):
    """A caller of the district's own gateway."""
    from shuzhi.pillars.organization import models

    models.Node.objects.create(id="yuhang", declared=DISTRICT, pack="test")
    worlds.build_world()
    made = []

    def one(served, key_id):
        interface = {
            "interface": "firm-in-province",
            "provenance": False,
            "route": {"node": "hangzhou", "interface": served},
        }
        from shuzhi.pillars.security.crypto import node as suites

        with pytest.MonkeyPatch.context() as patch:  # the district, too, is a node of the national suite
            patch.setattr(suites, "suite", lambda: suites.SUITES["national"])
            credential = route(chain.city.declaration, key_id, interface=interface)
        made.append(Caller(credential, start_gateway(SHUZHI_CRYPTOGRAPHY="national").url))
        return made[-1]

    yield one
    for each in made:
        each.close()


def test_one_call_and_the_same_proof_at_all_three(chain, calling, tmp_path):
    from shuzhi.data.exchange import queries, services
    from shuzhi.data.exchange.types import PeerDeclaration

    told = calling(PASSED_ON, chain.key_id).call()

    assert told["data"]["name"] == FIRM["name"]
    nearest, further = told["proof"], told["proof"]["through"]
    assert (nearest["node"], further["node"], further.get("through")) == ("hangzhou", "zhejiang", None)
    assert (len(nearest["signature"]), chain.city.declaration["keys"][0][:4]) == (128, "sm2:")
    for name in ("call", "request_digest", "answer_digest"):
        assert nearest[name] == further[name]

    # The three logs say the same of it.
    ours = [facts for action, _, facts in entries_of(nearest["call"]) if action == "exchange.called"]
    citys = [
        facts
        for action, _, facts in chain.city.ask("entries", call=nearest["call"])
        if action == "exchange.called"
    ]
    provinces = [facts for _, _, facts in chain.province.ask("entries", call=nearest["call"])]
    for (facts,) in (ours, citys, provinces):
        assert {facts[name] for name in ("call", "request_digest", "answer_digest")} == {
            nearest[name] for name in ("call", "request_digest", "answer_digest")
        }
    assert (citys[0]["hops"], provinces[0]["hops"]) == (["yuhang"], ["yuhang", "hangzhou"])
    assert provinces[0]["for_office"] == "taxation"

    # Each of them finds both signatures right, and any change of the answer wrong.
    right = [["hangzhou", "right"], ["zhejiang", "right"]]
    assert all(
        one.ask("check", answer=told, keys=chain.keys()) == right for one in (chain.city, chain.province)
    )
    for one in (chain.city, chain.province):
        declared = PeerDeclaration.model_validate(one.declaration)
        services.declare_peer(declaration=declared, pack="test", by=BUREAU, at=now())
    assert verdicts(told, tmp_path) == (0, [{"node": n, "verdict": v} for n, v in right])
    for spoil in (forge_content, forge_further, cut_off):
        code, found = verdicts(spoil(copy.deepcopy(told)), tmp_path)
        assert (code, found[0]["verdict"]) == (1, "wrong"), spoil

    # And each log is shown to hold it by the one above.
    services.collect_receipts(by=PLATFORM, at=now())
    chain.city.ask("collect_receipts")
    chain.province.ask("work")
    chain.city.ask("work")
    assert services.collect_receipts(by=PLATFORM, at=now()) == (1, 0)
    assert chain.city.ask("collect_receipts") == [1, 0]
    assert queries.routed_calls()[0].state == "proven"
    assert chain.city.ask("verify")["verified"]
    assert chain.province.ask("verify")["verified"]


def test_a_call_that_would_come_back_is_refused(chain, calling):
    refused = calling(LOOP, chain.loop_key_id).refused()

    assert refused["code"] == "exchange.far_refused"
    assert "route" in refused["message"]
    assert "yuhang → hangzhou → yuhang" in refused["message"]


def verdicts(answer, folder):
    from shuzhi.terminals.console.nodes import app

    file = folder / "answer.json"
    file.write_text(json.dumps(answer), "utf-8")
    done = CliRunner().invoke(app, ["check", str(file)])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def forge_content(answer):
    answer["data"]["name"] = "forged"
    return answer


def forge_further(answer):
    answer["proof"]["through"]["at"] = "2020-01-01T00:00:00+00:00"
    return answer


def cut_off(answer):
    del answer["proof"]["through"]
    return answer
