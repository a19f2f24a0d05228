"""Dividing money without losing a fen (分账): whole fen only, the rest by largest remainder (最大余数法)."""

from __future__ import annotations

from collections.abc import Mapping

SUBJECTS = "subjects"
UNCLAIMED = "unclaimed"


def divide(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide an amount in fen by weights; the parts add up to it, and none is a fen or more from its exact share.

    Everybody gets the whole fen of their share; the fen that remain go, one each, to the largest remainders, among equal
    ones to whoever comes first by name. Nothing is divided among nobody.
    """
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0 or total < 0:
        return {} if not total else _refuse()
    parts = {name: total * weight // whole for name, weight in weights.items()}
    rest = total - sum(parts.values())
    order = sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))
    for name in order[:rest]:
        parts[name] += 1
    return parts


def settle(total: int, parts: Mapping[str, int], persons: Mapping[str, int]) -> dict[str, int]:
    """What of an amount is whose: the parties by the contract's parts, and of the subjects' part each by their times.

    What nobody with a data account is entitled to stays as `unclaimed` with whoever runs the platform.
    """
    found = divide(total, parts)
    pot = found.pop(SUBJECTS, None)
    if pot is None:
        return found
    weights = {name: times for name, times in persons.items() if times > 0}
    mine = divide(pot, weights) if weights else {UNCLAIMED: pot}
    return found | {name: found.get(name, 0) + fen for name, fen in mine.items()}


def _refuse() -> dict[str, int]:
    raise ValueError("an amount is divided by weights of which one is above nought, and none below")
