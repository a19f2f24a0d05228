"""What offices give back: results that are collected as batches, and objections that become dossiers."""

from __future__ import annotations

import json
import uuid

import pytest
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, OWNER, PLATFORM, USCC

from shuzhi.data.exchange import services
from shuzhi.data.exchange.errors import NotShareable
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources import services as sources_services
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.foundation import lake
from shuzhi.foundation.outbox import services as outbox
from shuzhi.packs import yaml
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services
from shuzhi.support.workflow.types import LoopDeclaration

RESULTS = worlds.BY_USCC | {
    "interface": "results",
    "kind": "write_back",
    "by": [],
    "fields": [],
    "provenance": False,
}
OBJECT = RESULTS | {"interface": "object", "by": ["uscc", "address"]}


@pytest.fixture
def dataset(world):
    """A data set of this test's own: the lake outlives the test."""
    name = f"returns-{uuid.uuid4().hex[:8]}"
    worlds.install_dataset(
        dataset=name,
        key=["code"],
        fields=[
            {"id": "code", "name": worlds.words("代码"), "standard": "uscc", "required": True},
            {"id": "checked_on", "name": worlds.words("核验日"), "type": "date", "required": True},
            {"id": "staff", "name": worlds.words("人数"), "type": "integer"},
            {"id": "right", "name": worlds.words("无误"), "type": "boolean"},
        ],
    )
    declared = SourceDeclaration(source=name, dataset=name, office="taxation", mode="incremental")
    sources_services.register_source(declaration=declared, by=PLATFORM, at=AT)
    return name


@pytest.fixture
def give(dataset, counter):
    worlds.install_interface(worlds.declare_interface(**RESULTS | {"source": dataset}))
    key = worlds.subscribe("results")

    def given(**said):
        asked = Asked(key, said, interface="results", method="POST")
        return counter.send(asked)[0]

    return given


def test_by_get_nothing_is_given_only_asked(dataset, counter):
    worlds.install_interface(worlds.declare_interface(**RESULTS | {"source": dataset}))
    key = worlds.subscribe("results")

    def reply(method, **said):
        return counter.send(Asked(key, said, interface="results", method=method))[0]

    refused = reply("GET", reference="G-1", **RIGHT)
    assert (refused.status, refused.content["code"]) == (405, "exchange.method_refused")
    assert reply("GET", reference="G-1").status == 404
    assert reply("POST", reference="G-1", **RIGHT).status == 202
    assert reply("GET", reference="G-1").content["state"] == "received"


def settle():
    return services.settle_returns(by=PLATFORM, at=AT)


RIGHT = {"code": USCC, "checked_on": "2026-03-01", "staff": "12"}


