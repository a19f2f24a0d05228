"""What processes may call (供流程调用): `messages.send`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused


def send(told: ServiceCall) -> dict[str, Any]:
    """Send a message by a case. Inputs: template, facts; to where it is not the case's subject; key."""
    from shuzhi.support.messages import services

    inputs = told.inputs
    template, to = str(inputs.get("template", "")), str(inputs.get("to") or told.subject)
    try:
        made = services.send(
            template=template,
            to=to,
            facts=dict(inputs.get("facts") or {}),
            key=str(inputs.get("key") or f"case/{told.case}/{template}/{to}")[:200],
            by=system("workflow"),
            at=told.at,
        )
    except PlatformError as refusal:
        raise ServiceRefused(refusal.code, str(refusal)) from refusal
    return {"message": made.id}


SERVICES: dict[str, Callable[[ServiceCall], Any]] = {"messages.send": send}
