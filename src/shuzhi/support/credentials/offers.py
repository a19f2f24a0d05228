"""What processes may call (供流程调用): `credentials.issue`, `credentials.revoke`.

A pack that declares the step is what allows it; the audit log names the case. Business refusals reach the process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused

BY = system("workflow")


def issue(told: ServiceCall) -> dict[str, Any]:
    """Issue what a case resulted in. Inputs: kind, facts; subject, office and reference where not the case's own."""
    from shuzhi.support.credentials import services

    inputs = told.inputs
    kind, subject = str(inputs.get("kind", "")), str(inputs.get("subject") or told.subject)
    made = _asked(
        lambda: services.issue(
            kind=kind,
            subject=subject,
            office=str(inputs.get("office") or told.office),
            facts=dict(inputs.get("facts") or {}),
            reference=str(inputs.get("reference") or f"case/{told.case}/{kind}/{subject}")[:200],
            by=BY,
            at=told.at,
        )
    )
    return {"number": made.number, "kind": made.kind, "until": made.until.isoformat() if made.until else None}


def revoke(told: ServiceCall) -> dict[str, Any]:
    """Revoke a credential by a case's result. Inputs: number, reason."""
    from shuzhi.support.credentials import services

    number, reason = str(told.inputs.get("number", "")), str(told.inputs.get("reason", ""))
    ended = _asked(lambda: services.revoke(number=number, reason=reason, by=BY, at=told.at))
    return {"number": ended.number, "state": ended.state.value}


def _asked(service: Callable[[], Any]) -> Any:
    try:
        return service()
    except PlatformError as refusal:
        raise ServiceRefused(refusal.code, str(refusal)) from refusal


SERVICES: dict[str, Callable[[ServiceCall], Any]] = {"credentials.issue": issue, "credentials.revoke": revoke}
