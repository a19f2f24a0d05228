"""What processes may call (供流程调用): `archive.file_case`, for what a case wants archived before it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused


def file_case(told: ServiceCall) -> dict[str, Any]:
    """Archive. Inputs: title, kind, facts; subject and office where not the case's own."""
    from shuzhi.support.archive import services

    inputs = told.inputs
    title = str(inputs.get("title") or "办件")
    try:
        made = services.file_case(
            subject=str(inputs.get("subject") or f"process/{told.case}/{title}")[:200],
            title=Words(zh=title, en=str(inputs.get("title_en") or title)),
            office=str(inputs.get("office") or told.office),
            closed_at=told.at,
            contents=[],
            facts=dict(inputs.get("facts") or {}),
            kind=str(inputs.get("kind") or "other"),
            by=system("workflow"),
            at=told.at,
        )
    except PlatformError as refusal:
        raise ServiceRefused(refusal.code, str(refusal)) from refusal
    return {"record": made.number, "holds": made.checked.holds}


SERVICES: dict[str, Callable[[ServiceCall], Any]] = {"archive.file_case": file_case}
