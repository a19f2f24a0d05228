"""Giving, accepting and ending delegations; each entry of the log is about both: who gives, and who acts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor, Behalf
from shuzhi.pillars.standards.validators import check_resident_id
from shuzhi.support.identity import models
from shuzhi.support.identity.delegation import queries
from shuzhi.support.identity.delegation.errors import (
    CodeNotRight,
    EvidenceMissing,
    NoSuchDelegation,
    NotAMinor,
    NotForOneself,
    NotProven,
    NumberNotRight,
    ScopeNotRight,
)
from shuzhi.support.identity.delegation.types import Delegation, Kind, Offer, Scope

LONGEST = timedelta(days=3 * 365)
LONGEST_OF_GUARDIANS = timedelta(days=18 * 366)
CODE_LIFE = timedelta(hours=72)
MOST_MATTERS = 50
OF_AGE = 18  # 民法典第十七条
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none of them looks like another
CODE_LENGTH = 10  # 50 bits; a code lives three days and wants a signed-in account of the right name


@transaction.atomic
def give(*, kind: Kind, delegate_name: str, scope: Scope, by: Actor, at: datetime) -> Offer:
    """Give one's own matters to an agent, or one's firm's to a clerk (授权). Whoever is meant accepts with the code.

    Raises:
        NotProven: a firm is given by an account that has proven to act for it.
        ScopeNotRight: the period.
        EvidenceMissing: no name.
    """
    policy.require("identity.delegate", by=by)
    username = by.name.removeprefix("account/")
    scheme, value = _principal(username, kind)
    name = delegate_name.strip()
    if not name:
        raise EvidenceMissing
    _require_fit(scope, LONGEST, at)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    row = models.Delegation.objects.create(
        kind=kind.value, scheme=scheme, value=value, title=by.title, giver=by.name, delegate_name=name[:100],
        code_digest=_digest(code), code_until=at + CODE_LIFE, matters=list(scope.matters),
        since=scope.since, until=scope.until, given_at=at,
    )  # fmt: skip
    _note("identity.delegation_given", row, by=by, at=at, until=str(row.until), matters=row.matters)
    return Offer(queries.delegation_of(row, day_of(at)), f"{code[:5]}-{code[5:]}")


@transaction.atomic
def accept(*, code: str, by: Actor, at: datetime) -> Delegation:
    """Accept a delegation with the code that its giver told.

    Raises:
        CodeNotRight: no open delegation has this code, or it is meant for another name.
        NotForOneself: it is one's own.
    """
    policy.require("identity.delegate", by=by)
    row = (
        models.Delegation.objects.select_for_update()
        .filter(code_digest=_digest(code), code_until__gt=at, accepted_at=None, ended_at=None)
        .first()
    )
    if row is None or row.until < day_of(at) or row.delegate_name != by.title:
        raise CodeNotRight
    if row.giver == by.name or (row.kind == Kind.AGENT and queries.is_of(row, by.name)):
        raise NotForOneself
    row.delegate, row.code_digest, row.accepted_at = by.name.removeprefix("account/"), "", at
    row.save(update_fields=["delegate", "code_digest", "accepted_at"])
    _note("identity.delegation_accepted", row, by=by, at=at)
    return queries.delegation_of(row, day_of(at))


@transaction.atomic
def note_guardian(
    *,
    kind: Kind,
    ward: str,
    ward_name: str,
    guardian: str,
    scope: Scope,
    evidence: str,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Write down at a counter that somebody is a guardian (监护), by papers that were seen; the guardian accepts it.

    That of a minor ends the day before the eighteenth birthday, whatever was asked for.

    Raises:
        NumberNotRight, NotAMinor, EvidenceMissing, ScopeNotRight: what is said of the ward is not right.
        NotProven: the guardian's account has not proven who it is.
        NotForOneself: ward and guardian are the same.
        Forbidden: only counters do it.
    """
    policy.require("identity.note_guardian", by=by)
    checked = check_resident_id(ward.strip())
    number = (checked.repaired or ward).strip().upper()
    if not check_resident_id(number).valid:
        raise NumberNotRight
    if not (evidence.strip() and ward_name.strip()):
        raise EvidenceMissing
    account = models.Account.objects.filter(username=guardian.strip(), is_active=True).first()
    proven = models.Proof.objects.filter(account=guardian.strip(), scheme="resident_id").first()
    if account is None or proven is None:
        raise NotProven(what="the guardian's identity", what_zh="监护人账号的身份")
    if proven.value == number:
        raise NotForOneself
    scope = _of_ward(kind, number, ward_name, scope, at)
    _require_fit(scope, LONGEST_OF_GUARDIANS, at)
    row = models.Delegation.objects.create(
        kind=kind.value, scheme="resident_id", value=number, title=ward_name.strip()[:100], giver=by.name,
        delegate=account.username, delegate_name=account.person, matters=list(scope.matters), since=scope.since,
        until=scope.until, evidence=evidence.strip()[:200], given_at=at,
    )  # fmt: skip
    _note("identity.guardian_noted", row, by=by, at=at, evidence=row.evidence, until=str(row.until))
    return queries.delegation_of(row, day_of(at))


