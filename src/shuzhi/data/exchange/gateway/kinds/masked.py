"""The granted fields of a golden record, masked for the caller: what every kind that delivers fields shares.

A register that declares grades and masks only is answered by them alone. One that limits use further (purposes,
times, consent, rows) is asked through its policy, as on every other way out; the two agree where both apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shuzhi.data.exchange.gateway.kinds.kind import Question
from shuzhi.data.exchange.gateway.terms import Field, Grant, Parameter
from shuzhi.pillars.security.data_policy import (
    Channel,
    DataPolicy,
    Decision,
    FieldPolicy,
    PolicyDeclaration,
    Reader,
    RowScope,
    decide,
)
from shuzhi.pillars.security.data_policy.types import FieldRule
from shuzhi.pillars.security.masking import as_seen, readable
from shuzhi.pillars.security.types import Actor, Mask


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
    decision = decide(_policy(grant), Reader(caller_of(grant), grant.reads_up_to), channel, at)
    if grant.scope is None or (decision.rows.nothing and not decision.rows.conditions):
        return decision
    return replace(decision, rows=RowScope())


def masked_fields(
    golden: Mapping[str, Any], grant: Grant, *, key: bytes, decision: Decision | None = None
) -> dict[str, object]:
    """Field → value as this caller gets it."""
    given = [field for field in grant.terms.fields if field.id in grant.fields]
    if decision is not None:
        return {
            field.id: decision.value(field.id, golden.get(field.id), key=key, row=golden) for field in given
        }
    clearance = grant.reads_up_to
    return {
        field.id: as_seen(
            golden.get(field.id), grade=field.grade, mask=field.mask, clearance=clearance, key=key
        )
        for field in given
    }


def masked_names(grant: Grant, decision: Decision | None = None) -> list[str]:
    """The granted fields that this caller does not get in clear."""
    given = [field for field in grant.terms.fields if field.id in grant.fields]
    if decision is not None:
        return [field.id for field in given if not decision.is_clear(field.id)]
    return [field.id for field in given if not readable(grade=field.grade, clearance=grant.reads_up_to)]


def _policy(grant: Grant) -> DataPolicy:
    terms = grant.terms
    rules = {parameter.id: _rule(parameter) for parameter in terms.parameters}
    rules |= {field.id: _rule(field) for field in terms.fields}
    uses = PolicyDeclaration.model_validate(terms.policy or {})
    return DataPolicy(f"register/{terms.register}", terms.owner, rules, uses)


def _rule(one: Field | Parameter) -> FieldRule:
    mask = one.mask if isinstance(one, Field) else Mask.NONE
    return FieldRule(one.id, one.grade, mask, uses=FieldPolicy.model_validate(one.policy or {}))
