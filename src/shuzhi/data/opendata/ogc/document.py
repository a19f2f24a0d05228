"""The interface's own description: OpenAPI 3.0, with the collections as they are now."""

from __future__ import annotations

from typing import Any

from shuzhi.data.opendata.ogc.asking import FEWEST, MOST, USUAL
from shuzhi.data.opendata.ogc.coordinates import SYSTEMS

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"


def openapi(names: list[str], *, root: str) -> dict[str, Any]:
    """The document."""
    collection = {
        "name": "collectionId",
        "in": "path",
        "required": True,
        "schema": {"type": "string", **({"enum": names} if names else {})},
    }
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}}
    crs = _query("crs", {"type": "string", "format": "uri", "enum": list(SYSTEMS)})
    items = [
        collection,
        _query(
            "bbox", {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}, form=True
        ),
        _query("bbox-crs", {"type": "string", "format": "uri", "enum": list(SYSTEMS)}),
        _query("datetime", {"type": "string"}),
        _query("limit", {"type": "integer", "minimum": FEWEST, "maximum": MOST, "default": USUAL}),
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}),
        _query("sortby", {"type": "string"}),
        _query("q", {"type": "string"}),
        crs,
    ]
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "数治开放数据：空间要素 Open data: features",
            "version": "1.0.0",
            "description": "OGC API Features，只读。Read only.",
        },
        "servers": [{"url": root}],
        "paths": {
            "/": {"get": _operation("getLandingPage", "application/json", [])},
            "/conformance": {"get": _operation("getConformance", "application/json", [])},
            "/collections": {"get": _operation("getCollections", "application/json", [])},
            "/collections/{collectionId}": {
                "get": _operation("describeCollection", "application/json", [collection])
            },
            "/collections/{collectionId}/queryables": {
                "get": _operation("getQueryables", "application/schema+json", [collection])
            },
            "/collections/{collectionId}/items": {
                "get": _operation("getFeatures", "application/geo+json", items)
            },
            "/collections/{collectionId}/items/{featureId}": {
                "get": _operation("getFeature", "application/geo+json", [collection, feature, crs])
            },
        },
    }


def _query(name: str, schema: dict[str, Any], *, form: bool = False) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": schema}
    return said | ({"style": "form", "explode": False} if form else {})


def _operation(name: str, media_type: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    refusal = {"description": "refused: code, message, message_zh"}
    return {
        "operationId": name,
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {media_type: {"schema": {"type": "object"}}}},
            "400": refusal,
            "404": refusal,
        },
    }
