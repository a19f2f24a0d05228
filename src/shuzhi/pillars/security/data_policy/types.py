"""A compiled policy, who asks, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.declaring import NO_FIELD_POLICY, FieldPolicy, PolicyDeclaration
from shuzhi.pillars.security.masking import mask_value
from shuzhi.pillars.security.masking.terms import PLAIN, MaskTerms
from shuzhi.pillars.security.types import Actor, Grade, Mask


class Given(StrEnum):
    """What a reader is given of a field."""

    CLEAR = "clear"
    MASKED = "masked"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Reason:
    """Which rule decided, and the law it rests on."""

    rule: str
    says: Words
    law: str


@dataclass(frozen=True)
class Reader:
    """Who is to be given the data.

    `clearance` is what a subscription grants, where the reader is an office and no person; `consents` are the topics
    whose consents are looked up row by row before a value leaves (`security.consents`): whoever names one here does that.
    """

    actor: Actor
    clearance: Grade | None = None
    consents: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FieldRule:
    """A field's part of the policy. A mask the platform does not know is None."""

    id: str
    grade: Grade | None
    mask: Mask | None
    open: bool = False
    uses: FieldPolicy = NO_FIELD_POLICY


@dataclass(frozen=True)
class DataPolicy:
    """The policy of one data set or register, ready to be asked."""

    thing: str
    owner: str
    fields: Mapping[str, FieldRule]
    uses: PolicyDeclaration


@dataclass(frozen=True)
class Treatment:
    """What happens to one field's values for this reader on this way."""

    given: Given
    reason: Reason
    mask: Mask = Mask.DROP
    terms: MaskTerms = PLAIN

    @property
    def clear(self) -> bool:
        """Whether values go out as they are."""
        return self.given is Given.CLEAR

    def of(self, value: object, *, key: bytes, subject: str | None = None) -> object:
        """A value as it goes out; nothing where the mask cannot hide it."""
        if value is None or self.given is Given.WITHHELD:
            return None
        if self.given is Given.CLEAR:
            return value
        if self.mask in {Mask.NONE, Mask.DROP} or isinstance(value, dict | list | tuple):
            return None
        return mask_value(str(value), mask=self.mask, key=key, terms=self.terms, subject=subject)


@dataclass(frozen=True)
class Condition:
    """A row belongs to the reader if its field begins with the division, or is one of the values."""

    field: str
    under: str | None = None
    among: frozenset[str] = frozenset()

    def holds(self, value: object) -> bool:
        """Whether a row with this value belongs to the reader; one without a value belongs to nobody."""
        text = "" if value is None else str(value)
        if self.under is not None:
            return bool(text) and text.startswith(self.under)
        return text in self.among


@dataclass(frozen=True)
class RowScope:
    """Which rows a reader gets: none at all, or those for which every condition holds."""

    nothing: bool = False
    conditions: tuple[Condition, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every row is the reader's."""
        return not self.nothing and not self.conditions

    def admits(self, row: Mapping[str, object]) -> bool:
        """Whether a row is the reader's."""
        return not self.nothing and all(each.holds(row.get(each.field)) for each in self.conditions)


@dataclass(frozen=True)
class Decision:
    """What a reader is given on one way: field by field, and which rows."""

    thing: str
    fields: Mapping[str, Treatment]
    rows: RowScope
    unknown: Treatment = field(repr=False)

    def treatment(self, name: str) -> Treatment:
        """What happens to a field; one that the policy does not know is withheld."""
        return self.fields.get(name, self.unknown)

    def is_clear(self, name: str) -> bool:
        """Whether a field's values go out as they are."""
        return self.treatment(name).clear

    def value(
        self, name: str, value: object, *, key: bytes, row: Mapping[str, object] | None = None
    ) -> object:
        """One value as it goes out; `row` tells whose it is, for masks that need to know."""
        treatment = self.treatment(name)
        subject = (row or {}).get(treatment.terms.subject) if treatment.terms.subject else None
        return treatment.of(value, key=key, subject=None if subject is None else str(subject))

    def row(self, row: Mapping[str, object], *, key: bytes) -> dict[str, object]:
        """A row as it goes out; withheld fields are not in it."""
        return {
            name: self.value(name, value, key=key, row=row)
            for name, value in row.items()
            if self.treatment(name).given is not Given.WITHHELD
        }

    @property
    def reasons(self) -> dict[str, Reason]:
        """Why each field that is not clear is not."""
        return {name: each.reason for name, each in self.fields.items() if not each.clear}
