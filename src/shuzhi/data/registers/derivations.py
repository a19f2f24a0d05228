"""Values that follow from other values, such as the division in which an address lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shuzhi.data.registers.types import Derivation
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.divisions import shipped_tree
from shuzhi.pillars.organization.places import place_addresses, shipped_gazetteer

CITY = "330100"
NOTHING_GIVEN = Words(zh="来源没有填写", en="the source leaves it empty")
NO_SUCH_NAME = Words(zh="本市现无此名称的区县", en="no district of the city bears this name today")


@dataclass(frozen=True)
class Derived:
    """What follows from a value: another value, or the reason why none does."""

    value: str | None
    reason: Words


def derive(by: Derivation, texts: Iterable[str], *, today: date) -> dict[str, Derived]:
    """What follows from each of these texts as of a day."""
    return RULES[by](sorted(set(texts)), today)


def _current_division(texts: list[str], today: date) -> dict[str, Derived]:
    placements = place_addresses(texts, gazetteer=shipped_gazetteer(CITY, today))
    return {
        text: Derived(place.division, Words(zh=place.reason_zh, en=place.reason_en))
        for text, place in zip(texts, placements, strict=True)
    }


def _named_division(texts: list[str], today: date) -> dict[str, Derived]:
    codes = {division.name: division.code for division in shipped_tree(lower=False).children(CITY, today)}
    return {text: Derived(codes.get(text.strip()), NO_SUCH_NAME) for text in texts}


RULES: Mapping[Derivation, Callable[[list[str], date], dict[str, Derived]]] = {
    Derivation.CURRENT_DIVISION: _current_division,
    Derivation.NAMED_DIVISION: _named_division,
}
