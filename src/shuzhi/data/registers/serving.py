"""The service `registers.find`: what a process asks a register for, and no more than it names."""

from __future__ import annotations

from typing import Any

from shuzhi.data.registers import queries
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.pillars.security import audit
from shuzhi.support.workflow.processes.registry import ServiceCall, ServiceUnavailable


def find(call: ServiceCall) -> dict[str, Any]:
    """The record of `register` that bears `value` as its identifier `by`: whether it is there, and the `fields` asked.

    The audit log names the register, the case and the fields, never a value.

    Raises:
        ServiceUnavailable: the register is not there, or was never built: the case waits and says so.
    """
    asked = call.inputs
    register, scheme, value = (str(asked.get(name) or "") for name in ("register", "by", "value"))
    fields = [str(each) for each in asked.get("fields") or ()]
    try:
        built_at = queries.register_summary(register).built_at
    except NoSuchRegister:
        built_at = None
    if built_at is None:
        raise ServiceUnavailable(
            service=f"registers.find {register}", why="the register is not built / 基础库尚未建成"
        )
    found = queries.find(register, scheme, value) if value else None
    audit.record(
        "registers.asked_by_process", target=f"register/{register}", by=call.by, at=call.at, case=call.case,
        by_identifier=scheme, fields=fields, found=found is not None,
    )  # fmt: skip
    values = found.values if found else {}
    return {"found": found is not None, "values": {name: values.get(name) for name in fields}}
