"""Over whom a rule is replayed (推演对象): rooms above offer their rows here; made-up rows are this room's own.

A provider hands over rows by the policy of its own data: columns that the asker may not see in clear are refused,
and the name of a row is masked before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions.errors import PopulationUnknown
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.types import ReplayOrder

IDENTITY = "_shuzhi_row"


@dataclass(frozen=True)
class Population:
    """Rows that a rule can be replayed over; `columns` are names with titles, none where the rows are made up."""

    id: str
    title: Words
    columns: Mapping[str, Words]
    synthetic: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of one replay: the asked columns, one that names the row, and how such a name is shown."""

    table: pa.Table
    shown: Callable[[str], str]


class Provider(Protocol):
    """A room that offers rows."""

    def listed(self, *, by: Actor, at: datetime) -> list[Population]:
        """What this actor may replay over."""

    def rows(self, name: str, columns: Sequence[str], *, by: Actor, at: datetime) -> Rows:
        """The current rows with these columns and the name of each under `IDENTITY`."""


_PROVIDERS: dict[str, Provider] = {}


def offer(kind: str, provider: Provider) -> None:
    """Offer rows under a kind, such as `dataset`."""
    _PROVIDERS[kind] = provider


def populations(*, by: Actor, at: datetime) -> list[Population]:
    """Everything that this actor may replay a rule over, beside made-up rows."""
    return [each for kind in sorted(_PROVIDERS) for each in _PROVIDERS[kind].listed(by=by, at=at)]


def rows_of(order: ReplayOrder, rules: Rulebook, *, by: Actor, at: datetime) -> Rows:
    """The population's rows with a column for each input of the decision, under the input's own name.

    Raises:
        PopulationUnknown: nobody offers it.
        FieldNotClear: a column is not the actor's in clear.
    """
    from shuzhi.support.decisions.replaying.made_up import made_up_rows
    from shuzhi.support.decisions.replaying.typed import constant, typed

    kind, _, name = order.population.partition("/")
    if kind == "made-up":
        return made_up_rows(order, rules)
    if kind not in _PROVIDERS:
        raise PopulationUnknown(population=order.population)
    columns = {
        key: where.partition(":")[2] for key, where in order.bound.items() if where.startswith("column:")
    }
    found = _PROVIDERS[kind].rows(name, sorted(set(columns.values())), by=by, at=at)
    made: dict[str, Any] = {IDENTITY: found.table.column(IDENTITY)}
    for key, type_ in inputs_of(order, rules).items():
        if key in columns:
            made[key] = typed(found.table.column(columns[key]), type_)
        else:
            text = order.bound.get(key, "").removeprefix("value:")
            made[key] = constant(text, type_, found.table.num_rows)
    return Rows(pa.table(made), found.shown)


def inputs_of(order: ReplayOrder, rules: Rulebook) -> dict[str, Any]:
    """The inputs that the decision, and its cost where that is a decision too, asks for, with their types."""
    from shuzhi.support.decisions.replaying.typed import input_types

    found = input_types(rules, order.decision)
    if order.cost in rules.decisions:
        found |= input_types(rules, order.cost)
    return found
