"""The whole JSON API in one document: `/api/openapi.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from shuzhi import __version__
from shuzhi.data.exchange.openapi import gateway_openapi
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.refusals import note_refusal


class WholeApi(NinjaAPI):
    """The rooms' API, described together with the gateway's published interfaces."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document; the gateway's paths name the gateway as their server."""
        schema = super().get_openapi_schema(**options)
        _tell_methods_apart(schema["paths"])
        gateway = gateway_openapi()
        server = {
            "url": f"http://{settings().gateway_host}:{settings().gateway_port}",
            "description": "gateway",
        }
        for path, item in gateway["paths"].items():
            schema["paths"][path] = item | {"servers": [server]}
        for kind, parts in gateway["components"].items():
            schema["components"].setdefault(kind, {}).update(parts)
        schema.setdefault("tags", []).extend(gateway["tags"])
        return schema


def _tell_methods_apart(paths: dict[str, Any]) -> None:
    """One function that answers several methods is several operations, each with an id of its own."""
    for item in paths.values():
        seen: set[str] = set()
        for method, operation in list(item.items()):
            name = operation["operationId"]
            if name in seen:
                item[method] = operation | {"operationId": f"{name}_{method}"}
            seen.add(name)


def _for_everyone(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @open_to_public("what the node offers is no secret; each operation asks for its own right")
    def document(request: HttpRequest) -> HttpResponse:
        return view(request)

    return document


api = WholeApi(
    title="数治 Shuzhi",
    version=__version__,
    description="一体化智能化公共数据平台接口。The integrated public-data platform's API.",
    docs_url=None,
    openapi_url="openapi.json",
    docs_decorator=_for_everyone,
)

# Each room's router and where it stands below /api/.
ROUTERS = {
    "shuzhi.data.sources.api.router": "",
    "shuzhi.data.quality.api.router": "/quality",
    "shuzhi.data.exchange.api.router": "/exchange",
    "shuzhi.data.opendata.api.router": "",
    "shuzhi.business.indicators.api.router": "/indicators",
    "shuzhi.support.workflow.api.router": "/workflow",
    "shuzhi.pillars.security.api.router": "/audit",
}
for _router, _prefix in ROUTERS.items():
    api.add_router(_prefix, _router)


@api.exception_handler(PlatformError)
def _refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    if isinstance(error, Forbidden):
        note_refusal(request, error)
    return api.create_response(request, error.as_dict(), status=error.http_status)
