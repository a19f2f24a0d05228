"""What processes may call (供流程调用): `messages.send`; `messages.tell`, which stops no case where it reaches nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceRefused

REQUESTER = "requester"


def send(told: ServiceCall) -> dict[str, Any]:
    """Send a message by a case. Inputs: template, facts; to where it is not the case's subject (`requester`); key.

    A fact with `zh` and `en` is told in the reader's language.
    """
    from shuzhi.support.messages import services

    inputs = told.inputs
    template, to = str(inputs.get("template", "")), str(inputs.get("to") or told.subject)
    to = (told.requester or told.subject) if to == REQUESTER else to
    try:
        made = services.send(
            template=template,
            to=to,
            facts={name: _fact(value) for name, value in dict(inputs.get("facts") or {}).items()},
            key=str(inputs.get("key") or f"case/{told.case}/{template}/{to}")[:200],
            by=system("workflow"),
            at=told.at,
        )
    except PlatformError as refusal:
        raise ServiceRefused(refusal.code, str(refusal)) from refusal
    return {"message": made.id}


def tell(told: ServiceCall) -> dict[str, Any]:
    """The same, for what the case does not hang on: a refusal is its result (`refused`), and the case goes on."""
    try:
        return send(told)
    except ServiceRefused as refusal:
        return {"message": None, "refused": refusal.code}


def _fact(value: Any) -> Any:
    is_words = isinstance(value, dict) and set(value) == {"zh", "en"}
    return Words(zh=str(value["zh"]), en=str(value["en"])) if is_words else value


SERVICES: dict[str, Callable[[ServiceCall], Any]] = {"messages.send": send, "messages.tell": tell}
