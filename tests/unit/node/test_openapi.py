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


def test_no_two_shapes_share_a_name(client, db, monkeypatch):
    from ninja.openapi.schema import OpenAPISchema

    known: dict[str, Any] = {}
    clashes = set()
    before = OpenAPISchema.add_schema_definitions

    def remember(self, definitions):
        clashes.update(name for name, shape in definitions.items() if known.setdefault(name, shape) != shape)
        before(self, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", remember)
    assert client.get("/api/openapi.json").status_code == 200
    assert known
    assert not clashes


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


def test_the_document_is_valid(document):
    from openapi_spec_validator import validate

    validate(document)


def test_every_operation_says_what_it_does_who_may_call_it_and_how_it_refuses(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS or not path.startswith("/api/"):
                continue
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["x-policy"], where
            assert operation["security"] == ([] if operation["x-policy"].startswith("public: ") else [{"Session": []}]), where  # fmt: skip
            assert {"200", "201", "202"} & set(operation["responses"]), where
            assert {"400", "404", "422"} <= set(operation["responses"]), where
            assert ("401" in operation["responses"]) == bool(operation["security"]), where


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/api/nosuch", "/api/", "/api", "/api/batches/x/y/z", "/api/%00"])
def test_an_unknown_address_is_answered_for_programs(client, db, method, path):
    answer = getattr(client, method)(path)
    assert answer.status_code == 404, answer
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["code"] == "api.no_such_operation"
    assert answer.json()["message_zh"]


def test_what_cannot_be_read_is_refused_with_its_place_and_without_its_value(client, db):
    answer = client.get("/api/data/x/rows", {"limit": "many-secret"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "api.invalid_request"
    assert "query.limit" in answer.json()["facts"]
    assert "secret" not in answer.content.decode()


def test_an_operation_without_a_policy_answers_nobody(rf):
    from ninja import NinjaAPI

    from shuzhi.node import api
    from shuzhi.pillars.security.guard import open_to_public

    whole = NinjaAPI(urls_namespace="unguarded")

    @whole.get("/open")
    @open_to_public("a test")
    def said(request):
        return "fine"

    @whole.get("/forgotten")
    def forgotten(request):
        return "secret"

    assert len(api.refuse_unguarded(whole)) == 1
    views = {str(pattern.pattern): pattern.callback for pattern in whole.urls[0]}
    assert views["open"](rf.get("/open")).status_code == 200
    refused = views["forgotten"](rf.get("/forgotten"))
    assert refused.status_code == 403
    assert b"secret" not in refused.content


def test_every_number_of_a_page_or_a_count_has_its_limits(document):
    """A page before the first, or a number that the database can't hold, is refused before anything is asked."""
    asked = [
        (path, parameter["name"], parameter["schema"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter["schema"].get("type") == "integer"
    ]
    assert {name for _, name, _ in asked} >= {"page", "limit"}
    unlimited = [(path, name) for path, name, schema in asked if not {"minimum", "maximum"} <= set(schema)]
    assert unlimited == []
