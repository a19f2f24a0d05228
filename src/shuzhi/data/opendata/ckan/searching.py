"""`package_search`: question, order, page and facets as CKAN's clients and harvesters send them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy

from shuzhi.data.catalog import search, tallies
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.errors import BadSearch
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.ckan.solr import condition

MOST = 1000
PUBLIC = Question(public=True)
DEFAULT_SORT = "score desc, metadata_modified desc"
# CKAN's field names and the catalog's facets.
FACETS = {
    "organization": "owner",
    "owner_org": "owner",
    "groups": "theme",
    "opening": "opening",
    "res_format": "formats",
    "tags": "tags",
}
SORTS = {
    "id": "id",
    "name": "id",
    "title": "title_sort",
    "title_string": "title_sort",
    "metadata_modified": "modified_at",
    "metadata_created": "proposed_at",
    "organization": "owner",
}
KNOWN = frozenset(
    {
        *("q", "fq", "fq_list", "rows", "start", "sort", "facet", "facet.field", "facet.limit", "facet.mincount"),
        *("include_private", "include_drafts", "include_deleted", "use_default_schema", "extras"),
        *("wt", "qf", "bf", "boost", "tie", "defType", "mm", "fl", "df", "q.op"),  # of Solr; the order stays ours
    }
)  # fmt: skip


def package_search(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Search the open catalog.

    `q`, `fq` and `fq_list` in the part of Solr's syntax that clients send; `sort`; `rows` (at most 1,000) and
    `start`; `facet.field` with `facet.limit` and `facet.mincount`. There is nothing private here, so that
    `include_private`, `include_drafts` and `include_deleted` change nothing.
    """
    _refuse_unknown(parameters)
    size = parameters.number("rows", 10, most=MOST)
    start = parameters.number("start", 0, most=10**9)
    found = search.matching(PUBLIC)
    for text in (
        parameters.text("q"),
        *parameters.strings("fq", commas=False),
        *parameters.strings("fq_list", commas=False),
    ):
        found = found.filter(condition(text, at=call.at))
    sort = parameters.text("sort") or DEFAULT_SORT
    ids = (
        list(found.order_by(*_order(sort)).values_list("id", flat=True)[start : start + size]) if size else []
    )
    counts, facets = _counts(parameters, found)
    return {
        "count": counts,
        "sort": sort,
        "results": shapes.packages(shapes.public_entries(ids), base=call.base),
        "facets": {name: {item["name"]: item["count"] for item in items} for name, items in facets.items()},
        "search_facets": {name: {"title": name, "items": items} for name, items in facets.items()},
    }


def _refuse_unknown(parameters: Parameters) -> None:
    unknown = sorted(name for name in parameters.values if name not in KNOWN and not name.startswith("ext_"))
    if unknown:
        raise BadSearch(
            reason=f"Invalid search parameters: {', '.join(unknown)[:120]}",
            reason_zh=f"没有这些参数：{'、'.join(unknown)[:120]}",
        )


def _order(sort: str) -> list[OrderBy]:
    order = []
    for part in sort.split(","):
        field, _, direction = part.strip().partition(" ")
        direction = direction.strip().lower() or "asc"
        if direction not in {"asc", "desc"} or (field != "score" and field not in SORTS):
            raise BadSearch(reason=f'Invalid "sort" parameter: {part}', reason_zh=f"不能这样排序：{part}")
        if field != "score":  # every match is as good as another: words are there or not
            order.append(OrderBy(F(SORTS[field]), descending=direction == "desc"))
    return [*order, OrderBy(F("title_sort")), OrderBy(F("id"))]


def _counts(parameters: Parameters, found: QuerySet[Any]) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """How many there are, and the facets that were asked for."""
    wanted = parameters.strings("facet.field") if parameters.flag("facet", default=True) else ()
    known = tuple(dict.fromkeys(FACETS[name] for name in wanted if name in FACETS))
    tally = tallies.tally(found, known)
    most = parameters.signed("facet.limit", 50)
    least = parameters.number("facet.mincount", 1, most=10**9)
    facets = {}
    for name in wanted:
        counts = tally.facets.get(FACETS.get(name, ""), {})
        titles = shapes.facet_titles(name)
        listed = [(value, count) for value, count in counts.items() if count >= least]
        facets[name] = [
            {"name": value, "display_name": titles.get(value, value), "count": count}
            for value, count in (listed if most < 0 else listed[:most])
        ]
    return tally.total, facets
