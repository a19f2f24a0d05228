"""The ground of an office (管辖范围): the division codes of all times that are its own today.

A row may carry the code that was right when it was written. 330103 (下城区) went whole to 330105 in 2021, so an office of
330105 gets its rows. 330104 was divided among two: as such it is neither's, while its parts below may be.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TypedDict

from shuzhi.pillars.organization.divisions import DivisionTree, shipped_tree
from shuzhi.pillars.security.data_policy.deciding import subtree


class Ground(TypedDict):
    """Codes that begin with one of `under` are the office's, unless they begin with one of `but_not`."""

    division: str
    under: list[str]
    but_not: list[str]


@lru_cache(maxsize=500)
def ground_of(division: str, today: date) -> Ground:
    """The ground of an office of this division, by the divisions that come with the product."""
    return find_ground(division, today, tree=shipped_tree())


def find_ground(division: str, today: date, *, tree: DivisionTree) -> Ground:
    """What is the division's today: its own codes, and former ones whose whole ground lies in it now.

    A former code below the division whose ground went elsewhere is not its own any more; nor is one of which nobody
    knows where it went, if the division above it has been divided since.
    """
    own = subtree(division)
    if not own:
        return Ground(division=division, under=[], but_not=[])
    within = {
        code: _is_within(own, code, today, tree=tree)
        for code in tree.codes()
        if not tree.is_current(code, today)
    }
    under = [
        own,
        *_shortest([code for code, own_now in within.items() if own_now and not code.startswith(own)]),
    ]
    gone = [code for code, own_now in within.items() if not own_now and code.startswith(tuple(under))]
    return Ground(division=division, under=under, but_not=_shortest(gone))


def _is_within(own: str, code: str, today: date, *, tree: DivisionTree) -> bool:
    ends = tree.current_codes(code, today)
    if not ends and len(code) > 6:  # noqa: PLR2004 - below a county: what became of that tells
        ends = tree.current_codes(code[:6], today)
    return bool(ends) and all(end.startswith(own) for end in ends)


def _shortest(codes: list[str]) -> list[str]:
    """The codes without those that begin with another of them."""
    kept: list[str] = []
    for code in sorted(codes):
        if not (kept and code.startswith(kept[-1])):
            kept.append(code)
    return kept
