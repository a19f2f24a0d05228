"""Delegations as other rooms and pages see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shuzhi.foundation.words import Words


class Kind(StrEnum):
    """By what right somebody acts for another."""

    AGENT = "agent"
    GUARDIAN_OF_MINOR = "minor"
    GUARDIAN_OF_INCAPABLE = "incapable"
    CLERK = "clerk"


GUARDIANS = frozenset({Kind.GUARDIAN_OF_MINOR, Kind.GUARDIAN_OF_INCAPABLE})
KIND_TITLES = {
    Kind.AGENT: Words(zh="委托代理人", en="Agent"),
    Kind.GUARDIAN_OF_MINOR: Words(zh="未成年人的监护人", en="Guardian of a minor"),
    Kind.GUARDIAN_OF_INCAPABLE: Words(
        zh="无民事行为能力人、限制民事行为能力人的监护人", en="Guardian of an incapable person"
    ),
    Kind.CLERK: Words(zh="企业经办人", en="Firm's clerk"),
}


class State(StrEnum):
    """Where a delegation stands on a day."""

    OFFERED = "offered"
    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    ENDED = "ended"


STATE_TITLES = {
    State.OFFERED: Words(zh="待对方接受", en="Not accepted yet"),
    State.IN_FORCE: Words(zh="生效中", en="In force"),
    State.NOT_YET: Words(zh="未到开始日", en="Not begun"),
    State.EXPIRED: Words(zh="已到期", en="Expired"),
    State.ENDED: Words(zh="已解除", en="Ended"),
}


@dataclass(frozen=True)
class Scope:
    """What for and how long: matters by id, none for every matter; both days count."""

    since: date
    until: date
    matters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delegation:
    """That `delegate` may act for the person or firm `title`."""

    id: int
    kind: Kind
    state: State
    scheme: str
    value: str
    title: str
    delegate: str
    delegate_name: str
    scope: Scope
    given_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None

    @property
    def principal(self) -> str:
        """Whose matters: `resident_id/…`, `uscc/…` or `account/…`."""
        return f"{self.scheme}/{self.value}"


@dataclass(frozen=True)
class Offer:
    """A delegation as it is given; the code is told once, and whoever is meant accepts with it."""

    delegation: Delegation
    code: str
