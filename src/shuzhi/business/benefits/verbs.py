"""What scenarios do with benefits: run a policy, answer as the firm, pay, appeal, recover, and look at what came of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.benefits import queries, services
from shuzhi.business.benefits.errors import NoSuchFinding
from shuzhi.business.benefits.money import fen_of, yuan_of
from shuzhi.business.benefits.types import Finding
from shuzhi.business.market import services as market
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity import services as accounts

PLATFORM = system("scenario")


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OfPolicy(_Says):
    """A policy."""

    policy: str


class OfRecipient(OfPolicy):
    """A policy and somebody by their identifier; `account` is whose account acts, by default their own."""

    recipient: str
    account: str | None = None


class Declining(OfRecipient):
    """Why it is left."""

    reason: str = ""


class Naming(OfRecipient):
    """The account that is right."""

    number: str
    holder: str


class Appealing(OfRecipient):
    """What is wrong."""

    said: str


class Deciding(_Says):
    """An appeal's dossier; with `facts` what is right, else why it is dismissed."""

    dossier: int
    note: str
    facts: dict[str, str] = Field(default_factory=dict)


class Recovering(OfPolicy):
    """Why it is asked back."""

    recipient: str
    reason: str


class Repaying(OfPolicy):
    """How many yuan came back under which slip."""

    recipient: str
    yuan: str
    reference: str


class Nothing(_Says):
    """Nothing needs to be said."""


def run(said: OfPolicy, stage: Stage) -> dict[str, Any]:
    """Run a policy over its register."""
    made = services.run_policy(policy=said.policy, by=stage.by, at=stage.at)
    return {
        "rows": made.rows, "eligible": made.eligible, "unknown": made.unknown, "fresh": made.fresh,
        "lapsed": made.lapsed, "in_sql": made.in_sql, "reasons": dict(made.reasons),
    }  # fmt: skip


def confirm(said: OfRecipient, stage: Stage) -> dict[str, Any]:
    """Take a benefit by one tap of the recipient's account."""
    return _told(services.confirm(finding=_number(said), by=_account(said, stage), at=stage.at))


def decline(said: Declining, stage: Stage) -> dict[str, Any]:
    """Leave a benefit."""
    return _told(
        services.decline(finding=_number(said), reason=said.reason, by=_account(said, stage), at=stage.at)
    )


def name_account(said: Naming, stage: Stage) -> dict[str, Any]:
    """Name the account that is right."""
    return _told(
        services.name_account(
            finding=_number(said), account=said.number, account_name=said.holder, by=_account(said, stage),
            at=stage.at,
        )
    )  # fmt: skip


def appeal(said: Appealing, stage: Stage) -> dict[str, Any]:
    """Appeal by the recipient's account."""
    made = services.appeal(policy=said.policy, said=said.said, by=_account(said, stage), at=stage.at)
    return {"dossier": made.id, "office": made.office, "due_on": made.due_on}


def uphold(said: Deciding, stage: Stage) -> dict[str, Any]:
    """Uphold an appeal with the facts that are right."""
    number = services.uphold(dossier=said.dossier, facts=said.facts, note=said.note, by=stage.by, at=stage.at)
    return _told(queries.finding(number))


def dismiss(said: Deciding, stage: Stage) -> None:
    """Dismiss an appeal."""
    services.dismiss(dossier=said.dossier, note=said.note, by=stage.by, at=stage.at)


def recover(said: Recovering, stage: Stage) -> dict[str, Any]:
    """Ask back what was paid."""
    return _told(services.recover(finding=_number(said), reason=said.reason, by=stage.by, at=stage.at))


def repay(said: Repaying, stage: Stage) -> dict[str, Any]:
    """Book a repayment."""
    return _told(
        services.repay(
            finding=_number(said), fen=fen_of(said.yuan), reference=said.reference, by=stage.by, at=stage.at
        )
    )


