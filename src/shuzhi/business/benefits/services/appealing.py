"""Appeals (申诉): whoever holds the finding, or that there is none, to be wrong; the office decides, and the result corrects it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from shuzhi.business.benefits import matching, models, queries
from shuzhi.business.benefits.errors import AppealChangesNothing, AppealOpen, FactUnknown, ReasonMissing
from shuzhi.business.benefits.services.allotting import allot_freed
from shuzhi.business.benefits.services.moving import locked, locked_budget, move, shift
from shuzhi.business.benefits.types import BenefitAppealDecided, PolicyDeclaration, State
from shuzhi.data.registers import queries as registers
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import Dossier

LOOP = "benefit-appeal"
OPEN_TO_CHANGE = (State.WAITING, State.RESERVED, State.LAPSED, State.DECLINED)
log = structlog.get_logger(__name__)


@transaction.atomic
def appeal(*, policy: str, said: str, by: Actor, at: datetime, recipient: str | None = None) -> Dossier:
    """Appeal (申诉) for oneself, or as the office's clerk for a recipient who came to the counter.

    Raises:
        ReasonMissing: nothing was said.
        AppealOpen: one is being handled already.
        NoDataAccount, Forbidden: whoever asks is neither the recipient nor of the office.
    """
    declared = queries.policy(policy).declared
    who = _whose(declared, recipient, by)
    if not said.strip():
        raise ReasonMissing
    open_one = models.Appeal.objects.filter(
        policy=policy, period=declared.period.id, recipient=who, is_open=True
    ).first()
    if open_one is not None:
        raise AppealOpen(dossier=open_one.dossier)
    title = declared.title
    dossier = loops.open_dossier(
        loop=LOOP, subject=f"policy/{policy}", office=declared.office, requester=by.name, by=system("benefits"), at=at,
        title=Words(zh=f"{title.zh}：申诉", en=f"{title.en}: an appeal"),
        facts={"policy": policy, "recipient": who, "said": said.strip()[:2000]},
        working_days=declared.appeal_working_days,
    )  # fmt: skip
    models.Appeal.objects.create(
        policy=policy, period=declared.period.id, recipient=who, dossier=dossier.id, said=said.strip()[:2000],
        made_at=at,
    )  # fmt: skip
    audit.record(
        "benefits.appealed", target=f"policy/{policy}", by=by, at=at, dossier=dossier.id,
        subjects=[node_reference(declared.who.scheme, who)],
    )  # fmt: skip
    return dossier


@transaction.atomic
def uphold(*, dossier: int, facts: dict[str, str], note: str, by: Actor, at: datetime) -> int:
    """Uphold an appeal (申诉成立) with the facts that are right; the rule decides again. Returns the finding.

    Raises:
        AppealChangesNothing: the rule still says no.
        FactUnknown: the rule does not ask for such a fact.
        NotInState: the benefit is confirmed or paid already.
        Forbidden, EvidenceMissing, ActionNotAllowedHere: as the loop says.
    """
    row = models.Appeal.objects.select_for_update().get(dossier=dossier)
    loops.act(
        dossier=dossier,
        action="uphold",
        by=by,
        at=at,
        note=note,
        evidence={"facts": facts} if facts else None,
    )
    return _corrected(row, facts, by=by, at=at)


@transaction.atomic
def dismiss(*, dossier: int, note: str, by: Actor, at: datetime) -> None:
    """Dismiss an appeal (申诉不成立), and say why."""
    row = models.Appeal.objects.select_for_update().get(dossier=dossier)
    loops.act(dossier=dossier, action="dismiss", by=by, at=at, note=note)
    _close(row, None, upheld=False, at=at)


@transaction.atomic
def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """A step taken in the inbox: what it means is done."""
    if payload["loop"] != LOOP:
        return
    row = models.Appeal.objects.select_for_update().filter(dossier=payload["dossier"], is_open=True).first()
    if row is None:
        return
    last = workflow.history(row.dossier)[-1]
    if last.action == "uphold":
        try:
            with transaction.atomic():
                _corrected(row, dict(last.evidence.get("facts") or {}), by=system("benefits"), at=at)
        except PlatformError as refusal:  # upheld, but the rule says no: a person has to look at the facts
            log.warning("benefits.appeal_without_effect", dossier=row.dossier, reason=refusal.code)
            _close(row, None, upheld=True, at=at)
    elif workflow.dossier(row.dossier).closed_at is not None:
        _close(row, None, upheld=False, at=at)


def _whose(declared: PolicyDeclaration, recipient: str | None, by: Actor) -> str:
    if recipient is None:
        proven = queries.proven_by(by).get(declared.who.scheme)
        if proven:
            return proven
    policy.require("benefits.decide", by=by, office=declared.office)
    if not recipient:
        raise ReasonMissing
    return recipient.strip().upper()[:60]


def _corrected(appeal: models.Appeal, facts: dict[str, str], *, by: Actor, at: datetime) -> int:
    """Ask the rule again with what is right, and make the finding what it says."""
    declared = queries.policy(appeal.policy).declared
    locked_budget(appeal.policy, appeal.period)
    record = registers.find(declared.who.register_, declared.who.scheme, appeal.recipient)
    known = matching.facts_of(declared, record.values) if record else {}
    for name, right in facts.items():
        if name not in declared.rule.inputs or queries.typed_facts(declared, {name: right}).get(name) is None:
            raise FactUnknown(fact=name[:60], value=str(right)[:60])
    told = {**known, **facts}
    answer = queries.ask(declared, told, at=at)
    value: dict[str, Any] = answer.value if isinstance(answer.value, dict) else {}
    amount = matching.amount_of(declared, value.get(declared.rule.amount))
    because = str(value.get(declared.rule.because) or "")
    if value.get(declared.rule.eligible) is not True or amount <= 0:
        missing = "、".join(answer.missing)
        raise AppealChangesNothing(because=because or missing or "—", because_zh=because or f"缺 {missing}")
    typed = queries.typed_facts(declared, {key: each for key, each in told.items() if each})
    found = _finding(appeal, declared, record.values if record else {}, at)
    if found.state == State.RESERVED:
        shift(found, reserved=-found.amount)
    found.amount, found.because, found.rules = (
        amount,
        because[:500],
        answer.trace.rules if answer.trace else "",
    )
    found.facts = {key: matching.plain(each) for key, each in typed.items()}
    found.priority, found.is_doubted = list(matching.priority_of(declared, typed)), False
    found.found_at, found.told_at = at, None
    move(found, State.WAITING, by=by, at=at, reason="申诉成立", dossier=appeal.dossier)
    allot_freed(policy=declared, by=by, at=at)
    _close(appeal, found.id, upheld=True, at=at)
    return found.id


def _finding(appeal: models.Appeal, declared: PolicyDeclaration, values: Any, at: datetime) -> models.Finding:
    """The recipient's finding, which may still change, or a new one."""
    rows = models.Finding.objects.filter(
        policy=appeal.policy, period=appeal.period, recipient=appeal.recipient
    )
    number = rows.values_list("id", flat=True).first()
    if number is not None:
        return locked(number, *OPEN_TO_CHANGE)
    who = declared.who
    return models.Finding(
        policy=appeal.policy, period=appeal.period, recipient=appeal.recipient, facts={}, found_at=at,
        name=str(values.get(who.name) or appeal.recipient)[:300], account=str(values.get(who.account) or "")[:40],
        account_name=str(values.get(who.account_name) or values.get(who.name) or "")[:300], state=State.WAITING,
        amount=1, version=0,
    )  # fmt: skip


def _close(row: models.Appeal, finding: int | None, *, upheld: bool, at: datetime) -> None:
    row.is_open, row.finding = False, finding
    row.save(update_fields=["is_open", "finding"])
    scheme = queries.policy(row.policy).declared.who.scheme
    publish(BenefitAppealDecided(row.dossier, row.policy, scheme, row.recipient, upheld, finding, at), at=at)
