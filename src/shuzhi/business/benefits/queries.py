from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from shuzhi.business.benefits import ledger, models
from shuzhi.business.benefits.errors import NoSuchFinding, NoSuchPolicy, RecipientUnknown
from shuzhi.business.benefits.matching import amount_of, facts_of, plain, rules_of
from shuzhi.business.benefits.types import (
    HAS_ARRIVED,
    HOLDS_RESERVE,
    Budget,
    Figures,
    Finding,
    Order,
    OrderState,
    Policy,
    PolicyDeclaration,
    Posting,
    Run,
    RunState,
    State,
    Verdict,
)
from shuzhi.business.market import queries as market
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.decisions.dmn.answers import Status
from shuzhi.support.decisions.dmn.words import step_lines
from shuzhi.support.decisions.queries import Answer, installed_rules
from shuzhi.support.identity import queries as identity

PAGE = 50


def policies(*, active_only: bool = True) -> list[Policy]:
    """The policies of the node by id."""
    rows = models.Policy.objects.order_by("id")
    rows = rows.filter(is_active=True) if active_only else rows
    return [_policy(row) for row in rows]


def policy(name: str) -> Policy:
    """One policy.

    Raises:
        NoSuchPolicy: no pack ever declared it.
    """
    row = models.Policy.objects.filter(id=name).first()
    if row is None:
        raise NoSuchPolicy(policy=name)
    return _policy(row)


def budget(name: str, period: str | None = None) -> Budget:
    """A period's money; the present period where none is named."""
    row = models.Budget.objects.get(policy=name, period=period or policy(name).declared.period.id)
    return Budget(row.policy, row.period, row.total, row.reserved, row.paid)


def finding(number: int) -> Finding:
    """One finding.

    Raises:
        NoSuchFinding: there is none of this number.
    """
    row = models.Finding.objects.filter(id=number).first()
    if row is None:
        raise NoSuchFinding
    return finding_of(row)


def number_of(name: str, recipient: str) -> int | None:
    """The number of a recipient's finding in the present period."""
    rows = models.Finding.objects.filter(
        policy=name, period=policy(name).declared.period.id, recipient=recipient
    )
    return rows.values_list("id", flat=True).first()


def findings(
    name: str, *, state: State | None = None, text: str = "", page: int = 1, size: int = PAGE
) -> list[Finding]:
    """Findings of a policy in the order of its queue."""
    rows = _asked(name, state, text).order_by("-is_doubted", "priority", "recipient")
    return [finding_of(row) for row in rows[(page - 1) * size : page * size]]


def count_findings(name: str, *, state: State | None = None, text: str = "") -> int:
    """How many there are."""
    return int(_asked(name, state, text).count())


def states(name: str) -> dict[State, tuple[int, int]]:
    """How many findings stand where, and how much money that is."""
    period = policy(name).declared.period.id
    rows = models.Finding.objects.filter(policy=name, period=period).values_list("state")
    return {
        State(state): (count, int(fen))
        for state, count, fen in rows.annotate(count=Count("id"), fen=Sum("amount")).order_by("state")
    }


def mine(*, by: Actor) -> list[Finding]:
    """What was found for the person or firm whose account this is, the newest first."""
    proven = proven_by(by)
    rows = models.Finding.objects.filter(recipient__in=list(proven.values())).order_by("-id")[:100]
    schemes = {one.id: one.declared.who.scheme for one in policies(active_only=False)}
    return [finding_of(row) for row in rows if proven.get(schemes.get(row.policy, "")) == row.recipient]


def proven_by(by: Actor) -> dict[str, str]:
    """What an account has proven to be, by scheme: somebody may act for a firm and be a person too.

    Raises:
        NoDataAccount: the account is bound to nobody.
    """
    market.require_holder(by)
    return identity.proofs(by.name)


def place_in_queue(number: int) -> int:
    """How many wait before a finding that waits, itself included."""
    row = models.Finding.objects.get(id=number)
    ahead = models.Finding.objects.filter(policy=row.policy, period=row.period, state=State.WAITING)
    return ahead.filter(
        Q(priority__lt=row.priority) | Q(priority=row.priority, recipient__lte=row.recipient)
    ).count()


def orders(number: int) -> list[Order]:
    """The attempts to pay a finding, in their order."""
    rows = models.Order.objects.filter(finding=number).order_by("attempt")
    return [
        Order(
            row.key, row.finding_id, row.amount, tail(row.account), OrderState(row.state), row.problem,
            row.made_at, row.settled_at,
        )
        for row in rows
    ]  # fmt: skip


