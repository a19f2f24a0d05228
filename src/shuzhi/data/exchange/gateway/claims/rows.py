"""Claims as rows of the database: gateways on any number of machines share them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from shuzhi.data.exchange.gateway.arrays import plain
from shuzhi.data.exchange.gateway.claims import sql
from shuzhi.data.exchange.gateway.claims.claim import Claim, Superseded, Wanted
from shuzhi.data.exchange.gateway.kinds.kind import Rows
from shuzhi.data.exchange.gateway.store import BEGIN, COMMIT
from shuzhi.data.exchange.gateway.wire import Statement, Wire

NOBODY = 0  # the keeper when claims are rows


class Days:
    """The subscriptions that have a row to count in, on the one day that is now."""

    def __init__(self) -> None:
        """Know none."""
        self.day = date.min
        self.opened: set[int] = set()

    def missing(self, day: date, subscriptions: Collection[int]) -> list[int]:
        """Those that this process has not seen on this day."""
        if day != self.day:
            self.day, self.opened = day, set()
        return [number for number in subscriptions if number not in self.opened]

    def note(self, day: date, opened: set[int]) -> None:
        """These have their rows, and everybody sees them."""
        if opened and day == self.day:
            self.opened |= opened


class RowClaims:
    """Claims as rows."""

    keeper = None

    def __init__(self, *, takes_over: bool = False) -> None:
        """Claim beside whoever else does; or take over from a gateway that kept claims in its memory."""
        self._takes_over, self.is_ready, self._days = takes_over, not takes_over, Days()

    async def prepare(self, wire: Wire, at: datetime) -> None:
        """Take over, once; all that the one before had given stands in rows afterwards."""
        if not self.is_ready:
            await wire.run(BEGIN, sql.LOCK, *sql.take_over(NOBODY), *sql.to_rows(at), COMMIT)
            self.is_ready = True

    def check(self, keeper: int) -> None:
        """Claims may still be given here.

        Raises:
            Superseded: a gateway that keeps them in its memory has begun.
        """
        if self._takes_over and self.is_ready and keeper != NOBODY:
            raise Superseded

    def ask(self, wanted: Wanted) -> list[Statement]:
        """Rows to count in where there are none yet, and the claim."""
        wanted.opened = set(self._days.missing(wanted.day, wanted.limits))
        opening = [sql.open_day(wanted.day, wanted.opened)] if wanted.opened else []
        return [*opening, _claim(wanted)]

    def read(self, wanted: Wanted, found: Sequence[Rows]) -> Claim:
        """What was given.

        Raises:
            Superseded: a gateway that keeps claims in its memory has begun.
        """
        del wanted
        version, keeper, replayed, subscriptions, met, taken = found[-1][0]
        self.check(keeper)
        numbers = subscriptions or ()
        return Claim(
            version,
            frozenset(mark.replace("-", "") for mark in replayed or ()),
            dict(zip(numbers, met or (), strict=True)),
            dict(zip(numbers, taken or (), strict=True)),
        )

    def stand(self, wanted: Wanted) -> None:
        """The rows that were opened stand."""
        self._days.note(wanted.day, wanted.opened)

    def doubt(self) -> None:
        """Rows to count in may be missing."""
        self._days.opened.clear()


def _claim(wanted: Wanted) -> Statement:
    grants = wanted.limits.values()
    return sql.CLAIM, [
        wanted.version,
        wanted.day,
        wanted.at.timestamp(),
        wanted.at,
        plain(wanted.nonces),
        plain(wanted.nonces.values()),
        plain(wanted.limits),
        plain(grant.daily_quota for grant in grants),
        plain(grant.terms.per_second for grant in grants),
        plain(grant.terms.burst for grant in grants),
    ]
