"""The way of one batch of cases through the rules, in one exchange with the database.

look up, one statement a kind → claim (nonces, rate, quota) → what takes long or writes → answers

What quick kinds look up comes before it is known which calls the claim lets pass: what was found for the others is not
looked at. Kinds that write or take long are asked only after it. What was claimed goes to disk with the audit entries
(`recorder`), before any answer leaves. Where a kind writes, both are written in the same transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from shuzhi.data.exchange.gateway import passing, refusals, rules, store
from shuzhi.data.exchange.gateway.cases import Case, by_kind, untraced, waiting
from shuzhi.data.exchange.gateway.claims.claim import (
    COUNTED_BY_OTHERS,
    Claim,
    Claimed,
    Claims,
    Superseded,
    Wanted,
)
from shuzhi.data.exchange.gateway.kinds import HEAVY, KINDS, POST_ONLY, WRITING
from shuzhi.data.exchange.gateway.kinds.kind import Question, Rows
from shuzhi.data.exchange.gateway.lanes import Turn
from shuzhi.data.exchange.gateway.standings import Standings
from shuzhi.data.exchange.gateway.wire import Statement, Wire
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.foundation.clock import day_of

ATTEMPTS = 5
log = structlog.get_logger(__name__)

LATER = HEAVY | WRITING  # kinds that are asked only when the claim let the call pass


class Outrun(Exception):
    """The rights changed during each of several attempts to decide by them."""


@dataclass(slots=True)
class Decision:
    """One batch. After `decide` every case is decided. When something was written the transaction is still open, and
    `commit` ends it; otherwise it `has_ended`.

    Cases of the kinds that it `sets_aside` are left as they came, and are none of its `cases` any more.
    """

    cases: Sequence[Case]
    wire: Wire
    turn: Turn
    standings: Standings
    claims: Claims
    masking_key: bytes = field(repr=False)
    at: datetime
    sets_aside: frozenset[InterfaceKind] = frozenset()
    wanted: Wanted | None = None
    has_ended: bool = False

    async def decide(self) -> None:
        """Take the cases through the rules.

        Raises:
            psycopg.Error: the database did not answer, or not to all of them.
            Outrun: the rights change faster than they can be read.
            Superseded: another gateway keeps the claims.
        """
        try:
            groups = await self._claim()
        except (Outrun, Superseded):
            await self.wire.run(store.ROLLBACK)
            raise
        self.turn.end()
        await asyncio.sleep(0)  # whose turn it is now sends its claim, and then these are answered
        if any(group[0].kind in WRITING for group in groups):
            await self._answer(groups, store.WAIT_FOR_DISK)
            return
        await self._answer(groups, *(() if self.has_ended else (store.COMMIT,)))
        self.has_ended = True
        self._stand()

    async def commit(self, *lines: Statement) -> None:
        """End a transaction that is open, with these statements in it; when it returns it stands, and is on disk."""
        await self.wire.run(*lines, store.COMMIT)
        self._stand()

    def _stand(self) -> None:
        """Others see the rows from now on."""
        if self.wanted is not None:
            self.claims.stand(self.wanted)

    async def _claim(self) -> list[list[Case]]:
        """Claim and look up what is quick; the cases that are still to be looked up, by kind.

        With something left to look up, a transaction stays open. A claim by old rights has done nothing.
        """
        is_open = False
        await self.claims.prepare(self.wire, self.at)
        for _ in range(ATTEMPTS):
            version = await self._authenticate()
            first = self._first_of_each_nonce()
            quick, others = self._questions(first.values())
            before = (store.BEGIN,) if others and not is_open else ()
            after = (store.COMMIT,) if is_open and not others else ()
            claim = await self._claim_nonces(version, first, before, quick, after)
            is_open, self.has_ended = bool(others), not others
            if claim.version == version:
                self._judge(first, claim)
                return [left for group in others if (left := list(waiting(group)))]
            self.standings.forget_unless(claim.version)
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
        self,
        version: int,
        first: dict[str, Case],
        begin: tuple[Statement, ...],
        quick: Sequence[Sequence[Case]],
        ending: tuple[Statement, ...],
    ) -> Claim:
        new = {mark: case for mark, case in first.items() if case.claimed is None}
        self.wanted = wanted = Wanted(
            version=version,
            at=self.at,
            day=day_of(self.at),
            nonces={mark: None if case.objection else case.grant.subscription for mark, case in new.items()},
            stamps={mark: case.read_call.timestamp for mark, case in new.items()},
            limits={case.grant.subscription: case.grant for case in new.values() if not case.objection},
        )
        asked = self.claims.ask(wanted)
        found = (await self.wire.run(*begin, *asked, *map(_look_up, quick), *ending))[len(begin) :]
        for group, of_group in zip(quick, found[len(asked) :], strict=False):
            for case, own in zip(group, store.by_place(of_group, len(group)), strict=True):
                case.found = own
        return self.claims.read(wanted, found[: len(asked)])

    def _judge(self, first: dict[str, Case], claim: Claim) -> None:
        used: Counter[int] = Counter()
        is_written_later = self.claims.keeper is not None
        for mark, case in first.items():
            if case.claimed is not None:  # by an earlier attempt
                case.refusal = case.claimed.refusal or case.objection or case.misread
            elif mark in claim.replayed:
                case.refusal = refusals.Replayed()
            elif mark in claim.crowded:
                case.refusal = refusals.Unavailable()
            else:
                refusal = case.objection or self._measure(case, claim, used)
                if is_written_later:
                    is_counted = refusal is None and case.grant.terms.kind not in COUNTED_BY_OTHERS
                    number = case.grant.subscription if is_counted else None
                    case.claimed = Claimed(mark, case.read_call.timestamp, number, refusal)
                case.refusal = refusal or case.misread

    def _measure(self, case: Case, claim: Claim, used: Counter[int]) -> refusals.Refusal | None:
        """Whether a call keeps to the rate and the quota."""
        number = case.grant.subscription
        used[number] += 1
        if used[number] > claim.met[number]:
            return refusals.TooFast(per_second=f"{case.grant.terms.per_second:g}")
        if used[number] > claim.taken[number]:
            return refusals.QuotaUsedUp(quota=case.grant.daily_quota, day=day_of(self.at))
        return None

    def _questions(self, cases: Collection[Case]) -> tuple[list[list[Case]], list[list[Case]]]:
        """Read the parameters; the cases that have a question, by kind: those of quick kinds, and the others."""
        for case in cases:
            if case.objection is None:
                _ask(case, self.at)
        groups = by_kind(case for case in cases if case.question is not None).items()
        return (
            [group for (kind, _), group in groups if kind not in LATER],
            [group for (kind, _), group in groups if kind in LATER],
        )

    async def _answer(self, groups: Sequence[Sequence[Case]], *more: Statement) -> None:
        for case in waiting(self.cases):
            if case.found is not None:
                _try_to_answer(case, case.found, self.masking_key)
        if not groups and not more:
            return
        found = await self.wire.run(*map(_look_up, groups), *more)
        for group, rows in zip(groups, found, strict=False):
            for case, own in zip(group, store.by_place(rows, len(group)), strict=True):
                _try_to_answer(case, own, self.masking_key)
                if not self.sets_aside:
                    await asyncio.sleep(0)  # quick calls need this thread too


def _look_up(group: Sequence[Case]) -> Statement:
    return store.look_up(KINDS[group[0].kind], [case.asked for case in group])


def _authenticate(case: Case, at: datetime) -> None:
    rules.authenticate(case.read_call, case.standing, at=at)


def _entitle(case: Case, today: date) -> None:
    if case.grant.certificates and case.certificate not in case.grant.certificates:
        case.objection = refusals.CertificateWrong()
        return
    call, grant = case.read_call, case.grant
    try:
        if grant.node is not None or call.is_nodes:
            passing.check_passage(call, grant, at=case.at)
        rules.entitle(call, grant, today=today)
    except refusals.Refusal as refusal:
        case.objection = untraced(refusal)


def _ask(case: Case, at: datetime) -> None:
    """Read the parameters. What is wrong with them is said in its turn: the call may be refused for less."""
    grant = case.grant
    try:
        read = KINDS[case.kind].read(case.read_call.parameters, grant)
    except refusals.Refusal as refusal:
        case.misread = untraced(refusal)
    else:
        case.question = Question(grant, read, at)
        if case.kind in POST_ONLY and case.read_call.is_get and read.asked:
            case.question, case.misread = None, refusals.PostOnly()


def _try_to_answer(case: Case, rows: Rows, masking_key: bytes) -> None:
    """Answer, or refuse. Whatever else goes wrong is this call's alone: what the others claimed may be committed."""
    try:
        case.answer = KINDS[case.kind].answer(case.asked, rows, masking_key=masking_key)
    except refusals.Refusal as refusal:
        case.refusal = untraced(refusal)
    except Exception:
        log.exception("gateway.answer_failed", interface=case.read_call.interface)
        case.refusal = refusals.Unavailable()
