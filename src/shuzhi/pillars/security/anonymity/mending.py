"""Mending a release that fails: larger classes first, then leaving rows out, as far as the declaration lets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shuzhi.pillars.security.anonymity.checking import check_rows
from shuzhi.pillars.security.anonymity.types import Finding, Roles
from shuzhi.pillars.security.data_policy.declaring import AnonymityDeclaration, Otherwise
from shuzhi.pillars.security.masking import MaskTerms, generalise
from shuzhi.pillars.security.masking.terms import Level

Rows = Callable[[], Iterable[Sequence[Any]]]
# What a value becomes step by step; a step that does not fit a value leaves nothing of it.
_STEPS: tuple[MaskTerms | None, ...] = (
    MaskTerms(to=Level.MONTH),
    MaskTerms(to=Level.YEAR),
    MaskTerms(to=Level.BAND, band=Decimal(10)),
    MaskTerms(to=Level.BAND, band=Decimal(100)),
    MaskTerms(to=Level.DISTRICT),
    None,
)


@dataclass
class Mended:
    """How rows are changed before they are released, and what the check says of them then."""

    columns: Sequence[str]
    finding: Finding
    steps: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    cells_left_out: frozenset[tuple[str | None, ...]] = frozenset()
    blanked: frozenset[str] = frozenset()
    least: int = 0

    def rows(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        """The rows as they may go out."""
        quasi = [list(self.columns).index(name) for name in self.finding.roles.quasi]
        for row in rows:
            made = [self._value(name, value) for name, value in zip(self.columns, row, strict=True)]
            if tuple(_text(made[place]) for place in quasi) not in self.cells_left_out or not quasi:
                yield made

    def _value(self, name: str, value: Any) -> Any:
        if name in self.blanked:
            return None if _is_small(value, self.least) else value
        return _larger(value, self.steps[name]) if name in self.steps else value


def mend_rows(rows: Rows, columns: Sequence[str], roles: Roles, rules: AnonymityDeclaration) -> Mended:
    """Check the rows, and mend what the declaration lets be mended; `finding` says whether they pass now."""
    mended = Mended(columns, check_rows(rows(), columns, roles, rules))
    if mended.finding.passes or rules.otherwise is Otherwise.REFUSE:
        return mended
    mended.blanked, mended.least = frozenset(roles.counts), rules.least
    if rules.otherwise is Otherwise.GENERALISE:
        _generalise(mended, rows, rules)
    _suppress(mended, rows, rules)
    return mended


def _generalise(mended: Mended, rows: Rows, rules: AnonymityDeclaration) -> None:
    """Take the field with the most different values one step further, until few enough rows are at fault."""
    roles = mended.finding.roles
    while mended.finding.faulty_rows > rules.most_suppressed * max(1, mended.finding.rows):
        values: dict[str, set[str | None]] = defaultdict(set)
        for row in mended.rows(rows()):
            for name in roles.quasi:
                values[name].add(_text(row[list(mended.columns).index(name)]))
        open_steps = {
            name: len(found)
            for name, found in values.items()
            if mended.steps.get(name, -1) < len(_STEPS) - 1 and len(found) > 1
        }
        if not open_steps:
            return
        widest = max(open_steps, key=lambda name: (open_steps[name], name))
        place = list(mended.columns).index(widest)
        some = next((row[place] for row in rows() if row[place] is not None), None)
        mended.steps[widest] = _next_step(some, mended.steps.get(widest, -1))
        mended.finding = check_rows(mended.rows(rows()), mended.columns, roles, rules)


def _next_step(value: Any, step: int) -> int:
    """The next step that leaves something of such a value, or the last, which leaves nothing."""
    return next((n for n in range(step + 1, len(_STEPS)) if _larger(value, n) is not None), len(_STEPS) - 1)


def _suppress(mended: Mended, rows: Rows, rules: AnonymityDeclaration) -> None:
    roles = mended.finding.roles
    places = [list(mended.columns).index(name) for name in roles.quasi]
    sensitive = [list(mended.columns).index(name) for name in roles.sensitive]
    sizes: Counter[tuple[str | None, ...]] = Counter()
    values: dict[tuple[tuple[str | None, ...], int], set[str | None]] = defaultdict(set)
    for row in mended.rows(rows()):
        cell = tuple(_text(row[place]) for place in places)
        sizes[cell] += 1
        for place in sensitive:
            values[cell, place].add(_text(row[place]))
    bad = {
        cell
        for cell, size in sizes.items()
        if size < rules.k or any(len(values[cell, place]) < rules.l for place in sensitive)
    }
    left_out = sum(sizes[cell] for cell in bad)
    if roles.quasi and left_out <= rules.most_suppressed * sizes.total():
        mended.cells_left_out, mended.left_out = frozenset(bad), left_out
    mended.finding = check_rows(mended.rows(rows()), mended.columns, roles, rules)


def _larger(value: Any, step: int) -> str | None:
    terms = _STEPS[step]
    return None if value is None or terms is None else generalise(str(value), terms)


def _is_small(value: Any, least: int) -> bool:
    try:
        return value is not None and 0 < float(value) < least
    except ValueError:
        return False


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
