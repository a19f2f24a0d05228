"""A run of a policy (匹配): the register is gathered, decided, kept, and the budget allotted. Safe to repeat at any point."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Q

from shuzhi.business.benefits import matching, models, queries
from shuzhi.business.benefits.errors import PolicyClosed, RegisterNotBuilt, RunUnderWay
from shuzhi.business.benefits.matching import Candidate, Seen
from shuzhi.business.benefits.services.allotting import allot
from shuzhi.business.benefits.services.moving import locked, locked_budget, move, shift
from shuzhi.business.benefits.types import HAS_ARRIVED, PolicyDeclaration, Run, RunState, State
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import audit
from shuzhi.pillars.security import policy as security
from shuzhi.pillars.security.types import Actor

BATCH = 1000
REASONS = 50
ENDED = (RunState.DONE, RunState.FAILED)
LOCKS = 0x62656E65  # the room's own space of advisory locks


@transaction.atomic
def ask_for_run(*, policy: str, by: Actor, at: datetime) -> int:
    """Note that somebody wants the policy run; returns the run's number.

    Raises:
        NoSuchPolicy, PolicyClosed: there is none, or it is not in force today.
        Forbidden: it is another office's.
    """
    declared = queries.policy(policy).declared
    security.require("benefits.run", by=by, office=declared.office)
    _require_open(declared, at)
    row = models.Run.objects.create(
        policy=policy, period=declared.period.id, state=RunState.WAITING, asked_at=at,
        by={"name": by.name, "title": by.title},
    )  # fmt: skip
    audit.record("benefits.run_asked", target=f"policy/{policy}", by=by, at=at, run=row.id)
    return row.id


def run_policy(*, policy: str, by: Actor, at: datetime) -> Run:
    """Run a policy here and now; see `run`."""
    return run(number=ask_for_run(policy=policy, by=by, at=at), by=by, at=at)


def run(*, number: int, by: Actor, at: datetime) -> Run:
    """Do one run to its end. Killed and done again it changes nothing that is already so.

    Raises:
        RunUnderWay: another worker runs the policy.
        RegisterNotBuilt, RulesNotInstalled: there is nobody, or no rule, to ask.
    """
    row = models.Run.objects.get(id=number)
    if row.state in ENDED:
        return queries.run_of(row)
    declared = queries.policy(row.policy).declared
    with alone(row.policy):
        others = models.Run.objects.filter(policy=row.policy).exclude(id=number).exclude(state__in=ENDED)
        broken = {"zh": "运行中断，已由后一次运行接替", "en": "broken off; a later run took over"}
        others.filter(id__lt=number).update(state=RunState.FAILED, problem=broken, done_at=at)
        try:
            _require_open(declared, at)
            _run(row, declared, by=by, at=at)
        except PlatformError as error:
            problem = {"zh": error.message_zh, "en": str(error)}
            _keep(row, state=RunState.FAILED, problem=problem, done_at=at)
            raise
    audit.record(
        "benefits.run", target=f"policy/{row.policy}", by=by, at=at, run=row.id, period=row.period,
        rows=row.rows, eligible=row.eligible, fresh=row.fresh, lapsed=row.lapsed,
    )  # fmt: skip
    return queries.run_of(row)


@contextmanager
def alone(policy: str) -> Iterator[None]:
    """One run of a policy at a time; a worker that dies lets go.

    Raises:
        RunUnderWay: another one is at it.
    """
    key = crc32(policy.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, key])
        if not cursor.fetchone()[0]:
            raise RunUnderWay(policy=policy)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, key])


def _run(row: models.Run, declared: PolicyDeclaration, *, by: Actor, at: datetime) -> None:
    rules = matching.rules_of(declared)
    with tempfile.TemporaryDirectory(prefix="shuzhi-benefits-") as folder:
        table = Path(folder) / "records.parquet"
        _keep(row, state=RunState.GATHERING)
        rows = matching.gather(declared, rules, table)
        if not rows:
            raise RegisterNotBuilt(register=declared.who.register_)
        _keep(row, state=RunState.DECIDING, rows=rows)
        decided, in_sql = matching.decide(
            declared, rules, table=table, folder=Path(folder), as_of=day_of(at), at=at
        )
        _keep(row, state=RunState.KEEPING, in_sql=in_sql, done=0)
        # Whom one query refuses is counted there; only the others are read one by one.
        seen, fresh = Seen(reasons=decided.reasons), 0
        for found in matching.candidates(declared, decided.others, seen, lambda done: _keep(row, done=done)):
            for start in range(0, len(found), BATCH):
                fresh += _note(row, rules.digest, found[start : start + BATCH], at=at)
    reasons = dict(seen.reasons.most_common(REASONS))
    lapsed = _lapse_unseen(row, by=by, at=at)
    _keep(
        row, state=RunState.ALLOTTING, eligible=seen.eligible, unknown=seen.unknown, fresh=fresh, lapsed=lapsed,
        reasons=reasons,
    )  # fmt: skip
    allot(policy=declared, by=by, at=at)
    _keep(row, state=RunState.DONE, done_at=at)


@transaction.atomic
def _note(run: models.Run, digest: str, found: list[Candidate], *, at: datetime) -> int:
    """Keep a batch of candidates; returns how many are new. What is already reserved or paid stays as it is."""
    locked_budget(run.policy, run.period)
    wanted = {one.recipient: one for one in reversed(found)}
    rows = models.Finding.objects.select_for_update().filter(
        policy=run.policy, period=run.period, recipient__in=wanted
    )
    known = {row.recipient: row for row in rows.order_by("recipient")}
    for recipient, row in known.items():
        row.seen_run, row.is_doubted = run.id, False
        if row.state in (State.WAITING, State.LAPSED):
            _renew(row, wanted[recipient], digest, at)
    models.Finding.objects.bulk_update(
        known.values(),
        [
            "seen_run", "is_doubted", "state", "amount", "facts", "because", "rules", "priority", "name",
            "account", "account_name", "told_at", "reason", "version",
        ],
    )  # fmt: skip
    new = [_finding(run, one, digest, at) for one in wanted.values() if one.recipient not in known]
    models.Finding.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _renew(row: models.Finding, one: Candidate, digest: str, at: datetime) -> None:
    """Nothing is set aside yet: the newest facts hold."""
    if row.state == State.LAPSED:
        row.state, row.told_at, row.found_at, row.reason = State.WAITING, None, at, ""
    row.amount, row.facts, row.because, row.rules = one.amount, one.facts, one.because, digest
    row.priority, row.name = list(one.priority), one.name[:300]
    row.account, row.account_name = one.account[:40], one.account_name[:300]
    row.version += 1


def _finding(run: models.Run, one: Candidate, digest: str, at: datetime) -> models.Finding:
    return models.Finding(
        policy=run.policy, period=run.period, recipient=one.recipient[:60], name=one.name[:300],
        amount=one.amount, facts=one.facts, because=one.because, rules=digest, priority=list(one.priority),
        state=State.WAITING, account=one.account[:40], account_name=one.account_name[:300], seen_run=run.id,
        found_at=at,
    )  # fmt: skip


def _lapse_unseen(run: models.Run, *, by: Actor, at: datetime) -> int:
    """Whom the rule no longer entitles: what is set aside becomes free, what is paid is marked for a look."""
    rows = models.Finding.objects.filter(policy=run.policy, period=run.period)
    unseen = rows.filter(Q(seen_run=None) | ~Q(seen_run=run.id))
    unseen.filter(state__in=(*HAS_ARRIVED, State.CONFIRMED)).exclude(state=State.RECOVERED).update(
        is_doubted=True
    )
    gone = unseen.filter(state__in=(State.WAITING, State.RESERVED)).values_list("id", flat=True)
    return sum(lapse(number, reason="按最新登记不再符合条件", by=by, at=at) for number in list(gone))


def close_ended(*, by: Actor, at: datetime) -> int:
    """What nobody has taken when its period is over lapses; returns how many did."""
    ended = [one.declared for one in queries.policies() if one.declared.period.until < day_of(at)]
    count = 0
    for declared in ended:
        rows = models.Finding.objects.filter(policy=declared.policy, period=declared.period.id)
        open_ones = rows.filter(state__in=(State.WAITING, State.RESERVED)).values_list("id", flat=True)
        count += sum(lapse(number, reason="执行期已满，未领取", by=by, at=at) for number in list(open_ones))
    return count


@transaction.atomic
def lapse(number: int, *, reason: str, by: Actor, at: datetime) -> bool:
    """Let one finding go that nobody has confirmed; what was set aside is free again."""
    row = locked(number, money=True)
    if row.state not in (State.WAITING, State.RESERVED):
        return False  # confirmed meanwhile
    if row.state == State.RESERVED:
        shift(row, reserved=-row.amount)
    move(row, State.LAPSED, by=by, at=at, reason=reason)
    return True


def _require_open(declared: PolicyDeclaration, at: datetime) -> None:
    day = day_of(at)
    if (
        not declared.period.since <= day <= declared.period.until
        or not queries.policy(declared.policy).is_active
    ):
        raise PolicyClosed(policy=declared.policy, day=day)


def _keep(row: models.Run, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
