"""The public suites of five building blocks, rebuilt, over real HTTP: every scenario that can be passed passes.

The suites send no credentials; their network is one that the operator named (`SHUZHI_MEDIATOR_NETWORKS`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from shuzhi.business.market.govstack import loading as agreements
from shuzhi.business.registration import loading as registration_samples
from shuzhi.data.ledgers import loading as ledgers
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import Role, system
from shuzhi.support.mediator import calling, queries
from shuzhi.support.mediator import services as mediator
from shuzhi.support.mediator.types import VERBS
from shuzhi.support.messages import services as messages
from shuzhi.support.workflow.processes import services as processes
from shuzhi.support.workflow.processes.declaring import declare
from tests.suites.govstack import asking, consent, messaging, registration, registries, workflow

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BY = system("suites")
FILE = Path(__file__).resolve().parents[2] / "packs/platform/registration/processes/registration.bpmn"


def admit():
    """The system in whose name the suites' network calls."""
    mediator.admit_client(
        name="suite", office="health-commission", grants=VERBS, roles=[Role.APPROVER], by=BY, at=AT
    )
    messages.admit_client(name="suite", office="health-commission", by=BY, at=AT)
    declared, faults = declare("registration", ("registration.bpmn", FILE.read_bytes()))
    assert not faults
    processes.install_process(declaration=declared, pack="platform/registration", by=BY, at=AT)
    return queries.client_by_address("127.0.0.1", ["127.0.0.0/8=suite"])


@pytest.fixture
def node(transactional_db, live_server, monkeypatch):
    chosen = msgspec.structs.replace(settings(), mediator_networks=("127.0.0.0/8=suite",))
    monkeypatch.setattr(calling, "settings", lambda: chosen)
    return live_server.url, admit()


def outcome(url, block, scenarios):
    service = asking.Service(f"{url}/govstack/{block}")
    _passed, failed = asking.run(service, scenarios)
    service.client.close()
    return failed


def test_all_scenarios(node):
    """One node with everybody's samples, as a test deployment has them; each suite after the other."""
    url, client = node
    ledgers.load_samples(samples=registries.samples(), office=client.office, by=BY, at=AT)
    registration_samples.load_samples(samples=registration.samples(), client=client, by=BY, at=AT)
    agreements.load_samples(samples=consent.samples(), office=client.office, by=BY, at=AT)

    failed = {
        "registries": outcome(url, "registries", registries.scenarios()),
        "registration": outcome(url, "registration", registration.scenarios()),
        "workflow": outcome(url, "workflow", workflow.scenarios()),
        "messaging": outcome(url, "messaging", messaging.scenarios()),
        "consent": outcome(url, "consent", consent.scenarios()),
    }

    assert {block: found for block, found in failed.items() if found} == {}


def test_registries_in_the_present_contract_s_words(node):
    url, client = node
    samples = registries.samples(("id", "firstName", "lastName", "birthCertificateId"))
    ledgers.load_samples(samples=samples, office=client.office, by=BY, at=AT)
    assert outcome(url, "registries", registries.scenarios("camel", hyphens=False)) == {}
