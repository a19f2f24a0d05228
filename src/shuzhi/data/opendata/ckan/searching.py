"""`package_search`: the part of the Solr syntax that clients really send."""

from __future__ import annotations

import re
from typing import Any

from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.errors import Invalid
from shuzhi.data.opendata.ckan.parameters import Parameters

MOST = 1000
# CKAN's field names and the catalog's facets.
FACETS = {
    "organization": "owner",
    "owner_org": "owner",
    "groups": "theme",
    "opening": "opening",
    "res_format": "formats",
    "tags": "tags",
}
ORDERS = {
    "title": "title",
    "title_string": "title",
    "name": "title",
    "metadata_modified": "newest",
    "score": "title",
}
_TERM = re.compile(r'([+-]?)(?:(\w+):)?("[^"]*"|\([^)]*\)|\S+)')


def package_search(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """Search the open catalog; `rows` at most 1,000, as in CKAN."""
    question, size = _question(parameters), parameters.number("rows", 10, most=MOST)
    start = parameters.number("start", 0, most=10**9)
    found = search.matching(question)
    order = search.ORDERS[question.order]
    ids = list(found.order_by(*order).values_list("id", flat=True)[start : start + size])
    facets = _facets(parameters, question)
    return {
        "count": found.count(),
        "sort": parameters.text("sort", "title_string asc"),
        "results": shapes.packages(shapes.public_entries(ids), base=base),
        "facets": {name: {item["name"]: item["count"] for item in items} for name, items in facets.items()},
        "search_facets": {name: {"title": name, "items": items} for name, items in facets.items()},
    }


def _question(parameters: Parameters) -> Question:
    words: list[str] = []
    filters: dict[str, str] = {}
    tags: list[str] = []
    for text in (parameters.text("q"), parameters.text("fq"), *parameters.strings("fq_list")):
        for sign, field, raw in _TERM.findall(text):
            value = raw.strip('"()')
            if sign == "-" or (not field and value in {"OR", "NOT"}):
                raise Invalid(
                    field="fq", reason=f"Not supported: {sign}{raw}", reason_zh=f"不支持 {sign}{raw}"
                )
            if field in {"", "title", "notes", "text", "name"}:
                words += [value.replace("*", "")] if value not in {"*", "AND", "*:*"} else []
            elif field == "tags":
                tags.append(value)
            elif field in FACETS:
                filters[FACETS[field]] = value.lower() if field == "res_format" else value
            elif field not in {"*", "state", "dataset_type", "capacity"}:
                raise Invalid(field="fq", reason=f"Unknown field {field}", reason_zh=f"不支持按 {field} 检索")
    return Question(
        text=" ".join(word for word in words if word),
        filters=filters,
        tags=tuple(tags),
        public=True,
        order=_order(parameters.text("sort")),
    )


def _order(sort: str) -> str:
    first = sort.split(",", maxsplit=1)[0].split() if sort.strip() else ["title_string"]
    if first[0] == "score" and "," in sort:
        first = sort.split(",")[1].split()
    if first[0] not in ORDERS:
        raise Invalid(field="sort", reason=f"Cannot sort by {first[0]}", reason_zh=f"不能按 {first[0]} 排序")
    return ORDERS[first[0]]


def _facets(parameters: Parameters, question: Question) -> dict[str, list[dict[str, Any]]]:
    facets = {}
    for name in parameters.strings("facet.field"):
        counts = search.facet(question, FACETS[name]) if name in FACETS else {}
        facets[name] = [
            {"name": value, "display_name": value, "count": count} for value, count in counts.items()
        ]
    return facets
