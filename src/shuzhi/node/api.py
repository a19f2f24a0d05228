"""The whole JSON API in one document: `/api/openapi.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from shuzhi import __version__
from shuzhi.data.exchange.openapi import gateway_openapi
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.node.api_document import add_components, complete, policy_of
from shuzhi.node.api_errors import InvalidRequest, NoPolicy, NoSuchOperation
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.refusals import note_refusal


class WholeApi(NinjaAPI):
    """The rooms' API, described together with the gateway's published interfaces."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document; the gateway's paths name the gateway as their server."""
        schema = super().get_openapi_schema(**options)
        _tell_methods_apart(schema["paths"])
        policies = {
            one.operation_id or self.get_openapi_operation_id(one): policy for one, policy in operations(self)
        }
        for item in schema["paths"].values():
            for operation in item.values():
                complete(operation, policies.get(_original(operation["operationId"], policies), ""))
        add_components(schema)
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


def _original(operation_id: str, known: Mapping[str, str]) -> str:
    """The id as the operation has it, where one that answers several methods was told apart."""
    return operation_id if operation_id in known else operation_id.rpartition("_")[0]


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
    "shuzhi.data.opendata.requests.api.router": "",
    "shuzhi.business.indicators.api.router": "/indicators",
    "shuzhi.business.matters.library.api.router": "/matters",
    "shuzhi.support.workflow.api.router": "/workflow",
    "shuzhi.support.workflow.processes.api.router": "/workflow",
    "shuzhi.support.forms.api.router": "/forms",
    "shuzhi.support.credentials.api.router": "/credentials",
    "shuzhi.business.matters.cases.api.router": "/cases",
    "shuzhi.support.payments.api.router": "/payments",
    "shuzhi.pillars.security.api.router": "/audit",
}
for _router, _prefix in ROUTERS.items():
    api.add_router(_prefix, _router)


def operations(whole: NinjaAPI) -> Iterator[tuple[Operation, str]]:
    """Every operation with what it says about who may use it; empty when it says nothing."""
    for router in whole._get_bound_routers():  # noqa: SLF001 - ninja has no public way to what it serves
        for view in router.path_operations.values():
            for operation in view.operations:
                yield operation, policy_of(operation.view_func) or ""


def refuse_unguarded(whole: NinjaAPI) -> list[str]:
    """Fail closed: an operation that does not say who may use it answers nobody. Returns the ids of those."""
    closed = []
    for operation, policy in operations(whole):
        if not policy:
            operation.run = _refuse_everybody  # type: ignore[method-assign]
            closed.append(whole.get_openapi_operation_id(operation))
    return closed


def _refuse_everybody(request: HttpRequest, **_: Any) -> HttpResponse:
    return _refused(request, NoPolicy(path=request.path))


@api.exception_handler(PlatformError)
def _refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    if isinstance(error, Forbidden):
        note_refusal(request, error)
    return api.create_response(request, error.as_dict(), status=error.http_status)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What ninja could not read: each place with its reason, never the value."""
    found = {".".join(map(str, one["loc"])): str(one["msg"]) for one in error.errors}
    refusal = InvalidRequest(problems="; ".join(f"{place}: {reason}" for place, reason in found.items()))
    return api.create_response(request, refusal.as_dict() | {"facts": found}, status=refusal.http_status)


@api.exception_handler(HttpError)
def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    refusal = InvalidRequest(problems=str(error))
    return api.create_response(request, refusal.as_dict(), status=error.status_code)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _: Http404) -> HttpResponse:
    refusal = NoSuchOperation(path=request.path)
    return api.create_response(request, refusal.as_dict(), status=refusal.http_status)


@csrf_exempt
@open_to_public("says only that nothing is here")
def no_such_operation(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/: an answer for programs, not a page for people."""
    return _missing(request, Http404())


refuse_unguarded(api)
