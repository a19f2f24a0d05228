"""What processes may call (供流程调用): `payments.place_order`, `payments.refund`. The step's case and subject are the key."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused

BY = system("workflow")


def place_order(told: ServiceCall) -> dict[str, Any]:
    """Ask for money. Inputs: amount, reason; payer, office, key and subject where not the case's own."""
    from shuzhi.support.payments import services

    inputs = told.inputs
    reason = str(inputs.get("reason", ""))
    made = _asked(
        lambda: services.place_order(
            subject=str(inputs.get("subject") or f"case/{told.case}"),
            payer=str(inputs.get("payer") or told.subject),
            amount=_amount(inputs.get("amount")),
            reason=Words(zh=reason, en=str(inputs.get("reason_en") or reason)),
            office=str(inputs.get("office") or told.office),
            key=str(inputs.get("key") or f"process/{told.case}/{reason}")[:200],
            by=BY,
            at=told.at,
        )
    )
    return {"order": made.number, "state": made.state.value}


def refund(told: ServiceCall) -> dict[str, Any]:
    """Give money back. Inputs: order, amount, reason; key where the case gives back more than once."""
    from shuzhi.support.payments import services

    inputs = told.inputs
    order = str(inputs.get("order", ""))
    made = _asked(
        lambda: services.refund(
            order=order,
            amount=_amount(inputs.get("amount")),
            reason=str(inputs.get("reason", "")),
            key=str(inputs.get("key") or f"process/{told.case}/{order}")[:200],
            by=BY,
            at=told.at,
        )
    )
    return {"refund": made.key, "state": made.state.value}


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)


def _asked(service: Callable[[], Any]) -> Any:
    try:
        return service()
    except PlatformError as refusal:
        raise ServiceRefused(refusal.code, str(refusal)) from refusal


SERVICES: dict[str, Callable[[ServiceCall], Any]] = {
    "payments.place_order": place_order,
    "payments.refund": refund,
}
