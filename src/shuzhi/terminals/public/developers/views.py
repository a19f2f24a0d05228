"""The developers' page: drawn from the API's own description, so that it cannot fall behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from shuzhi.data.opendata.ckan.actions import ACTIONS
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Link, Said
from shuzhi.terminals.public.developers.interfaces import documented

API = "/api/"
OPENAPI = "/api/openapi.json"
OPEN_PATHS = ("/api/data/", "/api/3/")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    place: str
    kind: str
    required: bool


ACTIONS_ZH = {
    "package_list": "全部数据集的编号，按编号排列。",
    "package_show": "一个数据集和它的文件。",
    "package_search": "搜索开放目录；一次最多 1,000 条。",
    "current_package_list_with_resources": "各数据集和它们的文件，最近更新的在前。",
    "organization_list": "提供开放数据的部门。",
    "organization_show": "一个部门；需要时连同它的数据集。",
    "group_list": "有开放数据的主题。",
    "group_show": "一个主题；需要时连同它的数据集。",
    "tag_list": "开放数据集的标签。",
    "tag_show": "一个标签；需要时连同它的数据集。",
    "resource_show": "数据集的一个文件。",
    "datastore_search": "按条件取行：筛选、全文查找、排序、选字段、去重、翻页，总数准确。",
    "license_list": "用到的授权许可。",
    "status_show": "本站是什么，与哪一版 CKAN 一致。",
    "site_read": "本站是否可读：总是可读。",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the API as its description tells it."""

    method: str
    path: str
    summary: str
    says: str
    parameters: list[Parameter]


@open_to_public("how to call the open API is for everyone to know")
def developers(request: HttpRequest) -> HttpResponse:
    """Every way to get the open data by program."""
    context = {
        "place_now": "developers",
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),)),
        "base": request.build_absolute_uri("/").rstrip("/"),
        "operations": list(operations(_description())),
        "actions": [
            (name, Said(ACTIONS_ZH.get(name, ""), _first_line(action))) for name, action in ACTIONS.items()
        ],
        "openapi": OPENAPI,
        "interfaces": [
            Link(
                Said(each.declaration.title.zh, each.declaration.title.en),
                reverse("public:interface", args=[each.declaration.interface]),
            )
            for each in documented()
        ],
    }
    return render(request, "public/developers.html", context)


def operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    """The open operations of an OpenAPI document."""
    for path, methods in description.get("paths", {}).items():
        if not path.startswith(OPEN_PATHS):
            continue
        for method, said in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                summary=said.get("summary", ""),
                says=said.get("description", ""),
                parameters=[_parameter(each) for each in said.get("parameters", ())],
            )


def _description() -> Mapping[str, Any]:
    """The node's OpenAPI document, asked of whatever serves it: the terminals know no node."""
    try:
        found = resolve(OPENAPI)
    except Resolver404:
        return {}
    api = getattr(found.func, "keywords", {}).get("api")
    schema: Mapping[str, Any] = api.get_openapi_schema(path_prefix=API) if api is not None else {}
    return schema


def _parameter(said: Mapping[str, Any]) -> Parameter:
    kind = said.get("schema", {}).get("type", "")
    return Parameter(said["name"], said["in"], str(kind), bool(said.get("required")))


def _first_line(action: Callable[..., Any]) -> str:
    return (action.__doc__ or "").strip().splitlines()[0]
