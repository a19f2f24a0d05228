"""The open data API: CKAN's actions, and rows by data set."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from shuzhi.data.opendata.ckan import actions
from shuzhi.data.opendata.ckan.errors import ActionError, Invalid
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import open_to_public

router = Router(tags=["开放数据 Open data"])

MOST_BODY = 1_000_000


@router.api_operation(["GET", "POST"], "/3/action/{action}", summary="CKAN action API")
@open_to_public("open data is for everyone; the actions read released data only")
def ckan_action(request: HttpRequest, action: str) -> HttpResponse:
    """Run one action of the CKAN API; parameters as query string, form or JSON."""
    base = request.build_absolute_uri("/").rstrip("/")
    shape: dict[str, Any] = {"help": f"{base}/api/3/action/help_show?name={action}"}
    try:
        result = actions.run(action, _parameters(request), base=base)
    except ActionError as error:
        return _answer(shape | {"success": False, "error": error.as_ckan()}, error.http_status)
    except PlatformError as error:
        status = 404 if isinstance(error, NotOpen) else 409
        body = {"__type": "Validation Error", "message": str(error), "message_zh": error.message_zh}
        return _answer(shape | {"success": False, "error": body}, status)
    return _answer(shape | {"success": True, "result": result}, 200)


def _parameters(request: HttpRequest) -> Parameters:
    values: dict[str, Any] = {name: request.GET.getlist(name)[-1] for name in request.GET}
    if request.method != "POST":
        return Parameters(values)
    if request.content_type == "application/json" or request.body[:1] == b"{":
        try:
            body = json.loads(request.body[:MOST_BODY] or b"{}")
        except (ValueError, RecursionError) as error:
            raise Invalid(field="body", reason="JSON Error", reason_zh="请求体不是合法的 JSON") from error
        if not isinstance(body, dict):
            raise Invalid(field="body", reason="Must be a JSON object", reason_zh="请求体应为 JSON 对象")
        return Parameters(values | body)
    return Parameters(values | request.POST.dict())


def _answer(shape: dict[str, Any], status: int) -> JsonResponse:
    response = JsonResponse(shape, status=status, json_dumps_params={"ensure_ascii": False})
    # Open data may be read from any site's scripts.
    response["Access-Control-Allow-Origin"] = "*"
    return response
