"""Values that follow from other values, such as the division in which an address lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shuzhi.data.linkage.types import Record
from shuzhi.data.registers.types import Derivation, RegisterDeclaration
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.places import place_addresses, shipped_gazetteer

CITY = "330100"


@dataclass(frozen=True)
class Derived:
    """What follows from a value: another value, or the reason why none does."""

    value: str | None
    reason: Words


# For each derived field: what follows from each text that the sources have.
Derivations = Mapping[str, Mapping[str, Derived]]


def derive(register: RegisterDeclaration, records: Sequence[Record], *, today: date) -> Derivations:
    """Everything that the register's derived fields need, each distinct text once."""
    derived = {}
    for field in register.fields:
        if field.derive is not None and field.of is not None:
            texts = {text for record in records if (text := record.values.get(field.of))}
            derived[field.id] = RULES[field.derive](sorted(texts), today)
    return derived


def with_derived(
    register: RegisterDeclaration, records: Sequence[Record], derivations: Derivations
) -> list[Record]:
    """The records with the derived values that a match rule compares."""
    compared = {name for rule in register.match for name in rule.by}
    fields = [field for field in register.fields if field.id in compared and field.id in derivations]
    if not fields:
        return list(records)
    return [
        replace(record, values=dict(record.values) | {
            field.id: _value(derivations[field.id], record.values.get(field.of or "")) for field in fields
        })
        for record in records
    ]


def _value(known: Mapping[str, Derived], text: str | None) -> str | None:
    found = known.get(text) if text else None
    return found.value if found else None


def _current_division(texts: Iterable[str], today: date) -> dict[str, Derived]:
    texts = list(texts)
    placements = place_addresses(texts, gazetteer=shipped_gazetteer(CITY, today))
    return {
        text: Derived(place.division, Words(zh=place.reason_zh, en=place.reason_en))
        for text, place in zip(texts, placements, strict=True)
    }


RULES: Mapping[Derivation, Callable[[Iterable[str], date], dict[str, Derived]]] = {
    Derivation.CURRENT_DIVISION: _current_division,
}
