"""The open data API: CKAN's actions, and rows by data set."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from ninja import Router, Schema
from pydantic import Field

from shuzhi.data.opendata import answering, queries, tokens
from shuzhi.data.opendata.answering import MOST_ROWS
from shuzhi.data.opendata.ckan import actions
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.datastore import row_filters
from shuzhi.data.opendata.ckan.errors import ActionError, BadRequest
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.types import Column, RowQuestion
from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC, Actor

router = Router(tags=["开放数据 Open data"])

_CKAN_REFUSAL = {
    "type": "object",
    "title": "CkanRefusal",
    "required": ["help", "success", "error"],
    "properties": {
        "help": {"type": "string"},
        "success": {"const": False},
        "error": {"type": "object", "required": ["__type"]},
    },
}
# CKAN's own shape, which its clients read; the statuses are those that its actions answer with.
CKAN_REFUSALS = {
    status: {"description": "CKAN refusal", "content": {"application/json": {"schema": _CKAN_REFUSAL}}}
    for status in (400, 404, 409)
}

MOST_BODY = 1_000_000
JSON, FOR_ALL = "application/json; charset=utf-8", {"Access-Control-Allow-Origin": "*"}


class FieldOut(Schema):
    """An open field: its id, both names, its type."""

    id: str
    name_zh: str
    name_en: str
    type: str


class RowsOut(Schema):
    """A page of rows with the exact number of all that match."""

    dataset: str
    release: int
    released_at: datetime
    licence: str
    synthetic: bool
    fields: list[FieldOut]
    total: int
    limit: int
    offset: int
    rows: list[dict[str, Any]]
    next: str | None


@router.get("/data/{dataset}/rows", response=RowsOut, summary="开放数据集的行 Rows of an open data set")
@open_to_public("open data is for everyone; only open fields are in the table that is read")
def dataset_rows(  # noqa: PLR0917  (ninja reads the query from the arguments)
    request: HttpRequest,
    dataset: str,
    q: str = "",
    where: str = "",
    fields: str = "",
    sort: str = "",
    limit: Annotated[int, Field(ge=0, le=MOST_ROWS)] = 100,
    offset: Annotated[int, Field(ge=0, le=10**12)] = 0,
) -> HttpResponse:
    """Rows that hold every word of `q` and fit `where`, e.g. `?where={"district":"余杭区"}&sort=-name&limit=20`.

    `where` is a JSON object of field and value (or a list of values, any of which may stand); `fields` and
    `sort` are field ids with commas, a minus before one sorts it falling. `next` is the address of the
    following page, null on the last. An amount is a number in the unit of its currency, which stands in
    `<field>__currency`; a time is in UTC.
    """
    asked = Parameters({"where": where, "fields": fields})
    question = RowQuestion(
        q=q,
        filters=row_filters(asked.mapping("where")),
        fields=asked.strings("fields"),
        sort=tuple((name.removeprefix("-"), name.startswith("-")) for name in sort.split(",") if name),
        limit=limit,
        offset=offset,
    )
    release, entry = queries.release_with_entry(storable(dataset))
    answer = answering.answer(release, question)
    following = offset + limit if limit and offset + limit < answer.total else None
    content = {
        "dataset": dataset,
        "release": release.number,
        "released_at": release.released_at,
        "licence": release.licence,
        "synthetic": entry.synthetic,
        "fields": [_field(column) for column in answer.columns],
        "total": answer.total,
        "limit": limit,
        "offset": offset,
        "rows": answer.rows,
        "next": following
        and f"{request.build_absolute_uri(request.path)}?{_with_offset(request, following)}",
    }
    # Encoded here: to look through hundreds of plain rows once more would take a fifth of the whole answer's time.
    return HttpResponse(msgspec.json.encode(content), content_type=JSON, headers=FOR_ALL)


def _field(column: Column) -> dict[str, str]:
    return {"id": column.id, "name_zh": column.name.zh, "name_en": column.name.en, "type": column.type.value}


def _with_offset(request: HttpRequest, offset: int) -> str:
    asked = request.GET.copy()
    asked["offset"] = str(offset)
    return asked.urlencode()


@router.get("/3", include_in_schema=False)
@open_to_public("which version of CKAN's API this is")
def ckan_version(request: HttpRequest) -> dict[str, int]:
    """The version of the API, as CKAN says it."""
    del request
    return {"version": 3}


@router.api_operation(["GET", "POST"], "/action/{action}", include_in_schema=False)  # as ckanapi calls
@router.api_operation(
    ["GET", "POST"],
    "/3/action/{action}",
    summary="CKAN action API",
    openapi_extra={"responses": CKAN_REFUSALS},
)
@open_to_public(
    "open data is for everyone; the actions read released data only; what writes asks for a token and the services' own rights"
)
def ckan_action(request: HttpRequest, action: str) -> HttpResponse:
    """Run one action of the CKAN API; parameters as query string, form or JSON."""
    base = request.build_absolute_uri("/").rstrip("/")
    shape: dict[str, Any] = {"help": f"{base}/api/3/action/help_show?name={action}"}
    try:
        result = actions.run(action, _parameters(request), _call(request, action, base))
    except ActionError as error:
        return _answer(shape | {"success": False, "error": error.as_ckan()}, error.http_status)
    except PlatformError as error:
        status = 404 if isinstance(error, NotOpen) else 409
        kind = "Not Found Error" if isinstance(error, NotOpen) else "Validation Error"
        body = {"__type": kind, "message": str(error), "message_zh": error.message_zh}
        return _answer(shape | {"success": False, "error": body}, status)
    return _answer(shape | {"success": True, "result": result}, 200)


def _call(request: HttpRequest, action: str, base: str) -> Call:
    """Who calls: whose token stands in `Authorization` (or `X-CKAN-API-Key`), else who is signed in."""
    at = clock.now()
    given = request.headers.get("Authorization") or request.headers.get("X-CKAN-API-Key") or ""
    secret = given.removeprefix("Bearer ").strip()
    by: Actor = tokens.actor_of(secret, at=at) if secret else request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        by = PUBLIC if not secret else by  # an address that is followed changes nothing
    return Call(action, base, at, by, request.FILES if request.method == "POST" else {})


def _parameters(request: HttpRequest) -> Parameters:
    values = _each(request.GET)
    if request.method != "POST":
        return Parameters(values)
    if request.content_type == "multipart/form-data":  # a file comes with it; it never stands in memory whole
        return Parameters(values | _each(request.POST))
    if len(request.body) > MOST_BODY:
        raise BadRequest(reason=f"at most {MOST_BODY} bytes", reason_zh=f"最多 {MOST_BODY} 字节")
    if request.content_type == "application/json" or request.body[:1] == b"{":
        try:
            body = json.loads(request.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise BadRequest(reason="JSON Error", reason_zh="请求体不是合法的 JSON") from error
        if not isinstance(body, dict):
            raise BadRequest(reason="the body must be a JSON object", reason_zh="请求体应为 JSON 对象")
        return Parameters(values | body)
    return Parameters(values | _each(request.POST))


def _each(given: QueryDict) -> dict[str, Any]:
    """A form's values; one that is given more than once is a list, as CKAN reads it."""
    return {name: held[0] if len(held) == 1 else held for name, held in given.lists() if held}


def _answer(shape: dict[str, Any], status: int) -> JsonResponse:
    response = JsonResponse(shape, status=status, json_dumps_params={"ensure_ascii": False})
    # Open data may be read from any site's scripts.
    response["Access-Control-Allow-Origin"] = "*"
    return response
