"""From a schema to a policy that can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from shuzhi.pillars.security.data_policy.declaring import FieldPolicy, PolicyDeclaration
from shuzhi.pillars.security.data_policy.types import DataPolicy, FieldRule
from shuzhi.pillars.security.types import Grade, Mask


class FieldFacts(Protocol):
    """What a schema says of a field; data sets and registers say it alike."""

    @property
    def id(self) -> str: ...
    @property
    def grade(self) -> Grade: ...
    @property
    def mask(self) -> Mask: ...
    @property
    def policy(self) -> FieldPolicy: ...


def compile_policy(
    *, thing: str, owner: str, fields: Iterable[FieldFacts], uses: PolicyDeclaration
) -> DataPolicy:
    """The policy of a data set or register. A grade or mask that nobody knows becomes none, which withholds."""
    rules = {field.id: _rule(field) for field in fields}
    return DataPolicy(thing=thing, owner=owner, fields=rules, uses=uses)


def _rule(field: FieldFacts) -> FieldRule:
    return FieldRule(
        id=field.id,
        grade=field.grade if isinstance(field.grade, Grade) else None,
        mask=field.mask if isinstance(field.mask, Mask) else None,
        open=bool(getattr(field, "open", False)),
        uses=field.policy,
    )
