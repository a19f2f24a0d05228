"""What a policy asks consent for. Which consents are in force is `security.consents`; the gateway asks by SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shuzhi.pillars.security.data_policy.channels import CHANNELS, Channel
from shuzhi.pillars.security.data_policy.types import DataPolicy
from shuzhi.pillars.security.types import Actor


class Needs(NamedTuple):
    """What a policy asks consent for: the field and scheme that name the person, the topic of whole rows, of fields."""

    field: str
    scheme: str
    whole: str | None
    fields: Mapping[str, str]

    @property
    def topics(self) -> frozenset[str]:
        """All topics."""
        return frozenset({*self.fields.values(), *([self.whole] if self.whole else [])})

    def of(self, name: str) -> frozenset[str]:
        """The topics that a field's value needs."""
        return frozenset({self.whole, self.fields.get(name)} - {None})  # type: ignore[arg-type]


def needs_of(policy: DataPolicy) -> Needs | None:
    """What a policy asks consent for; None where nobody is said to give it (it is then withheld by `decide`)."""
    subject = policy.uses.subject
    fields = {name: rule.uses.consent for name, rule in policy.fields.items() if rule.uses.consent}
    if subject is None or not (policy.uses.consent or fields):
        return None
    return Needs(subject.field, subject.scheme or subject.field, policy.uses.consent, fields)


def askable(policy: DataPolicy, actor: Actor, channel: Channel) -> frozenset[str]:
    """The topics for which consents can be looked up: on ways that state a purpose, for a reader of an office."""
    needs = needs_of(policy)
    if needs is None or not CHANNELS[channel].states_purpose or not (actor.office and actor.purpose):
        return frozenset()
    return needs.topics
