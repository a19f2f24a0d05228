"""The granted fields of a golden record, masked for the caller: what every kind that delivers fields shares.

A register that declares grades and masks only is answered by them alone. One that limits use further (purposes,
times, consent, rows) is asked through its policy, as on every other way out; the two agree where both apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.kind import Question
from shuzhi.data.exchange.gateway.terms import Field, Grant, Parameter
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.pillars.security.data_policy import (
    Channel,
    DataPolicy,
    Decision,
    FieldPolicy,
    PolicyDeclaration,
    Reader,
    RowScope,
    askable,
    decide,
    needs_of,
)
from shuzhi.pillars.security.data_policy.types import FieldRule
from shuzhi.pillars.security.masking import as_seen
from shuzhi.pillars.security.types import Actor, Mask

# The kinds whose statements leave out what is not in the caller's scope. The others give nothing where there is one.
SCOPED = frozenset(
    {
        InterfaceKind.RECORD,
        InterfaceKind.VERIFICATION,
        InterfaceKind.LIST,
        InterfaceKind.AGGREGATE,
        InterfaceKind.FILE,
        InterfaceKind.INTERSECTION,
    }
)


def decided(question: Question) -> Decision | None:
    """What the register's policy gives this caller; None where grades and masks are all it declares."""
    grant = question.grant
    return decision_for(grant, Channel.GATEWAY, question.at) if grant.terms.limited else None


def caller_of(grant: Grant) -> Actor:
    """The office that calls, for the purpose and on the basis that were approved."""
    return Actor(f"office/{grant.office}", office=grant.office, purpose=grant.purpose, basis=grant.basis)


def decision_for(grant: Grant, channel: Channel, at: datetime) -> Decision:
    """What the register's policy gives the caller on one way out.

    Where the caller has a scope, the statement has left out the rows that are not in it, the policy's among them.
    """
    policy, caller = _policy(grant), caller_of(grant)
    topics = _looked_up(grant, policy, channel) if grant.terms.topics else frozenset()
    decision = decide(policy, Reader(caller, grant.reads_up_to, topics), channel, at)
    if grant.scope is None or grant.terms.kind not in SCOPED:
        return decision
    if decision.rows.nothing and not decision.rows.conditions:
        return decision
    return replace(decision, rows=RowScope())


def _looked_up(grant: Grant, policy: DataPolicy, channel: Channel) -> frozenset[str]:
    """The topics whose consents the statement looks up record by record; of made-up records nobody is asked."""
    if grant.sandbox:
        needs = needs_of(policy)
        return needs.topics if needs else frozenset()
    if grant.scope is None or grant.terms.kind not in SCOPED:
        return frozenset()
    return askable(policy, caller_of(grant), channel)


def require_consent(grant: Grant, data: Mapping[str, object]) -> None:
    """Refuse where nothing may be told without consent and nothing was found, whether or not there is a record.

    Raises:
        ConsentMissing: as it says.
    """
    if grant.hidden and not grant.sandbox and all(value is None for value in data.values()):
        raise refusals.ConsentMissing


def masked_fields(
    golden: Mapping[str, Any], grant: Grant, *, key: bytes, decision: Decision | None = None
) -> dict[str, object]:
    """Field → value as this caller gets it."""
    if decision is not None:
        return {name: decision.value(name, golden.get(name), key=key, row=golden) for name in grant.delivered}
    seen: dict[str, object] = {name: golden.get(name) for name in grant.delivered}
    for name, field in grant.graded_higher.items():
        seen[name] = as_seen(
            seen[name], grade=field.grade, mask=field.mask, clearance=grant.reads_up_to, key=key
        )
    return seen


def masked_names(grant: Grant, decision: Decision | None = None) -> list[str]:
    """The granted fields that this caller does not get in clear."""
    if decision is not None:
        return [name for name in grant.delivered if not decision.is_clear(name)]
    return list(grant.graded_higher)


def _policy(grant: Grant) -> DataPolicy:
    terms = grant.terms
    rules = {parameter.id: _rule(parameter) for parameter in terms.parameters}
    rules |= {field.id: _rule(field) for field in terms.fields}
    uses = PolicyDeclaration.model_validate(terms.policy or {})
    return DataPolicy(f"register/{terms.register}", terms.owner, rules, uses)


def _rule(one: Field | Parameter) -> FieldRule:
    mask = one.mask if isinstance(one, Field) else Mask.NONE
    return FieldRule(one.id, one.grade, mask, uses=FieldPolicy.model_validate(one.policy or {}))
