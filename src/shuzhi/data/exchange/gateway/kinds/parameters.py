"""Parameters as most kinds read them: all of the interface's and no other, each valid by its standard."""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.terms import Grant, Parameter
from shuzhi.data.linkage.resolution import comparable
from shuzhi.pillars.standards.validators import VALIDATORS


def comparable_parameters(given: Mapping[str, str], grant: Grant) -> dict[str, str]:
    """The parameters of the interface as they are compared with the register."""
    expected = grant.terms.parameters
    known = {parameter.id for parameter in expected}
    for name in given:
        if name not in known:
            raise refusals.ParameterRefused(name=name, reason="is not known", reason_zh="不存在")
    return {parameter.id: comparable_value(given.get(parameter.id, ""), parameter) for parameter in expected}


def comparable_value(given: str, parameter: Parameter) -> str:
    """One parameter's value as it is compared with the register."""
    value = comparable(given, parameter.compare)
    if value is None:
        raise refusals.ParameterRefused(name=parameter.id, reason="is missing", reason_zh="缺失")
    if parameter.standard and not VALIDATORS[parameter.standard](value):
        standard = VALIDATORS[parameter.standard]
        raise refusals.ParameterRefused(
            name=parameter.id,
            reason=f"does not keep {standard.standard} ({standard.title_en})",
            reason_zh=f"不符合 {standard.standard}（{standard.title_zh}）",
        )
    return value
