"""Three-valued logic (table 50); what is decided is decided, whatever else is unknown."""

from __future__ import annotations

from functools import partial
from typing import Any

from shuzhi.support.decisions.feel.compile.faults import Run, Site, next_answer


def joined(items: list[Run], sites: list[Site], *, deciding: bool) -> Run:
    """The code of a conjunction, decided by false, or of a disjunction, decided by true."""
    if len(items) == 2:  # noqa: PLR2004 - the commonest case, without a loop
        return _pair(items, sites, deciding=deciding)

    def run(env: list[Any]) -> Any:
        mark = len(env[0].problems)
        unknown: list[tuple[Site, Any]] = []
        for item, site in zip(items, sites, strict=True):
            value = next_answer(env[0], mark, partial(item, env), deciding=deciding)
            if value is deciding:
                return deciding
            if type(value) is not bool:
                unknown.append((site, value))
        return _unknown(env, unknown) if unknown else not deciding

    return run


def _pair(items: list[Run], sites: list[Site], *, deciding: bool) -> Run:
    (left, right), (left_site, right_site) = items, sites

    def run(env: list[Any]) -> Any:
        mark = len(env[0].problems)
        a = left(env)
        if a is deciding:
            return deciding
        if len(env[0].problems) == mark:
            b = right(env)
        else:
            b = next_answer(env[0], mark, partial(right, env), deciding=deciding)
        if b is deciding:
            return deciding
        if type(a) is bool and type(b) is bool:
            return not deciding
        return _unknown(
            env, [each for each in ((left_site, a), (right_site, b)) if type(each[1]) is not bool]
        )

    return run


def _unknown(env: list[Any], operands: list[tuple[Site, Any]]) -> Any:
    """Neither true nor false: every operand that is no boolean is a reason."""
    for site, value in operands:
        site.refuse(env[0], value)
    return None
