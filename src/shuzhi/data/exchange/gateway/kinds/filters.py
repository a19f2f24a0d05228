"""Filters on a register (筛选条件): any of an interface's parameters, each an exact value of a field the caller may read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.parameters import comparable_value
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.pillars.security.masking import readable


def read_filters(given: Mapping[str, str], grant: Grant, *, reserved: Collection[str] = ()) -> dict[str, str]:
    """The filters of a call, as the register holds the values.

    A field above the caller's clearance can't be filtered by: what is masked in the answer could be found out
    by asking for it.

    Raises:
        ParameterRefused: a filter is unknown, not in its form, or of a field above the clearance.
    """
    known = {parameter.id: parameter for parameter in grant.terms.parameters}
    found: dict[str, str] = {}
    for name, value in given.items():
        if name in reserved:
            continue
        if name not in known:
            raise refusals.ParameterRefused(name=name, reason="is not known", reason_zh="不存在")
        if not readable(grade=known[name].grade, clearance=grant.reads_up_to):
            raise refusals.ParameterRefused(
                name=name, reason="is graded above your clearance", reason_zh="高于授权级别，不能作为条件"
            )
        found[name] = comparable_value(value, known[name])
    return found


def whole_number(given: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    """A parameter that is a whole number from 1 to `most`."""
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise refusals.ParameterRefused(
            name=name, reason=f"is no whole number from 1 to {most}", reason_zh=f"应为 1 至 {most} 的整数"
        )
    return int(text)