class TestResults:
    def test_are_kept_before_the_answer_and_collected_as_a_batch(self, give, dataset):
        received = give(reference="A-1", **RIGHT)
        assert (received.status, received.content["state"]) == (202, "received")

        assert settle() == 1

        told = give(reference="A-1").content
        assert (told["state"], told["outcome"]["result"]) == ("settled", "accepted")
        assert told == give(job=str(received.content["job"])).content | {"request_id": told["request_id"]}
        batch = sources.batch(told["outcome"]["batch"])
        assert (batch.dataset, batch.received, batch.accepted) == (dataset, 1, 1)
        assert lake.current(dataset).to_pylist()[0]["code"] == USCC
        assert settle() == 0

    def test_under_one_reference_are_one(self, give):
        first, again = give(reference="A-2", **RIGHT), give(reference="A-2", **RIGHT)
        other = give(reference="A-2", **RIGHT | {"staff": "13"})

        assert first.content["job"] == again.content["job"]
        assert (other.status, other.content["code"]) == (409, "exchange.reference_used")
        assert settle() == 1
        assert give(reference="A-2", **RIGHT).content["outcome"]["result"] == "accepted"

    def test_that_the_schema_refuses_wait_in_quarantine_each_with_its_reason(self, give):
        give(reference="B-1", **RIGHT)
        give(reference="B-2", **RIGHT | {"right": "maybe"})
        give(reference="B-3", code="91330100MA27XX1W5Y", checked_on="2026-03-01", right="是")

        assert settle() == 3

        first, second, third = (give(reference=f"B-{place}").content["outcome"] for place in (1, 2, 3))
        assert (first["result"], second["result"], third["result"]) == ("accepted", "quarantined", "accepted")
        (reason,) = second["reasons"]
        assert reason["field"] == "right"
        assert reason["message_zh"]
        assert first["batch"] == third["batch"]

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"code": USCC},
            RIGHT | {"code": "123"},
            RIGHT | {"checked_on": "2026-02-30"},
            RIGHT | {"checked_on": "1.3.2026"},
            RIGHT | {"staff": "many"},
            RIGHT | {"unknown": "x"},
        ],
    )
    def test_that_break_the_schema_are_refused_at_once(self, give, said):
        reply = give(reference="C-1", **said)
        assert reply.status in (400, 404)
        assert settle() == 0

    @pytest.mark.parametrize("reference", ["", "x" * 65, "a b", "'; DROP", "参考"])
    def test_need_a_reference(self, give, reference):
        assert give(reference=reference, **RIGHT).rule == "parameters"

    def test_of_a_killed_worker_are_collected_once(self, give, dataset, monkeypatch):
        from shuzhi.data.exchange.services import returns

        give(reference="D-1", **RIGHT)
        for step in ("_write", "_settle"):

            def die(*_, **__):
                raise KeyboardInterrupt

            with monkeypatch.context() as patched:
                patched.setattr(returns, step, die)
                with pytest.raises(KeyboardInterrupt):
                    settle()
            give(reference=f"D-{step}", **RIGHT | {"code": worlds.USCC, "staff": "12"})

        while settle():
            pass

        assert give(reference="D-1").content["outcome"]["result"] == "accepted"
        assert len(lake.current(dataset)) == 1
        assert sum(len(row["jobs"]) for row in audit_rows("exchange.returns_collected")) == 3

    def test_can_not_be_offered_without_a_data_set(self, world):
        with pytest.raises(NotShareable):
            worlds.install_interface(worlds.declare_interface(**RESULTS | {"source": "nowhere"}))


class TestObjections:
    @pytest.fixture
    def object_to(self, world, counter):
        file = worlds.REPOSITORY / "packs/platform/governance/loops/data-objection.yaml"
        loop = LoopDeclaration.model_validate(yaml.read(file).value)
        workflow_services.install_loop(declaration=loop, pack="platform/governance", by=PLATFORM, at=AT)
        worlds.install_interface(worlds.declare_interface(**OBJECT))
        key = worlds.subscribe("object")

        def objected(**said):
            return counter.send(Asked(key, said, interface="object", method="POST"))[0]

        return objected

    def test_open_a_dossier_with_the_owner_and_the_caller_hears_the_end(self, object_to):
        said = {"uscc": USCC, "field": "address", "value": "新址1号", "reason": "实地核查"}
        assert object_to(reference="O-1", **said).status == 202

        assert settle() == 1

        outcome = object_to(reference="O-1").content["outcome"]
        dossier = workflow.dossier(outcome["dossier"])
        assert (outcome["result"], dossier.office, dossier.requester) == (
            "open",
            "market-regulation",
            "taxation",
        )
        workflow_services.act(dossier=dossier.id, action="uphold", by=OWNER, at=AT, note="已更正")
        outbox.deliver_waiting(at=AT)
        assert object_to(reference="O-1").content["outcome"]["result"] == "upheld"
        (entry,) = audit_rows("exchange.objected")
        assert (entry["entity"], entry["field"]) == ("e-1", "address")
        assert "新址" not in json.dumps(entry, ensure_ascii=False)

    def test_to_what_is_not_there_fail_and_to_other_fields_are_refused(self, object_to):
        said = {"uscc": "911100000000000000", "field": "address", "value": "x", "reason": "y"}
        assert object_to(reference="O-2", **said | {"field": "phone"}).rule == "parameters"
        assert object_to(reference="O-2", **said | {"reason": " "}).rule == "parameters"
        assert object_to(reference="O-2", **said | {"uscc": USCC[:-1] + "4"}).rule == "parameters"
