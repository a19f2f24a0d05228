"""Organizations, groups and tags: the offices, themes and words that open data sets stand under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.errors import Invalid, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters

PUBLIC = Question(public=True)
MOST = 1000
SORTS = {"name": "name", "title": "title", "package_count": "package_count", "packages": "package_count"}

Shape = dict[str, Any]


def organization_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Offices that own open data sets: `all_fields`, `sort`, `limit`, `offset`, `organizations`."""
    del base
    return _listed(parameters, _offices(), chosen="organizations")


def organization_show(parameters: Parameters, *, base: str) -> Shape:
    """One office, with its data sets when `include_datasets` asks for them."""
    return _shown(parameters, _offices(), "owner", base=base)


def group_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Themes that have open data sets: `all_fields`, `sort`, `limit`, `offset`, `groups`."""
    del base
    return _listed(parameters, _themes(), chosen="groups")


def group_show(parameters: Parameters, *, base: str) -> Shape:
    """One theme, with its data sets when `include_datasets` asks for them."""
    return _shown(parameters, _themes(), "theme", base=base)


def group_package_show(parameters: Parameters, *, base: str) -> list[Shape]:
    """The data sets of one theme."""
    name = parameters.required("id")
    if name not in _themes():
        raise NotFound(what=name)
    return _packages({"theme": name}, parameters.number("limit", MOST, most=MOST), base=base)


def tag_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Tags of open data sets: `query`, `all_fields`."""
    del base
    _refuse_vocabulary(parameters)
    wanted = parameters.text("query").lower()
    tags = [tag for tag in search.tag_counts(PUBLIC) if wanted in tag.lower()]
    return [_tag(tag) for tag in tags] if parameters.flag("all_fields", default=False) else tags


def tag_search(parameters: Parameters, *, base: str) -> Shape:
    """Tags that hold `query` (one text or a list): `limit`, `offset`; how many there are, and they."""
    del base
    _refuse_vocabulary(parameters)
    wanted = [term.lower() for term in parameters.strings("query" if "query" in parameters.values else "q")]
    found = [tag for tag in search.tag_counts(PUBLIC) if wanted and all(one in tag.lower() for one in wanted)]
    start = parameters.number("offset", 0, most=10**9)
    page = found[start : start + parameters.number("limit", MOST, most=MOST)]
    return {"count": len(found), "results": [_tag(tag) for tag in page]}


def member_list(parameters: Parameters, *, base: str) -> list[Any]:
    """The data sets of an office or a theme, as [id, kind, capacity]: `id`, `object_type`. Accounts are not public."""
    del base
    name, kind = parameters.required("id"), parameters.text("object_type")
    column = "owner" if name in _offices() else "theme"
    if column == "theme" and name not in _themes():
        raise NotFound(what=name)
    if kind not in {"", "package"}:
        return []
    found = search.matching(Question(public=True, filters={column: name})).order_by("id")
    return [[each, "package", "public"] for each in found.values_list("id", flat=True)]


def tag_show(parameters: Parameters, *, base: str) -> Shape:
    """One tag, with its data sets when `include_datasets` asks for them."""
    name = parameters.required("id")
    found = search.matching(Question(public=True, tags=(name,))).order_by("id")
    if not found.exists():
        raise NotFound(what=name)
    if not parameters.flag("include_datasets", default=False):
        return _tag(name)
    ids = found.values_list("id", flat=True)[:MOST]
    return _tag(name) | {"packages": shapes.packages(shapes.public_entries(ids), base=base)}


def organization_autocomplete(parameters: Parameters, *, base: str) -> list[Shape]:
    """Offices whose name or title holds `q`."""
    del base
    return _completed(parameters, _offices())


def group_autocomplete(parameters: Parameters, *, base: str) -> list[Shape]:
    """Themes whose name or title holds `q`."""
    del base
    return _completed(parameters, _themes())


def tag_autocomplete(parameters: Parameters, *, base: str) -> list[str]:
    """Tags that hold `query` or `q`."""
    del base
    wanted = parameters.required("query", "q").lower()
    found = [tag for tag in search.tag_counts(PUBLIC) if wanted in tag.lower()]
    return found[: parameters.number("limit", 10, most=MOST)]


def _refuse_vocabulary(parameters: Parameters) -> None:
    """All tags here are free: there is no vocabulary that one could name."""
    if vocabulary := parameters.text("vocabulary_id"):
        raise NotFound(what=vocabulary[:100])


def _offices() -> dict[str, Shape]:
    counts, titles = search.facet(PUBLIC, "owner"), queries.publishers()
    return {name: shapes.organization_of(name, titles, count=count) for name, count in sorted(counts.items())}


def _themes() -> dict[str, Shape]:
    counts = search.facet(PUBLIC, "theme")
    return {name: shapes.group(name, count=count) for name, count in sorted(counts.items())}


def _listed(parameters: Parameters, every: Mapping[str, Shape], *, chosen: str) -> list[Any]:
    wanted = parameters.strings(chosen)
    listed = [shape for name, shape in every.items() if not wanted or name in wanted]
    field, falling = _sort(parameters.text("sort") or "title asc")
    listed.sort(key=lambda shape: shape[field], reverse=falling)
    start = parameters.number("offset", 0, most=10**9)
    page = listed[start : start + parameters.number("limit", MOST, most=MOST)]
    return page if parameters.flag("all_fields", default=False) else [shape["name"] for shape in page]


def _sort(text: str) -> tuple[str, bool]:
    field, _, direction = text.strip().partition(" ")
    # As CKAN does, how many data sets there are is counted down unless it is said otherwise.
    direction = direction.strip().lower() or ("desc" if SORTS.get(field) == "package_count" else "asc")
    if field not in SORTS or direction not in {"asc", "desc"}:
        raise Invalid(
            field="sort", reason=f"Cannot sort by field `{text[:60]}`", reason_zh=f"不能按 {text[:60]} 排序"
        )
    return SORTS[field], direction == "desc"


def _shown(parameters: Parameters, every: Mapping[str, Shape], column: str, *, base: str) -> Shape:
    name = parameters.required("id")
    if name not in every:
        raise NotFound(what=name)
    shape = every[name]
    if parameters.flag("include_datasets", default=False):
        shape["packages"] = _packages({column: name}, MOST, base=base)
    return shape


def _packages(filters: dict[str, str], most: int, *, base: str) -> list[Shape]:
    found = search.matching(Question(public=True, filters=filters)).order_by("title_sort", "id")
    return shapes.packages(shapes.public_entries(found.values_list("id", flat=True)[:most]), base=base)


def _completed(parameters: Parameters, every: Mapping[str, Shape]) -> list[Shape]:
    wanted = parameters.text("q").lower()
    found = [shape for shape in every.values() if wanted in f"{shape['name']} {shape['title']}".lower()]
    most = parameters.number("limit", 20, most=MOST)
    return [{name: shape[name] for name in ("id", "name", "title")} for shape in found[:most]]


def _tag(name: str) -> Shape:
    return {"id": name, "name": name, "display_name": name, "vocabulary_id": None}
