"""How far a reader's search reaches: which of a register's rows, by which fields they may be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from shuzhi.data.registers.policies import policy_of
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.pillars.security.data_policy import Channel, Decision, Given, Reader, RowScope, decide
from shuzhi.pillars.security.types import Actor

WHOLE = RowScope()


@dataclass(frozen=True)
class Reach:
    """A register as one reader may search it.

    Words are looked for in labels only where labels are given in clear: else asking again and again would spell a
    masked name out. An identifier is looked up whole, so that whoever knows it learns nothing more of it.
    """

    register: str
    rows: RowScope
    by_label: bool
    schemes: frozenset[str]

    @property
    def entities(self) -> Q:
        """The entities within reach."""
        return Q(register=self.register) & within(self.rows)

    @property
    def identifiers(self) -> Q:
        """Those of them that may be found by an identifier."""
        return self.entities & Q(identifiers__scheme__in=sorted(self.schemes))

    @property
    def labels(self) -> Q:
        """Those of them that may be found by words of their label."""
        return self.entities if self.by_label else Q(pk__in=())


def reach_of(declared: RegisterDeclaration, decision: Decision) -> Reach:
    """What a decision on a register means for a search in it."""
    schemes = {field.id for field in declared.fields if field.identifier}
    found = {name for name in schemes if decision.treatment(name).given is not Given.WITHHELD}
    return Reach(declared.id, decision.rows, decision.is_clear(declared.label), frozenset(found))


def reaches(declared: Sequence[RegisterDeclaration], actor: Actor, at: datetime) -> list[Reach]:
    """Several registers as a reader may search them."""
    return [reach_of(each, decide(policy_of(each), Reader(actor), Channel.SEARCH, at)) for each in declared]


def within(rows: RowScope, *, prefix: str = "") -> Q:
    """The entities whose golden values lie in a scope; `prefix` leads from another table to them."""
    if rows.nothing:
        return Q(pk__in=())
    asked = Q()
    for each in rows.conditions:
        name = f"{prefix}golden__{each.field}"
        fits = (
            {f"{name}__startswith": each.under}
            if each.under is not None
            else {f"{name}__in": sorted(each.among)}
        )
        asked &= Q(**fits)
    return asked
