"""JSON end points of the inbox and of dossiers (收件箱、案卷)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.security.guard import requires
from shuzhi.support.workflow import queries, services
from shuzhi.support.workflow.types import Dossier, InboxRow, LoopDeclaration, Offer, Step

router = Router(tags=["workflow"])


class StepIn(Schema):
    """A step that somebody wants to take; `version` is the dossier's version that they saw."""

    version: int
    note: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)


@router.get("/inbox", response=list[InboxRow])
@requires("workflow.read")
def read_inbox(request: HttpRequest) -> list[InboxRow]:
    """The dossiers that wait for the reader, the most urgent first."""
    at = now()
    return queries.inbox(actor=request.actor, today=day_of(at), at=at)  # type: ignore[attr-defined]


@router.get("/loops", response=list[LoopDeclaration])
@requires("workflow.read")
def read_loops(request: HttpRequest) -> list[LoopDeclaration]:
    """Every loop with its states and actions."""
    del request
    return queries.loops()


@router.get("/dossiers/{dossier}", response=Dossier)
@requires("workflow.read")
def read_dossier(request: HttpRequest, dossier: int) -> Dossier:
    """One dossier that the reader takes part in, or any for the bureau and for leaders."""
    return queries.readable_dossier(dossier, actor=request.actor)  # type: ignore[attr-defined]


@router.get("/dossiers/{dossier}/history", response=list[Step])
@requires("workflow.read")
def read_history(request: HttpRequest, dossier: int) -> list[Step]:
    """A dossier's steps."""
    queries.readable_dossier(dossier, actor=request.actor)  # type: ignore[attr-defined]
    return queries.history(dossier)


@router.get("/dossiers/{dossier}/actions", response=list[Offer])
@requires("workflow.read")
def read_offers(request: HttpRequest, dossier: int) -> list[Offer]:
    """What the reader may do with a dossier now."""
    # A list: of a tuple of two the API would take the first for a status.
    return list(queries.offers(dossier=dossier, actor=request.actor))  # type: ignore[attr-defined]


@router.post("/dossiers/{dossier}/actions/{action}", response=Dossier)
@requires("workflow.act")
def take_step(request: HttpRequest, dossier: int, action: str, step: StepIn) -> Dossier:
    """Take a step."""
    return services.act(
        dossier=dossier,
        action=action,
        by=request.actor,  # type: ignore[attr-defined]
        at=now(),
        note=step.note,
        evidence=step.evidence,
        version=step.version,
    )
