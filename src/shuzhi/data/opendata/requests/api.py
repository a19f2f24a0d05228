"""Data open on conditions, for those who have agreed to them: by a key, rows or the sandbox's counts."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from shuzhi.data.opendata import answering, queries, sandbox
from shuzhi.data.opendata.ckan.datastore import row_filters
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.requests import demands
from shuzhi.data.opendata.requests.errors import SandboxOnly
from shuzhi.data.opendata.requests.types import Demand, Way
from shuzhi.data.opendata.types import RowQuestion
from shuzhi.foundation import clock
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public

router = Router(tags=["有条件开放 Data open on conditions"])
WHY = "the key of an agreement opens one data set in the way agreed, until the day agreed"
MOST = 5_000
_BY_KEY = {
    "responses": {
        403: {
            "description": "The key opens nothing here, or not in this way",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
        }
    }
}


class AgreedRows(Schema):
    """A page of rows with the exact number of all that match."""

    dataset: str
    release: int
    until: str
    total: int
    limit: int
    offset: int
    rows: list[dict[str, Any]]


class SummaryOut(Schema):
    """Counts, rounded to five, and means by group; groups of fewer than `least` rows are left out and counted."""

    dataset: str
    by: list[str]
    mean_of: str
    least: int
    groups: list[dict[str, Any]]
    left_out: int


@router.get(
    "/agreed/{dataset}/rows",
    response=AgreedRows,
    summary="按协议取行 Rows by agreement",
    openapi_extra=_BY_KEY,
)
@open_to_public(WHY)
def agreed_rows(
    request: HttpRequest,
    dataset: str,
    where: str = "",
    limit: Annotated[int, Field(ge=0, le=MOST)] = 100,
    offset: Annotated[int, Field(ge=0, le=10**12)] = 0,
) -> dict[str, Any]:
    """Rows of a data set that is open on conditions; the key stands in `Authorization`, `where` as in the open rows."""
    demand = _agreed(request, dataset)
    if demand.way is not Way.API:
        raise SandboxOnly
    release = queries.conditional_release(demand.dataset)
    filters = row_filters(Parameters({"where": where}).mapping("where"))
    answer = answering.answer(release, RowQuestion(filters=filters, limit=limit, offset=offset))
    return {
        "dataset": demand.dataset,
        "release": release.number,
        "until": demand.until.isoformat() if demand.until else "",
        "total": answer.total,
        "limit": limit,
        "offset": offset,
        "rows": answer.rows,
    }


@router.get(
    "/agreed/{dataset}/summary",
    response=SummaryOut,
    summary="沙箱汇总 Counts in the sandbox",
    openapi_extra=_BY_KEY,
)
@open_to_public(WHY)
def agreed_summary(
    request: HttpRequest, dataset: str, by: str = "", mean_of: str = "", where: str = ""
) -> dict[str, Any]:
    """Counts and means by at most two fields; the key stands in `Authorization`."""
    demand = _agreed(request, dataset)
    asked = Parameters({"by": by, "where": where})
    question = RowQuestion(filters=row_filters(asked.mapping("where")))
    release = queries.conditional_release(demand.dataset)
    found = sandbox.summarise(release, by=asked.strings("by"), mean_of=storable(mean_of), filters=question)
    return {
        "dataset": demand.dataset,
        "by": list(found.by),
        "mean_of": found.mean_of,
        "least": sandbox.LEAST,
        "groups": list(found.groups),
        "left_out": found.left_out,
    }


def _agreed(request: HttpRequest, dataset: str) -> Demand:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return demands.holder_of(key, dataset=storable(dataset), at=clock.now())