def reconcile(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Hold the bank's statement against our orders."""
    del said
    found = services.reconcile(by=stage.by, at=stage.at)
    return {
        "matched": found.matched, "settled": found.settled, "returned": found.returned, "failed": found.failed,
        "clean": found.is_clean,
    }  # fmt: skip


def look(said: OfRecipient, stage: Stage) -> dict[str, Any] | None:
    """What was found for somebody; nothing where nothing was."""
    del stage
    try:
        return _told(queries.finding(_number(said)))
    except NoSuchFinding:
        return None


def explain(said: OfRecipient, stage: Stage) -> dict[str, Any]:
    """What the rule says of somebody, and why."""
    found = queries.explain(said.policy, said.recipient, at=stage.at)
    return {
        "eligible": found.eligible, "amount": yuan_of(found.amount), "because": found.because,
        "missing": list(found.missing), "lines": [line.zh for line in found.lines],
    }  # fmt: skip


def figures(said: OfPolicy, stage: Stage) -> dict[str, Any]:
    """What a policy has come to, and whether budget, findings and ledger say the same."""
    del stage
    found = queries.figures(said.policy)
    kept = queries.budget(said.policy)
    return {
        "found": found.found, "waiting": found.waiting, "confirmed": found.confirmed, "paid": found.paid,
        "yuan": yuan_of(found.paid_fen), "budget": yuan_of(found.budget_fen), "left": yuan_of(kept.left),
        "reserved": yuan_of(kept.reserved), "mean_days": found.mean_days,
        "balances": queries.differences(kept.policy, kept.period) == [],
    }  # fmt: skip


def _number(said: Any) -> int:
    number = queries.number_of(said.policy, said.recipient)
    if number is None:
        raise NoSuchFinding
    return number


def _account(said: OfRecipient, stage: Stage) -> Actor:
    """The account of a firm or person; opened and bound when it is first needed."""
    value = said.account or said.recipient
    scheme = queries.policy(said.policy).declared.who.scheme
    username = f"of-{value.lower()}"
    found = identity.actor(username)
    if found is None:
        accounts.open_account(
            username=username, person=value, office=None, division=None, roles=frozenset({Role.RESIDENT}),
            password=None, by=PLATFORM, at=stage.at,
        )  # fmt: skip
        market.bind_account(
            username=username,
            scheme=scheme,
            value=value,
            evidence="场景：身份已核验",
            by=PLATFORM,
            at=stage.at,
        )
        found = identity.actor(username)
    assert found is not None
    return found


def _told(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id, "recipient": found.recipient, "name": found.name, "state": found.state.value,
        "amount": yuan_of(found.amount), "because": found.because, "reason": found.reason,
        "account": found.account_tail, "repaid": yuan_of(found.repaid), "doubted": found.is_doubted,
    }  # fmt: skip


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


POLICY = {"policy": "policies"}
VERBS = (
    Verb("run policy", _words("运行政策匹配", "run a policy"), OfPolicy, run, names=POLICY),
    Verb("confirm benefit", _words("确认领取", "take a benefit"), OfRecipient, confirm, names=POLICY),
    Verb("decline benefit", _words("放弃领取", "leave a benefit"), Declining, decline, names=POLICY),
    Verb("name account", _words("更正账户", "name the right account"), Naming, name_account, names=POLICY),
    Verb("appeal benefit", _words("申诉", "appeal"), Appealing, appeal, names=POLICY),
    Verb("uphold appeal", _words("申诉成立", "uphold an appeal"), Deciding, uphold),
    Verb("dismiss appeal", _words("申诉不成立", "dismiss an appeal"), Deciding, dismiss),
    Verb("recover benefit", _words("追回", "ask a benefit back"), Recovering, recover, names=POLICY),
    Verb("repay benefit", _words("登记还款", "book a repayment"), Repaying, repay, names=POLICY),
    Verb("reconcile payments", _words("资金对账", "reconcile payments"), Nothing, reconcile),
    Verb("benefit", _words("查看受益情况", "look at a finding"), OfRecipient, look, looks=True, names=POLICY),
    Verb("explain benefit", _words("查看符合与否", "ask why or why not"), OfRecipient, explain, looks=True, names=POLICY),
    Verb("benefit figures", _words("查看政策成效", "look at a policy's figures"), OfPolicy, figures, looks=True, names=POLICY),
)  # fmt: skip
