"""JSON end points of the audit log (审计接口): heads, proofs, receipts, and who saw whose data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from shuzhi.foundation.clock import now
from shuzhi.pillars.security import services
from shuzhi.pillars.security.errors import LogTooShort
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.pillars.security.log import proofs, receipts
from shuzhi.pillars.security.queries import PAGE

router = Router(tags=["audit"])
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]


class HeadOut(Schema):
    """A signed head; `note` is the text to be kept."""

    size: int
    root: str
    note: str
    keys: list[str]


class ReceiptOut(Schema):
    """The file that `verify_audit.py receipt` verifies."""

    format: str
    entry: str
    content: str
    place: int
    proof: list[str]
    head: str
    keys: list[str]


class ConsistencyOut(Schema):
    """The file that `verify_audit.py consistency` verifies."""

    format: str
    old: str
    new: str
    proof: list[str]
    keys: list[str]


class SubjectIn(Schema):
    """Whose data; in the body, since addresses are written to access logs."""

    scheme: str = Field(min_length=1, max_length=60)
    value: str = Field(min_length=1, max_length=200)
    page: int = Field(1, ge=1, le=10_000)


class SightOut(Schema):
    """One act on the subject's data: who, what, why, on what basis."""

    ref: str
    at: datetime
    action: str
    target: str
    actor: str
    office: str | None
    purpose: str | None
    basis: str | None
    outcome: str
    facts: dict[str, Any]


@router.get("/head", response=HeadOut)
@open_to_public("a head says only how many entries there are; the more people keep it, the better")
def read_head(request: HttpRequest) -> dict[str, Any]:
    """The newest signed head, with the keys that sign."""
    del request
    newest = proofs.head()
    if newest is None:
        raise LogTooShort(size=0, asked=1)
    return {**vars(newest), "keys": [key.text for key in proofs.public_keys()]}


@router.get("/consistency", response=ConsistencyOut)
@open_to_public("a proof between two heads says nothing of what stands in the log")
def read_consistency(
    request: HttpRequest,
    old: Annotated[int, Query(ge=1, le=2**62)],
    new: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> receipts.ConsistencyReceipt:
    """That the log of a newer head begins with the whole log of an older one; both sizes are those of heads."""
    del request
    return receipts.consistency(old, new)


@router.get("/receipts/{name}", response=ReceiptOut)
@requires("audit.receipt")
def read_receipt(request: HttpRequest, name: Name) -> receipts.Receipt:
    """The receipt of an entry, by its name or by the request id that the gateway answered with."""
    return receipts.receipt(name, by=request.actor, at=now())  # type: ignore[attr-defined]


@router.post("/who-saw", response=list[SightOut])
@requires("audit.subject")
def who_saw(request: HttpRequest, asked: SubjectIn) -> list[Any]:
    """Who saw the data of a person or firm, why and on what basis, the newest first, 50 a page."""
    by = request.actor  # type: ignore[attr-defined]
    return services.ask_who_saw(
        scheme=asked.scheme, value=asked.value, by=by, at=now(), page=asked.page, size=PAGE
    )
