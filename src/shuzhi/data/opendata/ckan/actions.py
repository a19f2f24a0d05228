"""The actions by their CKAN names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import getdoc
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata.changes import Change, Kind, changes
from shuzhi.data.opendata.ckan import publishers, resources, shapes
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.datastore import datastore_info, datastore_search
from shuzhi.data.opendata.ckan.errors import AccessDenied, NoSqlFromOutside, NoSuchAction, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.ckan.searching import package_search
from shuzhi.data.opendata.ckan.writing import accounts, packages, rows
from shuzhi.data.opendata.licences import LICENCES
from shuzhi.pillars.security.errors import Forbidden

PUBLIC = Question(public=True)
MOST = 100_000
WRITING = ("_create", "_update", "_delete", "_patch", "_purge", "_revise", "_upsert", "_reorder")


def run(action: str, parameters: Parameters, call: Call) -> Any:
    """Run an action by name.

    Raises:
        NoSuchAction: there is none of that name.
        AccessDenied: it changes data, and the caller may not.
        ActionError: the action refuses; its shape is CKAN's.
    """
    if action in OWN:
        return OWN[action](parameters, call)
    if action in CHANGING:
        return _change(action, parameters, call)
    if action not in ACTIONS:
        if action.endswith(WRITING):
            reason = "this site does not let it be done by program"
            raise AccessDenied(action=action[:60], reason=reason, reason_zh="本站不提供此操作。")
        raise NoSuchAction(action=action)
    return ACTIONS[action](parameters, base=call.base)


def _change(action: str, parameters: Parameters, call: Call) -> Any:
    if not call.is_signed:
        raise AccessDenied(
            action=action, reason="no valid token came with it", reason_zh="没有收到有效令牌。"
        )
    try:
        return CHANGING[action](parameters, call)
    except Forbidden as error:
        raise AccessDenied(action=action, reason=str(error), reason_zh=error.message_zh) from error


def _package_show(parameters: Parameters, call: Call) -> dict[str, Any]:
    """One data set with its resources: `id`, which is its name; owners see their proposals too."""
    try:
        return package_show(parameters, base=call.base)
    except NotFound:
        if not call.is_signed:
            raise
        return packages.own_shape(packages.own_entry(parameters, call), call)


def _no_sql(parameters: Parameters, call: Call) -> None:
    """Refused: no SQL text is accepted from outside. Ask by `datastore_search`."""
    del parameters, call
    raise NoSqlFromOutside


def package_activity_list(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """What happened to a data set, the latest first: `id`, `limit`."""
    name = parameters.required("id", "name_or_id")
    package_show(Parameters({"id": name}), base=base)
    return _activities(changes(datasets=[name]), parameters)


def recently_changed_packages_activity_list(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """What happened in the open catalog, the latest first: `limit`, `offset`."""
    del base
    return _activities(changes(), parameters)


def _activities(found: list[Change], parameters: Parameters) -> list[dict[str, Any]]:
    start, most = parameters.number("offset", 0, most=1000), parameters.number("limit", 31, most=100)
    kinds = {Kind.LISTED: "new package", Kind.RELEASED: "changed package", Kind.WITHDRAWN: "changed package"}
    return [
        {
            "id": f"{change.dataset}#{change.kind.value}-{change.number}",
            "object_id": change.dataset,
            "activity_type": kinds[change.kind],
            "timestamp": shapes.moment(change.at),
            "data": {"package": {"name": change.dataset, "title": change.title.zh}, "says": change.says.zh},
        }
        for change in found[start : start + most]
    ]


def package_list(parameters: Parameters, *, base: str) -> list[str]:
    """Names of all open data sets, in the order of their names: `limit`, `offset`."""
    del base
    limit, offset = parameters.number("limit", MOST, most=MOST), parameters.number("offset", 0, most=10**9)
    ids = search.matching(PUBLIC).order_by("id").values_list("id", flat=True)
    return list(ids[offset : offset + limit])


def package_show(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """One data set with its resources: `id`, which is its name."""
    name = parameters.required("id", "name_or_id")
    if not search.matching(PUBLIC).filter(id=name).exists():
        raise NotFound(what=name)
    return shapes.packages([catalog.entry(name)], base=base)[0]


def current_package_list_with_resources(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """Data sets with their resources, the newest first: `limit`, `offset`."""
    limit, offset = parameters.number("limit", 1000, most=1000), parameters.number("offset", 0, most=10**9)
    ids = search.matching(PUBLIC).order_by(*search.ORDERS["newest"]).values_list("id", flat=True)
    return shapes.packages(shapes.public_entries(ids[offset : offset + limit]), base=base)


def package_autocomplete(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """Data sets whose words hold `q`: `limit`."""
    del base
    question = Question(text=parameters.required("q", "incomplete"), public=True)
    rows = search.matching(question).order_by("title_sort", "id").values_list("id", "title_zh")
    return [
        {"name": name, "title": title, "match_field": "title", "match_displayed": title}
        for name, title in rows[: parameters.number("limit", 10, most=1000)]
    ]


def format_autocomplete(parameters: Parameters, *, base: str) -> list[str]:
    """Formats that hold `q`: `limit`."""
    del base
    wanted = parameters.text("q").lower()
    found = [form for form in search.facet(PUBLIC, "formats") if wanted in form.lower()]
    return found[: parameters.number("limit", 5, most=1000)]


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


def license_list(parameters: Parameters, *, base: str) -> list[dict[str, Any]]:
    """The licences in use."""
    del parameters, base
    return [
        {
            "id": each.id,
            "title": each.title.en,
            "title_zh": each.title.zh,
            "url": each.url or "",
            "status": "active",
            "is_okd_compliant": each.is_open,
            "is_generic": False,
        }
        for each in LICENCES.values()
    ]


def help_show(parameters: Parameters, *, base: str) -> str:
    """What an action does: `name`."""
    del base
    name = parameters.required("name")
    if name not in EVERY:
        raise NotFound(what=name)
    return getdoc(EVERY[name]) or ""


def nothing(parameters: Parameters, *, base: str) -> list[Any]:
    """An empty list: this site has none of these."""
    del parameters, base
    return []


def none_such(parameters: Parameters, *, base: str) -> None:
    """Not found: this site has none of these."""
    del base
    raise NotFound(what=parameters.required("id")[:100])


def _datastore_search(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """Rows of an open data set.

    `resource_id`, `filters`, `q` (a text, or an object of field and text), `plain` (false: `|`, `&` and `:*` in `q`), `full_text` (words beside an object in `q`),
    `distinct`, `limit` (at most 32,000), `offset`, `fields`, `sort`, `include_total`, `records_format` (objects, lists, csv, tsv).
    """
    if parameters.required("resource_id", "id") == resources.TABLES:
        return resources.tables(parameters, base=base)
    release, _ = resources.find_resource(parameters.required("resource_id", "id"))
    return datastore_search(release, parameters)


def _datastore_info(parameters: Parameters, *, base: str) -> dict[str, Any]:
    """The columns of an open data set and how many rows it has: `resource_id` or `id`."""
    del base
    resource = parameters.required("resource_id", "id")
    release, _ = resources.find_resource(resource)
    return datastore_info(release, resource)


ACTIONS: Mapping[str, Callable[..., Any]] = {
    "package_list": package_list,
    "package_show": package_show,
    "package_autocomplete": package_autocomplete,
    "current_package_list_with_resources": current_package_list_with_resources,
    "organization_list": publishers.organization_list,
    "organization_show": publishers.organization_show,
    "organization_autocomplete": publishers.organization_autocomplete,
    "group_list": publishers.group_list,
    "group_show": publishers.group_show,
    "group_package_show": publishers.group_package_show,
    "group_autocomplete": publishers.group_autocomplete,
    "tag_list": publishers.tag_list,
    "tag_show": publishers.tag_show,
    "tag_autocomplete": publishers.tag_autocomplete,
    "format_autocomplete": format_autocomplete,
    "tag_search": publishers.tag_search,
    "member_list": publishers.member_list,
    "resource_show": resources.resource_show,
    "resource_search": resources.resource_search,
    "resource_view_list": resources.resource_view_list,
    "vocabulary_list": nothing,
    "vocabulary_show": none_such,
    "package_relationships_list": nothing,
    "package_activity_list": package_activity_list,
    "recently_changed_packages_activity_list": recently_changed_packages_activity_list,
    "group_list_authz": nothing,
    "datastore_search": _datastore_search,
    "datastore_info": _datastore_info,
    "license_list": license_list,
    "status_show": status_show,
    "site_read": site_read,
    "help_show": help_show,
}
# What depends on who asks, or when.
OWN: Mapping[str, Callable[[Parameters, Call], Any]] = {
    "package_search": package_search,
    "package_show": _package_show,
    "datastore_search_sql": _no_sql,
    "user_show": accounts.user_show,
    "user_list": accounts.user_list,
    "organization_list_for_user": accounts.organization_list_for_user,
}
# What changes something: never without somebody who may.
CHANGING: Mapping[str, Callable[[Parameters, Call], Any]] = {
    "package_create": packages.package_create,
    "package_update": packages.package_update,
    "package_patch": packages.package_patch,
    "package_delete": packages.package_delete,
    "resource_create": rows.resource_create,
    "resource_update": rows.resource_update,
    "resource_patch": rows.resource_patch,
    "resource_delete": rows.resource_delete,
    "datastore_create": rows.datastore_create,
    "datastore_upsert": rows.datastore_upsert,
    "datastore_delete": rows.datastore_delete,
    "api_token_create": accounts.api_token_create,
    "api_token_list": accounts.api_token_list,
    "api_token_revoke": accounts.api_token_revoke,
}
EVERY: Mapping[str, Callable[..., Any]] = {**ACTIONS, **OWN, **CHANGING}
