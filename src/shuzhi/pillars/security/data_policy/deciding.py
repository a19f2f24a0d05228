"""The one question of every way out: what of this may this reader have, here, now?"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from shuzhi.foundation.clock import CHINA
from shuzhi.pillars.security.data_policy import reasons
from shuzhi.pillars.security.data_policy.channels import CHANNELS, Channel, Terms
from shuzhi.pillars.security.data_policy.declaring import PolicyDeclaration, Uses
from shuzhi.pillars.security.data_policy.types import (
    Condition,
    DataPolicy,
    Decision,
    FieldRule,
    Given,
    Reader,
    Reason,
    RowScope,
    Treatment,
)
from shuzhi.pillars.security.types import Actor, Grade, Mask, Role


class _Asked(NamedTuple):
    """Who asks, on which way, when."""

    reader: Reader
    channel: Channel
    terms: Terms
    at: datetime


def decide(policy: DataPolicy, reader: Reader, channel: Channel | str, at: datetime) -> Decision:
    """What of a data set's or register's fields and rows this reader is given on this way.

    Whatever is not allowed is withheld: an unknown field, way out or mask, a missing purpose or consent, a reader
    without the division or office that rows are told apart by.
    """
    try:
        channel = Channel(channel)
        terms = CHANNELS[channel]
    except (ValueError, KeyError):
        return _nothing(policy, reasons.UNKNOWN_CHANNEL)
    asked = _Asked(reader, channel, terms, at)
    above = _refusal(policy.uses, asked) or _outside_hours(policy.uses, at)
    if above is not None:
        return _nothing(policy, above)
    clearance = min(_clearance(policy, asked), terms.ceiling)
    fields = {name: _treatment(rule, asked, clearance) for name, rule in policy.fields.items()}
    return Decision(
        policy.thing, fields, _rows(policy, reader.actor, channel), _withheld(reasons.UNKNOWN_FIELD)
    )


def at_rest(policy: DataPolicy, channel: Channel) -> Decision:
    """How values are kept for a way out that shows copies, such as samples: as its least cleared reader sees them.

    Who reads the copy is decided when it is read, by `decide`; what is withheld then is not shown at all.
    """
    terms = CHANNELS[channel]
    fields = {
        name: _withheld(reasons.REFUSED)
        if channel in (*policy.uses.refuse, *rule.uses.refuse)
        else _withheld(reasons.NO_CONSENT)
        if policy.uses.consent or rule.uses.consent  # a copy would outlast the consent
        else _by_grade(rule, terms, Grade.L1)
        for name, rule in policy.fields.items()
    }
    return Decision(policy.thing, fields, RowScope(), _withheld(reasons.UNKNOWN_FIELD))


def _nothing(policy: DataPolicy, reason: Reason) -> Decision:
    held = _withheld(reason)
    return Decision(policy.thing, dict.fromkeys(policy.fields, held), RowScope(nothing=True), held)


def _withheld(reason: Reason) -> Treatment:
    return Treatment(Given.WITHHELD, reason)


def _treatment(rule: FieldRule, asked: _Asked, clearance: Grade) -> Treatment:
    refusal = _refusal(rule.uses, asked)
    if refusal is not None:
        return _withheld(refusal)
    if asked.channel is Channel.OPEN and not rule.open:
        return _withheld(reasons.NOT_OPEN)
    return _by_grade(rule, asked.terms, clearance)


def _by_grade(rule: FieldRule, terms: Terms, clearance: Grade) -> Treatment:
    if rule.grade is None or (terms.never is not None and rule.grade >= terms.never):
        return _withheld(reasons.CORE)
    if rule.grade <= clearance:
        return Treatment(Given.CLEAR, reasons.CLEARED)
    mask = terms.bare if rule.mask is Mask.NONE else rule.mask
    if mask in {None, Mask.DROP}:
        return _withheld(reasons.NO_MASK)
    assert mask is not None
    return Treatment(Given.MASKED, reasons.MASKED, mask, rule.uses.mask_as)


def _refusal(uses: Uses, asked: _Asked) -> Reason | None:
    """The first limit of use that this reader does not keep."""
    actor = asked.reader.actor
    if asked.channel in uses.refuse:
        return reasons.REFUSED
    if not _in_period(asked.at.astimezone(CHINA).date(), uses.since, uses.until):
        return reasons.OUT_OF_TIME
    if uses.roles and asked.terms.by_role and not actor.has(*uses.roles):
        return reasons.ROLE
    if uses.consent and (asked.channel is Channel.OPEN or uses.consent not in asked.reader.consents):
        return reasons.NO_CONSENT
    return _unfit_purpose(uses, actor, asked.terms)


def _unfit_purpose(uses: Uses, actor: Actor, terms: Terms) -> Reason | None:
    purpose, basis = (actor.purpose or "").strip(), (actor.basis or "").strip()
    if terms.states_purpose and not (purpose and basis):
        return reasons.NO_PURPOSE
    if uses.purposes and purpose not in uses.purposes:
        return reasons.OTHER_PURPOSE if purpose else reasons.NO_PURPOSE
    return None


def _in_period(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)


def _outside_hours(uses: PolicyDeclaration, at: datetime) -> Reason | None:
    """Office hours of the data; a span over midnight is one that begins later than it ends."""
    start, end = uses.hours_from or time.min, uses.hours_to or time.max
    now = at.astimezone(CHINA).time()
    inside = start <= now <= end if start <= end else now >= start or now <= end
    return None if inside else reasons.OUT_OF_TIME


def _clearance(policy: DataPolicy, asked: _Asked) -> Grade:
    """Up to which grade values go out as they are.

    Of people: what the policy declares for their roles; else the bureau and the owning office's data officers and
    approvers L3, other data officers and approvers L2, everyone else L1. Of offices: what their subscription grants.
    """
    reader, actor = asked.reader, asked.reader.actor
    if asked.channel is Channel.OPEN:
        return Grade.L1
    if not asked.terms.by_role:
        return reader.clearance or Grade.L1
    declared = [grade for role, grade in policy.uses.clearances.items() if actor.has(role)]
    usual = max(declared) if declared else _usual_clearance(actor, policy.owner)
    return usual if reader.clearance is None else min(usual, reader.clearance)


def _usual_clearance(actor: Actor, owner: str) -> Grade:
    if actor.has(Role.BUREAU):
        return Grade.L3
    if actor.has(Role.DATA_OFFICER, Role.APPROVER):
        return Grade.L3 if actor.office == owner else Grade.L2
    return Grade.L1


def _rows(policy: DataPolicy, actor: Actor, channel: Channel) -> RowScope:
    """The reader's own rows: below their division, of their office, in their own charge.

    What is opened goes to everyone alike, so that data told apart by reader are not opened at all. The owning office
    and the bureau look after the rows of every office and person, but only of their own division.
    """
    scope = policy.uses.scope
    wanted = {scope.division: actor.division, scope.office: actor.office, scope.person: actor.name}
    wanted.pop(None, None)
    if not wanted:
        return RowScope()
    if channel is Channel.OPEN:
        return RowScope(nothing=True)
    conditions = []
    if scope.division:
        conditions.append(Condition(scope.division, under=subtree(actor.division)))
    if not (actor.has(Role.BUREAU) or (actor.office and actor.office == policy.owner)):
        conditions += [
            Condition(name, among=frozenset(_spelt(who)))
            for name, who in ((scope.office, actor.office), (scope.person, actor.name))
            if name
        ]
    nothing = any(each.under == "" or (each.under is None and not each.among) for each in conditions)
    return RowScope(nothing=nothing, conditions=tuple(conditions))


def subtree(division: str | None) -> str:
    """What the codes of a division and of all below it begin with: 330110 of a district, 3301 of its city."""
    code = (division or "").strip()
    if not code.isdecimal() or len(code) < 6:  # noqa: PLR2004 - no division code is shorter
        return ""
    if len(code) > 6:  # noqa: PLR2004
        return code[:9] if code.endswith("000") and len(code) > 9 else code  # noqa: PLR2004
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _spelt(who: str | None) -> set[str]:
    return {who, who.removeprefix("account/")} - {""} if who else set()
