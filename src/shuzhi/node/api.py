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

# Each room's router and where it stands below /api/.
ROUTERS = {
    "shuzhi.data.sources.api.router": "",
    "shuzhi.data.quality.api.router": "/quality",
    "shuzhi.data.exchange.api.router": "/exchange",
    "shuzhi.data.opendata.api.router": "",
    "shuzhi.business.indicators.api.router": "/indicators",
    "shuzhi.support.workflow.api.router": "/workflow",
}
for _router, _prefix in ROUTERS.items():
    api.add_router(_prefix, _router)


@api.exception_handler(PlatformError)
def _refused(request: HttpRequest, error: PlatformError) -> HttpResponse:
    if isinstance(error, Forbidden):
        note_refusal(request, error)
    return api.create_response(request, error.as_dict(), status=error.http_status)
