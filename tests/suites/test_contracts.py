"""Whatever is sent to a contract's operations, they answer in the contract's form and never with a failure of their own."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS

from shuzhi.business.market import services as market
from shuzhi.business.market.govstack import loading as agreements
from shuzhi.business.market.services.accounts import SCOPES
from shuzhi.business.registration import loading as registration_samples
from shuzhi.data.ledgers import loading as ledgers
from shuzhi.pillars.security import audit
from tests.suites.govstack import consent, registration, registries
from tests.suites.test_govstack import AT, BY, node  # noqa: F401 - a fixture

pytestmark = pytest.mark.proof  # a minute or two
CONTRACTS = Path(__file__).resolve().parents[1] / "data" / "govstack"
HELD = ("not_a_server_error", "content_type_conformance", "response_schema_conformance")
EXAMPLES = 20


def contract(name):
    """A contract, its two references mended that name what it spells otherwise."""
    text = (CONTRACTS / name).read_text("utf-8")
    read = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
    told = json.loads(json.dumps(read, default=str))  # days of examples are texts
    known = told.get("components", {}).get("schemas", {})
    for each in ("databaseInfo", "databasesSchema"):
        if each in known:
            known[each[0].upper() + each[1:]] = known[each]
    return told


def by_the_contract(samples):
    """Samples without the services whose ids are no UUID: the suite has such, the contract does not allow them."""
    return samples | {"services": [each for each in samples["services"] if each["id"].count("-") == 4]}


def throw(url, name, headers):
    """Throw requests at every operation of a contract; returns what broke it."""
    schema = schemathesis.openapi.from_dict(contract(name))
    broken, asked = [], 0
    with requests.Session() as session, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for result in schema.get_all_operations():
            operation = result.ok()
            asked += 1

            @seed(20210409)
            @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])  # fmt: skip
            @given(case=operation.as_strategy())
            def one(case):
                answer = case.call(base_url=url, headers=headers, session=session, timeout=30)
                case.validate_response(answer, checks=[CHECKS.get_one(each) for each in HELD])

            try:
                one()
            except BaseException as error:  # noqa: BLE001 - hypothesis has groups of its own
                broken.append(f"{operation.method} {operation.path}: {error}"[:1500])
    assert asked
    return broken


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("registries", "registries-data-openapi.yaml"),
        ("registries", "registries-database-openapi.yaml"),
        ("registration", "registration-openapi.json"),
        ("registration", "registration-statistics-openapi.json"),
        ("workflow", "workflow-openapi.yaml"),
        ("consent", "consent-openapi.yaml"),
    ],
)
def test_no_request_breaks_a_contract(node, block, name):  # noqa: F811
    url, client = node
    ledgers.load_samples(samples=registries.samples(), office=client.office, by=BY, at=AT)
    registration_samples.load_samples(
        samples=by_the_contract(registration.samples()), client=client, by=BY, at=AT
    )
    agreements.load_samples(samples=consent.samples(), office=client.office, by=BY, at=AT)
    headers = dict(registration.MEMBER)
    if block == "consent":
        token = market.admit_client(name="all", office="health-commission", scopes=SCOPES, by=BY, at=AT)
        headers["Authorization"] = f"Bearer {token}"

    assert throw(f"{url}/govstack/{block}", name, headers) == []

    audit.seal(at=AT)
    assert audit.verify().verified
