"""The one document of the whole API: whole, consistent, open to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


@pytest.fixture
def document(client, db) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    return answer.json()


def values_of(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key and isinstance(value, str):
                yield value
            yield from values_of(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(value, key)


def test_every_reference_leads_somewhere(document):
    assert document["openapi"].startswith("3.1")
    references = set(values_of(document, "$ref"))
    assert references
    for reference in references:
        place = document
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_operations_have_ids_of_their_own_and_declare_their_path_parameters(document):
    ids = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                ids.append(operation["operationId"])
                declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
                assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
    assert len(ids) == len(set(ids))


def test_the_gateways_interfaces_stand_in_it_with_the_gateway_as_their_server(document, client, monkeypatch):
    from shuzhi.node import api

    part = {
        "paths": {"/v1/interfaces/x": {"get": {"operationId": "gateway_x", "responses": {}}}},
        "components": {"schemas": {"GatewayRefusal": {}}, "securitySchemes": {"GatewayKey": {}}},
        "tags": [{"name": "gateway"}],
    }
    monkeypatch.setattr(api, "gateway_openapi", lambda: part)

    found = client.get("/api/openapi.json").json()

    assert found["paths"]["/v1/interfaces/x"]["servers"][0]["url"].startswith("http://127.0.0.1:")
    assert set(document["paths"]) < set(found["paths"])
    assert "GatewayKey" in found["components"]["securitySchemes"]