def postings(name: str, *, finding: int | None = None, page: int = 1, size: int = PAGE) -> list[Posting]:
    """Lines of a policy's ledger, the newest first."""
    rows = models.Posting.objects.filter(policy=name)
    rows = rows.filter(finding=finding) if finding is not None else rows
    return [
        Posting(row.key, row.debit, row.credit, row.fen, row.said, row.at)
        for row in rows.order_by("-id")[(page - 1) * size : page * size]
    ]


def count_postings(name: str) -> int:
    """How many lines there are."""
    return models.Posting.objects.filter(policy=name).count()


def runs(name: str, *, most: int = 10) -> list[Run]:
    """The latest runs of a policy."""
    return [run_of(row) for row in models.Run.objects.filter(policy=name).order_by("-id")[:most]]


def explain(name: str, recipient: str, *, at: datetime) -> Verdict:
    """What the rule says of one recipient on this day, line by line, whether entitled or not.

    Raises:
        NoSuchPolicy: there is no such policy.
        RecipientUnknown: the register knows nobody of this name.
    """
    declared = policy(name).declared
    found = registers.find(declared.who.register_, declared.who.scheme, recipient)
    if found is None or found.retired_at is not None:
        raise RecipientUnknown(recipient=recipient[:60])
    facts = facts_of(declared, found.values)
    answer = ask(declared, facts, at=at)
    row = models.Finding.objects.filter(policy=name, period=declared.period.id, recipient=recipient).first()
    value = answer.value if isinstance(answer.value, dict) else {}
    eligible = value.get(declared.rule.eligible) if answer.status is Status.VALUE else None
    return Verdict(
        recipient=recipient,
        name=str(found.values.get(declared.who.name) or recipient),
        eligible=eligible if isinstance(eligible, bool) else None,
        amount=amount_of(declared, value.get(declared.rule.amount)) if eligible is True else 0,
        because=str(value.get(declared.rule.because) or ""),
        missing=tuple(answer.missing),
        lines=lines_of(answer),
        facts={key: plain(each) for key, each in facts.items()},
        finding=row.id if row else None,
    )


def why(found: Finding) -> tuple[Words, ...]:
    """The lines by which a finding was made: the same rules, the same facts, the same day."""
    declared = policy(found.policy).declared
    rules = installed_rules(declared.rule.rules, digest=found.rules)
    answer = rules.decide(
        declared.rule.decision, dict(found.facts), as_of=day_of(found.found_at), at=found.found_at, trace=True
    )
    return lines_of(answer)


def ask(declared: PolicyDeclaration, facts: dict[str, Any], *, at: datetime) -> Answer:
    """The rule's answer on facts, with its trace; nothing that is missing is passed over."""
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    return rules_of(declared).decide(
        declared.rule.decision, typed_facts(declared, given), as_of=day_of(at), at=at, strict=True, trace=True
    )


def typed_facts(declared: PolicyDeclaration, facts: dict[str, Any]) -> dict[str, Any]:
    """Texts as the rule's inputs ask for them."""
    from shuzhi.support.decisions.replaying.typed import input_types, value_of

    kinds = input_types(rules_of(declared), declared.rule.decision)
    return {name: value_of(str(value), kinds[name]) for name, value in facts.items() if name in kinds}


def lines_of(answer: Answer) -> tuple[Words, ...]:
    """An answer's trace, line by line."""
    if answer.trace is None:
        return ()
    return tuple(line for step in answer.trace.steps for line in step_lines(step))


def figures(name: str) -> Figures:
    """What a policy has come to in its present period."""
    declared = policy(name).declared
    rows = models.Finding.objects.filter(policy=name, period=declared.period.id).exclude(state=State.LAPSED)
    money = rows.aggregate(
        found=Count("id"),
        waiting=Count("id", filter=Q(state=State.WAITING)),
        confirmed=Count("id", filter=Q(confirmed_at__isnull=False)),
        paid=Count("id", filter=Q(state__in=HAS_ARRIVED)),
        found_fen=Sum("amount"),
    )
    days = [
        (day_of(paid) - day_of(found)).days
        for found, paid in rows.values_list("found_at", "paid_at").iterator()
        if paid is not None
    ]
    kept = budget(name)
    return Figures(
        found=money["found"], waiting=money["waiting"], confirmed=money["confirmed"], paid=money["paid"],
        found_fen=int(money["found_fen"] or 0), paid_fen=kept.paid, budget_fen=kept.total,
        mean_days=Decimal(sum(days)) / len(days) if days else None,
    )  # fmt: skip


