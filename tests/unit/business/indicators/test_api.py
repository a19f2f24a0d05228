from __future__ import annotations

import pytest
from django.test import Client
from tests.unit.business.indicators.world import AT, PLATFORM

from shuzhi.business.indicators import services
from shuzhi.support.identity.models import Account


@pytest.fixture
def client(indicators):
    account = Account.objects.create(username="leader", person="许峰", office="city-office", roles=["leader"])
    signed_in = Client()
    signed_in.force_login(account)
    services.compute_all(by=PLATFORM, at=AT)
    return signed_in


def test_lists_every_indicator_with_its_value(client):
    found = client.get("/api/indicators").json()

    assert [each["id"] for each in found] == ["DELETIONS-IN-TIME", "K03", "K12", "K13", "K14", "K15", "K16"]
    assert found[2] | {"title": None, "definition": None} == {
        "id": "K12",
        "title": None,
        "definition": None,
        "target": 1.0,
        "target_year": 2025,
        "numerator": 0,
        "denominator": 0,
        "value": None,
        "day": "2026-03-02",
    }


def test_opens_one_with_its_entries(client):
    found = client.get("/api/indicators/K12", {"items": "counted"}).json()

    assert (found["items"], found["items_total"], found["page"]) == ([], 0, 1)


def test_history(client):
    assert [each["day"] for each in client.get("/api/indicators/K14/history").json()] == ["2026-03-02"]


@pytest.mark.parametrize("path", ["/api/indicators/K99", "/api/indicators/K99/history"])
def test_an_unknown_one_is_not_found(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "indicators.no_such_indicator")


@pytest.mark.parametrize("query", ["?page=0", "?items=all", "?day=yesterday"])
def test_nonsense_is_refused(client, query):
    assert client.get(f"/api/indicators/K12{query}").status_code == 422


def test_signed_out_is_refused(indicators):
    assert Client().get("/api/indicators").status_code == 401
