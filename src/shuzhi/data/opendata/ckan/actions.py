"""The actions by their CKAN names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.datastore import datastore_search
from shuzhi.data.opendata.ckan.errors import NoSuchAction, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.ckan.searching import package_search
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.licences import LICENCES
from shuzhi.data.opendata.types import Release

PUBLIC = Question(public=True)
MOST = 100_000


def run(action: str, parameters: Parameters, *, base: str) -> Any:
    """Run an action by name.

    Raises:
        NoSuchAction: there is none of that name.
        ActionError: the action refuses; its shape is CKAN's.
    """
    if action not in ACTIONS:
        raise NoSuchAction(action=action)
    return ACTIONS[action](parameters, base=base)


def package_list(parameters: Parameters, *, base: str) -> list[str]:
    """Names of all open data sets, in the order of their names."""
    del base
    limit, offset = parameters.number("limit", MOST, most=MOST), parameters.number("offset", 0, most=10**9)
    ids = search.matching(PUBLIC).order_by("id").values_list("id", flat=True)
    return list(ids[offset : offset + limit])


def package_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One data set with its resources."""
    name = parameters.required("id", "name_or_id")
    if not search.matching(PUBLIC).filter(id=name).exists():
        raise NotFound(what=name)
    return shapes.packages([catalog.entry(name)], base=base)[0]


def current_package_list_with_resources(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """Data sets with their resources, the newest first."""
    limit, offset = parameters.number("limit", 100, most=1000), parameters.number("offset", 0, most=10**9)
    ids = search.matching(PUBLIC).order_by(*search.ORDERS["newest"]).values_list("id", flat=True)
    return shapes.packages(shapes.public_entries(ids[offset : offset + limit]), base=base)


def organization_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Offices that own open data sets."""
    del base
    counts = search.facet(PUBLIC, "owner")
    offices = queries.publishers()
    if not parameters.flag("all_fields", default=False):
        return sorted(counts)
    return [shapes.organization_of(name, offices, count=counts[name]) for name in sorted(counts)]


def organization_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One office, with its data sets when asked for."""
    name = parameters.required("id")
    counts = search.facet(PUBLIC, "owner")
    if name not in counts:
        raise NotFound(what=name)
    shape = shapes.organization_of(name, queries.publishers(), count=counts[name])
    return shape | _included(parameters, {"owner": name}, base=base)


def group_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Themes that have open data sets."""
    del base
    counts = search.facet(PUBLIC, "theme")
    if not parameters.flag("all_fields", default=False):
        return sorted(counts)
    return [shapes.group(name, count=counts[name]) for name in sorted(counts)]


def group_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One theme, with its data sets when asked for."""
    name = parameters.required("id")
    counts = search.facet(PUBLIC, "theme")
    if name not in counts:
        raise NotFound(what=name)
    return shapes.group(name, count=counts[name]) | _included(parameters, {"theme": name}, base=base)


def tag_list(parameters: Parameters, *, base: str) -> list[Any]:
    """Tags of open data sets."""
    del base
    wanted = parameters.text("query").lower()
    tags = [tag for tag in search.tag_counts(PUBLIC) if wanted in tag.lower()]
    if not parameters.flag("all_fields", default=False):
        return tags
    return [{"id": tag, "name": tag, "display_name": tag} for tag in tags]


def tag_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One tag, with its data sets when asked for."""
    name = parameters.required("id")
    question = Question(public=True, tags=(name,))
    found = search.matching(question).order_by("id")
    if not found.exists():
        raise NotFound(what=name)
    shape: dict[str, Any] = {"id": name, "name": name, "display_name": name}
    if parameters.flag("include_datasets", default=False):
        ids = found.values_list("id", flat=True)[:1000]
        shape["packages"] = shapes.packages(shapes.public_entries(ids), base=base)
    return shape


def resource_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One file of an open data set."""
    wanted = parameters.required("id")
    release, form = find_resource(wanted)
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


def status_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """What this site is and which CKAN it is like."""
    del parameters
    return {
        "ckan_version": "2.11.0",
        "site_url": base,
        "site_title": "数治开放数据",
        "site_description": "",
        "locale_default": "zh_Hans_CN",
        "extensions": ["datastore"],
    }


def site_read(parameters: Parameters, *, base: str) -> bool:
    """Whether the site may be read: always."""
    del parameters, base
    return True


def license_list(parameters: Parameters, *, base: str) -> list[dict[str, str]]:
    """The licences in use."""
    del parameters, base
    return [
        {"id": each.id, "title": each.title.en, "url": each.url or "", "status": "active"}
        for each in LICENCES.values()
    ]


def _included(parameters: Parameters, filters: dict[str, str], *, base: str) -> dict[str, Any]:
    if not parameters.flag("include_datasets", default=False):
        return {}
    found = search.matching(Question(public=True, filters=filters)).order_by("title_sort", "id")
    ids = found.values_list("id", flat=True)[:1000]
    return {"packages": shapes.packages(shapes.public_entries(ids), base=base)}


def _datastore_search(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """Rows of an open data set: filters, full text, sort, fields, distinct, paging, exact total."""
    release, _ = find_resource(parameters.required("resource_id", "id"))
    return datastore_search(release, parameters, base=base)


ACTIONS: Mapping[str, Callable[..., Any]] = {
    "package_list": package_list,
    "package_show": package_show,
    "package_search": package_search,
    "current_package_list_with_resources": current_package_list_with_resources,
    "organization_list": organization_list,
    "organization_show": organization_show,
    "group_list": group_list,
    "group_show": group_show,
    "tag_list": tag_list,
    "tag_show": tag_show,
    "resource_show": resource_show,
    "datastore_search": _datastore_search,
    "license_list": license_list,
    "status_show": status_show,
    "site_read": site_read,
}
