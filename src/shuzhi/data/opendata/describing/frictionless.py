"""A release as a Frictionless data package (Data Package v1), with the schema of its tables."""

from __future__ import annotations

from typing import Any

from shuzhi.data.catalog.types import Entry, FieldType
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.types import Column, OpenFile, Release
from shuzhi.foundation.words import Words

# Whoever checks a package reads every file that it lists; workbooks and Parquet take programs that not everyone has.
LISTED = ("csv", "json")
TYPES: dict[FieldType, dict[str, Any]] = {
    FieldType.INTEGER: {"type": "integer"},
    FieldType.DECIMAL: {"type": "number"},
    FieldType.AMOUNT: {"type": "number"},
    FieldType.DATE: {"type": "date"},
    FieldType.DATETIME: {"type": "datetime", "format": "any"},
    FieldType.BOOLEAN: {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]},
    FieldType.GEOMETRY: {"type": "geojson"},
    FieldType.TEXT: {"type": "string"},
}


def data_package(entry: Entry, release: Release, publisher: Words, *, base: str) -> dict[str, Any]:
    """`datapackage.json`; the CSV is its tabular resource, the other files stand beside it."""
    terms = licence(release.licence)
    said: dict[str, Any] = {
        "profile": "data-package",
        "name": entry.id,
        "id": f"{base}/data/{entry.id}/",
        "title": entry.title.zh,
        "description": (entry.summary or entry.title).zh,
        "homepage": f"{base}/data/{entry.id}/",
        "version": str(release.number),
        "created": release.released_at.isoformat(),
        "keywords": list(entry.schema_.tags) or [entry.theme],
        "contributors": [{"title": publisher.zh, "role": "publisher"}],
        "resources": [_resource(release, file, base=base) for file in release.files if file.format in LISTED],
    }
    if terms.url:
        said["licenses"] = [{"name": terms.id, "path": terms.url, "title": terms.title.en}]
    return said


def _resource(release: Release, file: OpenFile, *, base: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": f"{release.dataset}-{file.format}",
        "path": f"{base}/data/{release.dataset}/download/{file.format}",
        "format": file.format,
        "mediatype": file.media_type,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if file.format != "csv":
        return said
    fields = [_field(column) for column in release.columns]
    table = {"profile": "tabular-data-resource", "encoding": "utf-8", "dialect": {"delimiter": ","}}
    return said | table | {"schema": {"fields": fields, "missingValues": [""]}}


def _field(column: Column) -> dict[str, Any]:
    return {"name": column.id, "title": column.name.zh, **TYPES[column.type]}
