"""Reading a sample: whose mark does it carry, and how sure is that?

Without a mark each style agrees with what a key demands as often as a coin does, because the key alone decides. With
it nearly all agree. The answer weighs the two by Bayes' rule, every export and "none of them" being as likely
beforehand, and gives beside it the chance that innocent data agree so well, counted over all exports and columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, log

from shuzhi.pillars.security.watermarks.carriers import CARRIERS, canonical
from shuzhi.pillars.security.watermarks.marking import Marker

KEPT = 0.9  # how often a style of a marked text is still as it was: room for edits, and for two leaks in one
MOST_TEXTS = 5_000
MOST_EXACT = 1_000  # coins counted one by one
MOST_CHANCE = 1e-6
LEAST_PROBABILITY = 0.99


@dataclass(frozen=True)
class Suspect:
    """An export that the sample may come from.

    `agreeing` of `read` styles are as its mark demands; `probability` is that of the leak, `chance` the probability
    that data without its mark agree as well.
    """

    export: str
    column: int
    read: int
    agreeing: int
    probability: float
    chance: float

    @property
    def is_found(self) -> bool:
        """Whether one may say so of somebody."""
        return self.probability >= LEAST_PROBABILITY and self.chance <= MOST_CHANCE


@dataclass(frozen=True)
class _Fit:
    column: int
    read: int
    agreeing: int

    @property
    def weight(self) -> float:
        """The logarithm of how much likelier the reading is with the mark than without."""
        return self.agreeing * log(KEPT / 0.5) + (self.read - self.agreeing) * log((1 - KEPT) / 0.5)


_Texts = dict[str, dict[str, int]]


def suspects(columns: Sequence[Iterable[str]], markers: Mapping[str, Marker]) -> list[Suspect]:
    """Every export with its probability, the likeliest first; `columns` are the sample's texts by column."""
    read = [_styles(texts) for texts in columns]
    fits = {
        export: _best([_fit(n, texts, marker) for n, texts in enumerate(read)])
        for export, marker in markers.items()
    }
    tried = max(1, sum(bool(texts) for texts in read))
    weights = {export: fit.weight - log(tried) for export, fit in fits.items()}
    top = max([0.0, *weights.values()])
    whole = exp(-top) + sum(exp(weight - top) for weight in weights.values())
    found = [
        Suspect(
            export=export,
            column=fit.column,
            read=fit.read,
            agreeing=fit.agreeing,
            probability=exp(weights[export] - top) / whole,
            chance=min(1.0, _tail(fit.read, fit.agreeing) * tried * len(fits)),
        )
        for export, fit in fits.items()
    ]
    return sorted(found, key=lambda each: (-each.probability, -each.agreeing, each.export))


def _styles(texts: Iterable[str]) -> _Texts:
    """The styles of each different text of a column; one that occurs in two styles says nothing."""
    found: _Texts = {}
    for text in texts:
        said = canonical(text)
        if not said or (said not in found and len(found) >= MOST_TEXTS):
            continue
        styles = found.setdefault(said, {})
        for carrier in CARRIERS:
            bit = carrier.read(text)
            if bit is not None:
                styles[carrier.name] = bit if styles.get(carrier.name, bit) == bit else -1
    return {said: styles for said, styles in found.items() if styles}


def _fit(column: int, texts: _Texts, marker: Marker) -> _Fit:
    read = agreeing = 0
    for said, styles in texts.items():
        for carrier, bit in marker.demanded(said):
            seen = styles.get(carrier.name, -1)
            if seen >= 0:
                read += 1
                agreeing += seen == bit
    return _Fit(column, read, agreeing)


def _best(fits: Sequence[_Fit]) -> _Fit:
    return max(fits, key=lambda fit: fit.weight, default=_Fit(0, 0, 0))


def _far(read: int, agreeing: int) -> float:
    """The same for many readings, by Hoeffding's bound, which is never too small."""
    above = agreeing / read - 0.5
    return exp(-2 * read * above * above) if above > 0 else 1.0


def _tail(read: int, agreeing: int) -> float:
    """The probability that a fair coin falls on one side at least that often."""
    if read > MOST_EXACT:
        return _far(read, agreeing)
    return sum(comb(read, number) for number in range(agreeing, read + 1)) / float(2**read)
