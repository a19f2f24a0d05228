"""Resources: the files of open data sets, by id and by what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.errors import Invalid, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.types import Release

MOST = 1000
SEARCHED = (
    *("id", "package_id", "name", "description", "format", "mimetype", "url", "hash", "size"),
    *("created", "last_modified", "state"),
)
TABLES = "_table_metadata"

Shape = dict[str, Any]


def resource_show(parameters: Parameters, *, base: str) -> Shape:
    """One file of an open data set: `id`."""
    release, form = find_resource(parameters.required("id"))
    entry = catalog.entry(release.dataset)
    return shapes.resource(entry, release, release.file(form), base=base)


def find_resource(wanted: str) -> tuple[Release, str]:
    """The release and format that a resource id names.

    Raises:
        NotFound: no open data set has that resource.
    """
    try:
        return queries.release_of_resource(wanted)
    except NotOpen as error:
        raise NotFound(what=wanted) from error


def resource_search(parameters: Parameters, *, base: str) -> Shape:
    """Files whose fields hold what is asked: `query` (one `field:term` or a list of them, all of which must hold),
    `order_by`, `limit`, `offset`. A `hash` is compared from its beginning.
    """
    tests = [_test(pair) for pair in parameters.strings("query", commas=False)]
    if not tests:
        raise Invalid(field="query", reason="Missing value", reason_zh="缺少该参数")
    found = [shape for shape in _every(base) if all(test(shape) for test in tests)]
    if order := parameters.text("order_by"):
        field = _field(order)
        found.sort(key=lambda shape: str(shape[field] if shape[field] is not None else ""))
    start = parameters.number("offset", 0, most=10**9)
    return {
        "count": len(found),
        "results": found[start : start + parameters.number("limit", MOST, most=MOST)],
    }


def resource_view_list(parameters: Parameters, *, base: str) -> list[Any]:
    """The views of a resource, of which there are none: `id`."""
    del base
    find_resource(parameters.required("id"))
    return []


def tables(parameters: Parameters, *, base: str) -> Shape:
    """The DataStore's list of its own tables, which `datastore_search` gives for `_table_metadata`."""
    names = sorted(shape["id"] for shape in _every(base) if shape["datastore_active"])
    start = parameters.number("offset", 0, most=10**9)
    limit = parameters.number("limit", 100, most=32_000)
    records = [
        {"_id": number, "name": name, "oid": number, "alias_of": None}
        for number, name in enumerate(names, start=1)
    ]
    return {
        "resource_id": TABLES,
        "fields": [
            {"id": "_id", "type": "text"},
            {"id": "name", "type": "name"},
            {"id": "oid", "type": "oid"},
            {"id": "alias_of", "type": "name"},
        ],
        "records": records[start : start + limit],
        "records_format": "objects",
        "total": len(records),
        "total_was_estimated": False,
        "include_total": True,
        "limit": limit,
        "offset": start,
    }


def _every(base: str) -> Iterator[Shape]:
    releases = queries.releases()
    for entry in catalog.entries(ids=releases):
        release = releases[entry.id]
        for file in release.files:
            yield shapes.resource(entry, release, file, base=base)


def _test(pair: str) -> Callable[[Shape], bool]:
    name, colon, term = pair.partition(":")
    if not colon:
        raise Invalid(field="query", reason="Must be <field>:<value> pair(s)", reason_zh="应写作“字段:内容”")
    field, wanted = _field(name), term.strip().casefold()
    if field == "hash":
        return lambda shape: str(shape["hash"]).removeprefix("sha256:").startswith(wanted)
    return lambda shape: wanted in str(shape[field]).casefold()


def _field(name: str) -> str:
    if name not in SEARCHED:
        reason = f'Field "{name[:60]}" not recognised in resource_search.'
        raise Invalid(field="query", reason=reason, reason_zh=f"资源没有字段 {name[:60]}")
    return name