def differences(name: str, period: str) -> list[str]:
    """Where budget, findings and ledger do not say the same; empty when all is well."""
    kept = models.Budget.objects.get(policy=name, period=period)
    rows = models.Finding.objects.filter(policy=name, period=period)
    held = _sum(rows.filter(state__in=HOLDS_RESERVE), "amount")
    arrived = rows.filter(state__in=HAS_ARRIVED)
    paid = _sum(arrived, "amount") - _sum(arrived, "repaid")
    left = ledger.balance(ledger.budget_account(name, period)) + ledger.transit_of(name, period)
    compared = {
        "reserved": (kept.reserved, held),
        "paid": (kept.paid, paid),
        "ledger": (kept.total - kept.paid, left),
    }
    return [f"{what}: {said} ≠ {found}" for what, (said, found) in compared.items() if said != found]


def numbers(states_of: Sequence[State], *, since: date | None = None, until: date | None = None) -> set[int]:
    """Findings of all policies in these states, for indicators."""
    rows = models.Finding.objects.filter(state__in=states_of)
    rows = rows.filter(found_at__date__gte=since) if since else rows
    rows = rows.filter(found_at__date__lte=until) if until else rows
    return set(rows.values_list("id", flat=True))


def confirmed_numbers() -> set[int]:
    """Findings that were confirmed, whatever came of them."""
    return set(models.Finding.objects.filter(confirmed_at__isnull=False).values_list("id", flat=True))


def paid_in_time() -> tuple[set[int], set[int]]:
    """Findings that were paid within the days that their policy promises, and all that were paid."""
    promised = {one.id: one.declared.paid_within_days for one in policies(active_only=False)}
    rows = models.Finding.objects.filter(paid_at__isnull=False).values_list(
        "id", "policy", "found_at", "paid_at"
    )
    paid = list(rows.iterator())
    in_time = {
        number
        for number, name, found, at in paid
        if at is not None and (day_of(at) - day_of(found)).days <= promised.get(name, 0)
    }
    return in_time, {number for number, *_ in paid}


def money_in_all() -> tuple[int, int]:
    """Paid and budgeted, of all policies, in fen."""
    told = models.Budget.objects.aggregate(paid=Sum("paid"), total=Sum("total"))
    return int(told["paid"] or 0), int(told["total"] or 0)


def tail(account: str) -> str:
    """The last four digits, all that anybody sees of an account."""
    return account[-4:] if len(account) >= 8 else ""  # noqa: PLR2004 - half of a short one would be told


def finding_of(row: models.Finding) -> Finding:
    """A row as other rooms see it."""
    return Finding(
        id=row.id, policy=row.policy, period=row.period, recipient=row.recipient, name=row.name,
        amount=row.amount, facts=row.facts, because=row.because, rules=row.rules, state=State(row.state),
        account_tail=tail(row.account), account_name=row.account_name, reason=row.reason,
        found_at=row.found_at, told_at=row.told_at, confirmed_at=row.confirmed_at, paid_at=row.paid_at,
        repaid=row.repaid, is_doubted=row.is_doubted, version=row.version,
    )  # fmt: skip


def run_of(row: models.Run) -> Run:
    """A run as pages see it."""
    return Run(
        id=row.id, policy=row.policy, period=row.period, state=RunState(row.state), asked_at=row.asked_at,
        by=row.by.get("title") or row.by["name"], rows=row.rows, done=row.done, eligible=row.eligible,
        unknown=row.unknown, fresh=row.fresh, lapsed=row.lapsed, in_sql=row.in_sql, reasons=row.reasons,
        problem=Words(**row.problem) if row.problem else None, done_at=row.done_at,
    )  # fmt: skip


def _policy(row: models.Policy) -> Policy:
    return Policy(PolicyDeclaration.model_validate(row.declared), row.is_active)


def _asked(name: str, state: State | None, text: str) -> Any:
    rows = models.Finding.objects.filter(policy=name)
    rows = rows.filter(state=state) if state else rows
    if text.strip():
        rows = rows.filter(Q(recipient=text.strip().upper()) | Q(name__contains=text.strip()))
    return rows


def _sum(rows: Any, field: str) -> int:
    return int(rows.aggregate(fen=Sum(field))["fen"] or 0)
