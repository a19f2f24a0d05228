"""Credentials over JSON: checking for everyone, issuing and ending for clerks' systems."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.guard import open_to_public, requires
from shuzhi.support.credentials import services
from shuzhi.support.credentials.types import Credential, Found

router = Router(tags=["credentials"])


class Document(Schema):
    """A credential as JSON or compact, a square's text, or a code."""

    document: str


class Issuing(Schema):
    """What is issued to whom; `reference` names the result, and gives the same credential again."""

    kind: str
    subject: str
    office: str
    facts: dict[str, Any]
    reference: str | None = None


class Turning(Schema):
    """What becomes of a credential, and why."""

    to: Literal["suspended", "valid", "revoked"]
    reason: str


@router.post("/verify", summary="核验证照 / check a credential")
@open_to_public("whoever is shown a credential may check it")
def verify(request: HttpRequest, asked: Document) -> dict[str, Any]:
    """Genuine, in force, and what it shows; a refusal says why."""
    del request
    return told(services.verify(document=asked.document, at=now()))


@router.post("/", summary="签发证照 / issue a credential")
@requires("credentials.issue")
def issue(request: HttpRequest, asked: Issuing) -> dict[str, Any]:
    """Issue a credential; its number and the credential itself."""
    from shuzhi.support.credentials import queries

    made = services.issue(**asked.dict(), by=request.actor, at=now())  # type: ignore[attr-defined]
    return summary(made) | {"credential": queries.signed(made.number).compact}


@router.post("/{number}/state", summary="中止、恢复、吊销 / suspend, resume, revoke")
@requires("credentials.end")
def turn(request: HttpRequest, number: str, asked: Turning) -> dict[str, Any]:
    """Suspend, resume or revoke."""
    acts = {"suspended": services.suspend, "valid": services.resume, "revoked": services.revoke}
    done = acts[asked.to](number=number, reason=asked.reason, by=request.actor, at=now())  # type: ignore[attr-defined]
    return summary(done)


def summary(found: Credential) -> dict[str, Any]:
    """A credential without what it says of anybody."""
    return {
        "number": found.number,
        "kind": found.kind,
        "office": found.office,
        "state": found.state.value,
        "issued_at": found.issued_at.isoformat(),
        "until": found.until.isoformat() if found.until else None,
    }


def told(found: Found) -> dict[str, Any]:
    """What a check found."""
    return {
        "verified": True,
        "form": found.form,
        "issuer": found.issuer,
        "kind": found.kind,
        "title": found.title.tagged,
        "number": found.number,
        "shows": dict(found.shows),
        "until": found.until.isoformat() if found.until else None,
        "credentials": [told(each) for each in found.parts],
    }
