"""Features: rows with a place, as GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from shuzhi.data.opendata import answering
from shuzhi.data.opendata.ogc.asking import Asked
from shuzhi.data.opendata.ogc.collections import GEOJSON
from shuzhi.data.opendata.ogc.coordinates import turned
from shuzhi.data.opendata.ogc.errors import NoSuchFeature
from shuzhi.data.opendata.places import Place
from shuzhi.data.opendata.types import Release, RowQuestion


def page(
    release: Release, place: Place, asked: Asked, given: Mapping[str, str], *, root: str, at: datetime
) -> dict[str, Any]:
    """A page of features with the exact number of all that match."""
    answer = answering.answer(release, asked.rows)
    here = f"{root}/collections/{release.dataset}"
    features = [_feature(row, place, asked.crs) for row in answer.rows]
    links = [_page_link(here, given, asked.rows.offset, "self"), _json_link(here, "collection")]
    following = asked.rows.offset + asked.rows.limit
    if following < answer.total:
        links.append(_page_link(here, given, following, "next"))
    if asked.rows.offset:
        links.append(_page_link(here, given, max(asked.rows.offset - asked.rows.limit, 0), "prev"))
    return {
        "type": "FeatureCollection",
        "timeStamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "numberMatched": answer.total,
        "numberReturned": len(features),
        "features": features,
        "links": links,
    }


def one(release: Release, place: Place, number: str, *, crs: str, root: str) -> dict[str, Any]:
    """One feature by its row's number, which holds within the release.

    Raises:
        NoSuchFeature: no row has that number.
    """
    answer = answering.answer(release, RowQuestion(filters={"_id": (number,)}, limit=1))
    if not answer.rows:
        raise NoSuchFeature(collection=release.dataset, feature=number[:40])
    here = f"{root}/collections/{release.dataset}"
    links = [
        {"href": f"{here}/items/{answer.rows[0]['_id']}", "rel": "self", "type": GEOJSON},
        _json_link(here, "collection"),
    ]
    return _feature(answer.rows[0], place, crs) | {"links": links}


def _feature(row: dict[str, Any], place: Place, crs: str) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name != "_id" and name not in place.columns}
    geometry = turned(place.geometry(row), crs)
    return {"type": "Feature", "id": row["_id"], "geometry": geometry, "properties": properties}


def _page_link(here: str, given: Mapping[str, str], offset: int, rel: str) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name != "offset"}
    query = urlencode(kept | ({"offset": str(offset)} if offset else {}))
    return {"href": f"{here}/items{'?' if query else ''}{query}", "rel": rel, "type": GEOJSON}


def _json_link(here: str, rel: str) -> dict[str, str]:
    return {"href": here, "rel": rel, "type": "application/json"}
