"""Whose case it is (申请人): proven by the account, brought to the window, or acted for by somebody who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shuzhi.business.matters.cases.errors import NoProofOfApplicant, NotYourCase
from shuzhi.business.matters.types import Channel, MatterDeclaration, Subject
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.pillars.standards.validators import check_resident_id, check_uscc
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity.delegation.queries import may_act_for

SCHEMES = {Subject.FIRM: "uscc", Subject.PERSON: "resident_id"}
TITLES = {"uscc": ("企业", "a firm"), "resident_id": ("个人", "a person")}
AT_COUNTER = (Channel.WINDOW, Channel.KIOSK, Channel.PHONE)


@dataclass(frozen=True)
class Whose:
    """The applicant's account or number, the number that the matter is about, and who acts for them."""

    applicant: str
    scheme: str
    holder: str
    agent: str = ""


def whose(
    declared: MatterDeclaration, *, applicant: str | None, channel: Channel, by: Actor, at: datetime
) -> Whose:
    """Who applies: `applicant` is an account, or `resident_id/…` or `uscc/…`; by default whoever asks.

    Raises:
        NoProofOfApplicant: no such number is proven, or it is none.
        NotYourCase: the applicant is somebody else who gave no authority.
        Forbidden: taking in cases for others is for clerks.
    """
    schemes = [SCHEMES[each] for each in declared.subjects]
    scheme, _, number = (applicant or by.name).partition("/")
    if scheme not in TITLES:
        return _account(applicant or by.name, schemes, by)
    if scheme not in schemes or not _is_number(scheme, number):
        raise _unproven(schemes)
    return _numbered(declared.matter, scheme, number.strip().upper(), channel=channel, by=by, at=at)


def _account(account: str, schemes: list[str], by: Actor) -> Whose:
    proven = identity.proofs(account)
    scheme = next((each for each in schemes if each in proven), None)
    if scheme is None:
        raise _unproven(schemes)
    if account != by.name and not by.has(Role.SYSTEM):
        policy.require("matters.receive", by=by)
    return Whose(account, scheme, proven[scheme], "" if account == by.name else by.name)


def _numbered(matter: str, scheme: str, number: str, *, channel: Channel, by: Actor, at: datetime) -> Whose:
    """Somebody named by their number: oneself, at the counter by a clerk, or by whoever may act for them."""
    if by.has(Role.RESIDENT):
        if identity.proofs(by.name).get(scheme) == number:
            return Whose(by.name, scheme, number)
        if may_act_for(by.name, f"{scheme}/{number}", matter, at):
            return Whose(f"{scheme}/{number}", scheme, number, by.name)
        raise NotYourCase(applicant=masked(number))
    if not by.has(Role.SYSTEM):
        policy.require("matters.receive", by=by)
        if channel not in AT_COUNTER:
            raise NotYourCase(applicant=masked(number))
    return Whose(f"{scheme}/{number}", scheme, number, by.name)


def is_own(applicant: str, scheme: str, holder: str, *, by: Actor) -> bool:
    """Whether a case is the actor's own: by account, or by the number that they have proven."""
    return applicant == by.name or (by.has(Role.RESIDENT) and identity.proofs(by.name).get(scheme) == holder)


def masked(number: str) -> str:
    """A number as others may see it."""
    return f"{number[:3]}{'*' * max(len(number) - 7, 1)}{number[-4:]}" if len(number) > 7 else "***"  # noqa: PLR2004


def _is_number(scheme: str, number: str) -> bool:
    text = number.strip().upper()
    return (check_resident_id(text) if scheme == "resident_id" else check_uscc(text)).valid


def _unproven(schemes: list[str]) -> NoProofOfApplicant:
    zh, en = zip(*(TITLES[each] for each in schemes), strict=True)
    return NoProofOfApplicant(schemes=" or ".join(en), schemes_zh="或".join(zh))
