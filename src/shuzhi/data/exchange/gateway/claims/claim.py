"""What the calls of a batch claim, and whoever gives it to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol

from shuzhi.data.exchange.gateway.kinds.kind import Rows
from shuzhi.data.exchange.gateway.refusals import Refusal
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.gateway.wire import Statement, Wire
from shuzhi.data.exchange.types import InterfaceKind

# What these use the worker counts as well, when it pushes their events: it is counted in rows, whoever keeps the rest.
COUNTED_BY_OTHERS = frozenset({InterfaceKind.EVENTS})


class Superseded(Exception):
    """Another gateway has begun to keep the claims of this database: this one may let no call pass any more."""


class Crowded(Exception):
    """The shared memory has no room for more nonces, or for more subscriptions; it frees itself as calls grow old."""


@dataclass(slots=True)
class Wanted:
    """What a batch wants, judged by the rights of one version.

    `nonces`: for each mark (`Call.mark`) the subscription for which the call counts; None where it is refused anyway.
    `stamps`: the same calls' timestamps, in seconds of the epoch. `limits`: the grants of those subscriptions.
    """

    version: int
    at: datetime
    day: date
    nonces: Mapping[str, int | None]
    stamps: Mapping[str, int]
    limits: Mapping[int, Grant]
    opened: set[int] = field(default_factory=set)  # subscriptions that were not known before
    others: Wanted | None = None  # the part of it that is claimed elsewhere


class Claim(NamedTuple):
    """What calls were given, at which version: nonces (as marks) that were used before, and for each subscription how
    many of its calls keep to the rate and how many of those to the quota. For `crowded` ones there was no room. At another
    version nothing was given.
    """

    version: int
    replayed: Collection[str] = ()
    met: Mapping[int, int] = {}
    taken: Mapping[int, int] = {}
    crowded: Collection[str] = ()


class Claimed(NamedTuple):
    """What one call was given that is still to be written with its entry, and the refusal that came of it.

    `counted` is the subscription whose quota it used.
    """

    mark: str
    stamp: int
    counted: int | None
    refusal: Refusal | None


class Claims(Protocol):
    """Whoever gives claims. What it asks goes to the database with what a batch looks up, in one transaction."""

    @property
    def keeper(self) -> int | None:
        """As whom the claims are written with the entries; None when they are in the database already."""

    @property
    def is_ready(self) -> bool:
        """Whether that has been done which `prepare` does."""

    async def prepare(self, wire: Wire, at: datetime) -> None:
        """Do what has to be done once, before the first claim.

        Raises:
            psycopg.Error: the database did not answer.
        """

    def check(self, keeper: int) -> None:
        """Claims may still be given here, if this is who keeps them.

        Raises:
            Superseded: no.
        """

    def ask(self, wanted: Wanted) -> list[Statement]:
        """What to send, before all that depends on it."""

    def read(self, wanted: Wanted, found: Sequence[Rows]) -> Claim:
        """What was given, by what these statements found.

        Raises:
            Superseded: nothing may be given here any more.
        """

    def stand(self, wanted: Wanted) -> None:
        """The transaction has been committed."""

    def doubt(self) -> None:
        """A batch failed: what was believed to be in the database may not be there."""
