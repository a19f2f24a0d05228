"""The whole JSON API in one document: `/api/openapi.json`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from shuzhi import __version__
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.terminals.refusals import note_refusal

api = NinjaAPI(
    title="数治 Shuzhi",
    version=__version__,
    description="一体化智能化公共数据平台接口。The integrated public-data platform's API.",
    docs_url=None,
    openapi_url="openapi.json",
)

api.add_router("/exchange", "shuzhi.data.exchange.api.router")
api.add_router("", "shuzhi.data.opendata.api.router")


@api.exception_handler(PlatformError)
def _refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    if isinstance(error, Forbidden):
        note_refusal(request, error)
    return api.create_response(request, error.as_dict(), status=error.http_status)