@transaction.atomic
def accept_noted(*, delegation: int, by: Actor, at: datetime) -> Delegation:
    """Accept a guardianship that a counter wrote down.

    Raises:
        NoSuchDelegation: it is not this account's, or it is over.
    """
    policy.require("identity.delegate", by=by)
    row = _open(delegation)
    if row.delegate != by.name.removeprefix("account/") or row.accepted_at is not None:
        raise NoSuchDelegation
    row.accepted_at = at
    row.save(update_fields=["accepted_at"])
    _note("identity.delegation_accepted", row, by=by, at=at)
    return queries.delegation_of(row, day_of(at))


@transaction.atomic
def end(*, delegation: int, by: Actor, at: datetime) -> Delegation:
    """End a delegation at once (解除): its giver or the firm, the delegate, or a counter.

    Raises:
        NoSuchDelegation: it concerns others, or is over already.
    """
    policy.require("identity.delegate", by=by)
    row = _open(delegation)
    is_delegate = row.delegate == by.name.removeprefix("account/")
    # A ward can't end what a court or the law set up; a counter can.
    is_principal = row.kind in {Kind.AGENT, Kind.CLERK} and (
        row.giver == by.name or queries.is_of(row, by.name)
    )
    if not (is_delegate or is_principal or policy.allows("identity.note_guardian", by=by)):
        raise NoSuchDelegation
    row.how = "given_up" if is_delegate and row.accepted_at else "declined" if is_delegate else "revoked"
    row.ended_at, row.ended_by, row.code_digest = at, by.name, ""
    row.save(update_fields=["ended_at", "ended_by", "how", "code_digest"])
    _note("identity.delegation_ended", row, by=by, at=at, how=row.how)
    return queries.delegation_of(row, day_of(at))


@transaction.atomic
def begin_acting(*, delegation: int, by: Actor, at: datetime) -> Delegation:
    """Act for somebody from now on in this session; the log says since when.

    Raises:
        NotActing: the delegation is not in force.
    """
    found = queries.delegation(delegation, account=by.name, at=at)
    audit.record(
        "identity.acting_begun", target=f"delegation/{found.id}", by=by, at=at, subjects=[reference(found)]
    )
    return found


def behalf_of(found: Delegation) -> Behalf:
    """For whom somebody acts, as the actor carries it."""
    return Behalf(
        delegation=found.id, kind=found.kind.value, scheme=found.scheme, value=found.value, title=found.title,
        subject=reference(found),
    )  # fmt: skip


def reference(found: Delegation) -> str:
    """How the log names the principal."""
    return node_reference(found.scheme, found.value)


def birthday(number: str) -> date:
    """The day of birth in an identity number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def of_age_on(born: date) -> date:
    """The eighteenth birthday; who is born on the 29th of February has it on the 1st of March."""
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return date(born.year + OF_AGE, 3, 1)


def _principal(username: str, kind: Kind) -> tuple[str, str]:
    proven = dict(models.Proof.objects.filter(account=username).values_list("scheme", "value"))
    if kind is Kind.CLERK:
        if "uscc" not in proven:
            raise NotProven(what="that you act for the firm", what_zh="企业法定代表人或授权人身份")
        return "uscc", proven["uscc"]
    if kind is not Kind.AGENT:
        raise NotProven(what="the guardianship", what_zh="监护关系")
    return ("resident_id", proven["resident_id"]) if "resident_id" in proven else ("account", username)


def _of_ward(kind: Kind, number: str, name: str, scope: Scope, at: datetime) -> Scope:
    if kind is Kind.GUARDIAN_OF_INCAPABLE:
        return scope
    if kind is not Kind.GUARDIAN_OF_MINOR:
        raise NotProven(what="the guardianship", what_zh="监护关系")
    of_age = of_age_on(birthday(number))
    if of_age <= day_of(at):
        raise NotAMinor(title=name.strip())
    return Scope(scope.since, min(scope.until, of_age - timedelta(days=1)), scope.matters)


def _require_fit(scope: Scope, longest: timedelta, at: datetime) -> None:
    is_right = (
        scope.since <= scope.until and scope.until >= day_of(at) and scope.until - scope.since <= longest
    )
    if not is_right or len(scope.matters) > MOST_MATTERS:
        raise ScopeNotRight(most=longest.days)


def _open(number: int) -> models.Delegation:
    row = models.Delegation.objects.select_for_update().filter(id=number, ended_at=None).first()
    if row is None:
        raise NoSuchDelegation
    return row


def _note(action: str, row: models.Delegation, *, by: Actor, at: datetime, **facts: Any) -> None:
    about = [node_reference(row.scheme, row.value)]
    if row.delegate:
        about += [node_reference(*each) for each in sorted(queries.identities(f"account/{row.delegate}"))]
    audit.record(
        action, target=f"delegation/{row.id}", by=by, at=at, subjects=about, kind=row.kind,
        giver=row.giver, delegate=row.delegate, **facts,
    )  # fmt: skip


def _digest(code: str) -> str:
    written = code.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
