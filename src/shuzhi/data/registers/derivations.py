"""Values that follow from other values, such as the division in which an address lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shuzhi.data.registers.types import Derivation
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.divisions import shipped_tree
from shuzhi.pillars.organization.places import Placement, place_addresses, shipped_gazetteer

NOTHING_GIVEN = Words(zh="来源没有填写", en="the source leaves it empty")
NO_TOWN = Words(zh="没有写明镇街", en="names no town")
NO_SUCH_NAME = Words(zh="本市现无此名称的区县", en="no district of the city bears this name today")


@dataclass(frozen=True)
class Derived:
    """What follows from a value: another value, or the reason why none does."""

    value: str | None
    reason: Words


def derive(by: Derivation, texts: Iterable[str], *, today: date) -> dict[str, Derived]:
    """What follows from each of these texts as of a day."""
    return RULES[by](sorted(set(texts)), today)


def forget() -> None:
    """Let go of the addresses that were placed last; a build calls it at its end."""
    _placed.cache_clear()


@lru_cache(maxsize=1)  # the district and the town of the same addresses follow from one placing
def _placed(texts: tuple[str, ...], today: date) -> list[Placement]:
    return place_addresses(texts, gazetteer=shipped_gazetteer(organization.this_node().city, today))


def _current_division(texts: list[str], today: date) -> dict[str, Derived]:
    return {
        text: Derived(place.division, Words(zh=place.reason_zh, en=place.reason_en))
        for text, place in zip(texts, _placed(tuple(texts), today), strict=True)
    }


def _current_town(texts: list[str], today: date) -> dict[str, Derived]:
    found = zip(texts, _placed(tuple(texts), today), strict=True)
    return {text: Derived(place.town, NO_TOWN) for text, place in found}


def _named_division(texts: list[str], today: date) -> dict[str, Derived]:
    districts = shipped_tree(lower=False).children(organization.this_node().city, today)
    codes = {division.name: division.code for division in districts}
    return {text: Derived(codes.get(text.strip()), NO_SUCH_NAME) for text in texts}


def _office_division(texts: list[str], today: date) -> dict[str, Derived]:
    districts = shipped_tree(lower=False).children(organization.this_node().city, today)
    return {text: _borne(text, {division.name: division.code for division in districts}) for text in texts}


def _borne(text: str, codes: Mapping[str, str]) -> Derived:
    found = {code for name, code in codes.items() if name in text}
    return Derived(found.pop() if len(found) == 1 else None, NO_SUCH_NAME)


RULES: Mapping[Derivation, Callable[[list[str], date], dict[str, Derived]]] = {
    Derivation.CURRENT_DIVISION: _current_division,
    Derivation.CURRENT_TOWN: _current_town,
    Derivation.NAMED_DIVISION: _named_division,
    Derivation.OFFICE_DIVISION: _office_division,
}
