"""Collections: the open data sets whose rows have places."""

from __future__ import annotations

from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Entry, FieldType
from shuzhi.data.opendata import models, queries
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.ogc.coordinates import CRS84, SYSTEMS
from shuzhi.data.opendata.ogc.errors import NoSuchCollection
from shuzhi.data.opendata.places import Place, place_of
from shuzhi.data.opendata.types import Release

GEOJSON = "application/geo+json"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
JSON_TYPES: dict[FieldType, dict[str, str]] = {
    FieldType.INTEGER: {"type": "integer"},
    FieldType.DECIMAL: {"type": "number"},
    FieldType.AMOUNT: {"type": "number"},
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.DATETIME: {"type": "string", "format": "date-time"},
}


def collections(*, root: str) -> list[dict[str, Any]]:
    """Every collection; three statements however many."""
    names = models.Release.objects.filter(withdrawn_at=None, extent__isnull=False).values_list(
        "dataset", flat=True
    )
    entries = catalog.entries(ids=names)
    releases = queries.releases_of(entries)
    return [described(entry, releases[entry.id], root=root) for entry in entries if entry.id in releases]


def found(name: str) -> tuple[Entry, Release, Place]:
    """One collection.

    Raises:
        NoSuchCollection: no open data set of that name has places.
    """
    release = queries.releases([name]).get(name)
    place = place_of(release.columns) if release else None
    if release is None or release.extent is None or place is None:
        raise NoSuchCollection(collection=name[:150])
    return catalog.entry(name), release, place


def described(entry: Entry, release: Release, *, root: str) -> dict[str, Any]:
    """A collection as clients read it."""
    assert release.extent is not None
    here, terms = f"{root}/collections/{entry.id}", licence(release.licence)
    links = [
        _link(here, "self", "application/json", "本要素集 This collection"),
        _link(f"{here}/items", "items", GEOJSON, "要素 Features"),
        _link(
            f"{here}/queryables",
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            "application/schema+json",
            "可查询的属性 Queryables",
        ),
        _link(
            f"{root.removesuffix('/ogc')}/data/{entry.id}/",
            "describedby",
            "text/html",
            "数据集页面 The data set's page",
        ),
    ]
    if terms.url:
        links.append(_link(terms.url, "license", "text/html", terms.title.en))
    extent: dict[str, Any] = {"spatial": {"bbox": [list(release.extent.box)], "crs": CRS84}}
    if release.extent.since:
        extent["temporal"] = {"interval": [[release.extent.since, release.extent.until]], "trs": GREGORIAN}
    return {
        "id": entry.id,
        "title": f"{entry.title.zh} {entry.title.en}".strip(),
        "description": (entry.summary or entry.title).zh,
        "keywords": list(entry.schema_.tags),
        "extent": extent,
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": links,
    }


def queryables(entry: Entry, release: Release, place: Place, *, root: str) -> dict[str, Any]:
    """The properties of a collection's features as a JSON schema."""
    properties: dict[str, Any] = {
        column.id: {"title": column.name.zh, **JSON_TYPES.get(column.type, {"type": "string"})}
        for column in release.columns
        if column.id not in place.columns
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}/collections/{entry.id}/queryables",
        "type": "object",
        "title": entry.title.zh,
        "properties": {"geometry": {"$ref": "https://geojson.org/schema/Geometry.json"}, **properties},
    }


def _link(href: str, rel: str, kind: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind, "title": title}
