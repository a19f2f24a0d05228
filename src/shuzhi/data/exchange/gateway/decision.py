"""The way of one batch of cases through the rules, in one transaction and three exchanges with the database.

claim (nonces, rate, quota) → look up, one statement a kind → write the audit entries and commit
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shuzhi.data.exchange.gateway import refusals, rules, store
from shuzhi.data.exchange.gateway.cases import Case, by_kind, waiting
from shuzhi.data.exchange.gateway.kinds import KINDS, WRITING
from shuzhi.data.exchange.gateway.kinds.kind import Question, Rows
from shuzhi.data.exchange.gateway.standings import Standings
from shuzhi.data.exchange.gateway.wire import Statement, Wire
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.canonical import Content

ATTEMPTS = 5


class Outrun(Exception):
    """The rights changed during each of several attempts to decide by them."""


class Days:
    """The subscriptions that have a row to count in, on the one day that is now."""

    def __init__(self) -> None:
        """Know none."""
        self.day = date.min
        self.opened: set[int] = set()

    def missing(self, day: date, subscriptions: Sequence[int]) -> list[int]:
        """Those that this process has not seen on this day."""
        if day != self.day:
            self.day, self.opened = day, set()
        return [number for number in subscriptions if number not in self.opened]

    def note(self, day: date, opened: set[int]) -> None:
        """These have their rows, and everybody sees them."""
        if opened and day == self.day:
            self.opened |= opened


@dataclass(slots=True)
class Decision:
    """One batch. After `decide` every case is decided and the transaction is open; `commit` ends it.

    Cases of the kinds that it `sets_aside` are left as they came, and are none of its `cases` any more. `settings` are
    those of its transaction.
    """

    cases: Sequence[Case]
    wire: Wire
    standings: Standings
    days: Days
    masking_key: bytes = field(repr=False)
    at: datetime
    settings: tuple[Statement, ...] = ()
    sets_aside: frozenset[InterfaceKind] = frozenset()
    opened: set[int] = field(default_factory=set)

    async def decide(self) -> None:
        """Take the cases through the rules.

        Raises:
            psycopg.Error: the database did not answer, or not to all of them.
            Outrun: the rights change faster than they can be read.
        """
        await self._claim((*store.BEGIN, *self.settings))
        await self._answer(self._questions())

    async def decide_fast(self) -> bool:
        """The same, committing at once without waiting for the disk; False when a kind writes: then `commit` follows."""
        await self._claim((*store.BEGIN_FAST, *self.settings))
        groups = self._questions()
        is_writing = any(group[0].grant.terms.kind in WRITING for group in groups)
        if is_writing:
            await self._answer(groups, store.WAIT_FOR_DISK)
            return False
        await self._answer(groups, store.COMMIT)
        self._note_days()
        return True

    async def commit(self, entries: Sequence[Content] = ()) -> None:
        """End the transaction, with these entries in it; when it returns they stand."""
        await self.wire.run(*store.write_audit(self.at, entries), store.COMMIT)
        self._note_days()

    def _note_days(self) -> None:
        """Others see the rows from now on."""
        self.days.note(day_of(self.at), self.opened)

    async def _claim(self, begin: tuple[Statement, ...]) -> None:
        for _ in range(ATTEMPTS):
            version = await self._authenticate()
            first = self._first_of_each_nonce()
            claim = await self._claim_nonces(version, first, begin)
            if claim.version == version:
                self._judge(first, claim)
                return
            self.standings.forget_unless(claim.version)
            begin = ()
            for case in self.cases:
                case.begin_anew()
        raise Outrun

    async def _authenticate(self) -> int:
        await self._know({case.read_call.key_id for case in waiting(self.cases)})
        self.cases = [case for case in self.cases if not self._is_anothers(case)]
        today = day_of(self.at)
        for case in waiting(self.cases):
            case.standing = self.standings.find(case.read_call.key_id)
            case.attempt(_authenticate, self.at)
            if case.refusal is None:
                case.attempt(_entitle, today)
        return self.standings.version

    def _is_anothers(self, case: Case) -> bool:
        standing = self.standings.find(case.call.key_id) if case.call else None
        return standing is not None and standing.grant.terms.kind in self.sets_aside

    async def _know(self, keys: set[str]) -> None:
        """Have all these keys known at one version, as far as they exist."""
        missing = {key for key in keys if self.standings.find(key) is None}
        if not missing:
            return
        (rows,) = await self.wire.run(store.ask_for_grants(missing))
        version, grants = store.read_grants(rows)
        if version != self.standings.version and len(missing) < len(keys):
            (rows,) = await self.wire.run(store.ask_for_grants(keys))
            version, grants = store.read_grants(rows)
        self.standings.learn(version, grants)

    def _first_of_each_nonce(self) -> dict[str, Case]:
        """Of two calls of one batch with one nonce the second is the replay."""
        first: dict[str, Case] = {}
        for case in waiting(self.cases):
            if first.setdefault(case.read_call.mark, case) is not case:
                case.refusal = refusals.Replayed()
        return first

    async def _claim_nonces(
        self, version: int, first: dict[str, Case], begin: tuple[Statement, ...]
    ) -> store.Claim:
        counted = {mark: None if case.objection else case.grant.subscription for mark, case in first.items()}
        limits = {case.grant.subscription: case.grant for case in first.values() if not case.objection}
        day = day_of(self.at)
        new = self.days.missing(day, list(limits))
        opening = (store.open_day(day, new),) if new else ()
        claiming = store.claim(version=version, day=day, at=self.at, nonces=counted, limits=limits)
        *_, rows = await self.wire.run(*begin, *opening, claiming)
        self.opened.update(new)
        return store.read_claim(rows)

    def _judge(self, first: dict[str, Case], claim: store.Claim) -> None:
        used: Counter[int] = Counter()
        for mark, case in first.items():
            if mark in claim.replayed:
                case.refusal = refusals.Replayed()
            elif case.objection:
                case.refusal = case.objection
            else:
                number = case.grant.subscription
                used[number] += 1
                if used[number] > claim.met[number]:
                    case.refusal = refusals.TooFast(per_second=f"{case.grant.terms.per_second:g}")
                elif used[number] > claim.taken[number]:
                    case.refusal = refusals.QuotaUsedUp(quota=case.grant.daily_quota, day=day_of(self.at))

    def _questions(self) -> list[list[Case]]:
        """Read the parameters; the cases that have a question, by kind."""
        for case in waiting(self.cases):
            case.attempt(_ask, self.at)
        return list(by_kind(waiting(self.cases)).values())

    async def _answer(self, groups: Sequence[Sequence[Case]], *more: Statement) -> None:
        statements = [
            store.look_up(KINDS[group[0].grant.terms.kind], [case.asked for case in group])
            for group in groups
        ]
        if not statements and not more:
            return
        found = await self.wire.run(*statements, *more)
        for group, rows in zip(groups, found, strict=False):
            for case, own in zip(group, store.by_place(rows, len(group)), strict=True):
                case.attempt(_answer, own, self.masking_key)
                if not self.sets_aside:
                    await asyncio.sleep(0)  # quick calls need this thread too


def _authenticate(case: Case, at: datetime) -> None:
    rules.authenticate(case.read_call, case.standing, at=at)


def _entitle(case: Case, today: date) -> None:
    try:
        rules.entitle(case.read_call, case.grant, today=today)
    except refusals.Refusal as refusal:
        case.objection = refusal


def _ask(case: Case, at: datetime) -> None:
    grant = case.grant
    read = KINDS[grant.terms.kind].read(case.read_call.parameters, grant)
    case.question = Question(grant, read, at)


def _answer(case: Case, rows: Rows, masking_key: bytes) -> None:
    kind = KINDS[case.grant.terms.kind]
    case.answer = kind.answer(case.asked, rows, masking_key=masking_key)
