"""JSON end points of scorecards, checks and issues (质量)."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from shuzhi.data.quality import queries, services
from shuzhi.data.quality.showing import shown_run
from shuzhi.data.quality.types import CheckRun, Issue, OfficeScore, Scorecard
from shuzhi.foundation.clock import now
from shuzhi.foundation.paging import PageNumber
from shuzhi.pillars.security.guard import requires

router = Router(tags=["quality"])


@router.get("/scorecards", response=list[Scorecard])
@requires("quality.read")
def read_scorecards(request: HttpRequest, office: str | None = None) -> list[Scorecard]:
    """The scorecard of every checked data set."""
    del request
    return queries.scorecards(office=office)


@router.get("/offices", response=list[OfficeScore])
@requires("quality.read")
def read_office_scores(request: HttpRequest) -> list[OfficeScore]:
    """Every office's quality."""
    del request
    return queries.office_scores()


@router.get("/datasets/{dataset}/latest", response=CheckRun)
@requires("quality.read")
def read_latest(request: HttpRequest, dataset: str) -> CheckRun:
    """A data set's latest check with the result of every rule."""
    return shown_run(queries.latest_run(dataset), by=request.actor, at=now())  # type: ignore[attr-defined]


@router.get("/issues", response=list[Issue])
@requires("quality.read")
def read_issues(
    request: HttpRequest,
    dataset: str | None = None,
    office: str | None = None,
    open_only: bool = True,  # noqa: FBT001, FBT002 — a parameter of the address
    page: PageNumber = 1,
) -> list[Issue]:
    """Problem data."""
    del request
    return queries.issues(dataset=dataset, office=office, open_only=open_only, page=page)


@router.post("/batches/{batch}/check", response=CheckRun)
@requires("quality.check")
def check(request: HttpRequest, batch: str) -> CheckRun:
    """Check a collected batch again."""
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    return shown_run(services.check_batch(batch=batch, by=actor, at=at), by=actor, at=at)
