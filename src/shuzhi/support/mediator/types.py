"""Who calls through the mediator, and what was granted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from shuzhi.pillars.security.types import Actor, Role

# What may be granted: the verb, and after a colon the one thing that it is for; without, everything.
VERBS = (
    "registries.read",
    "registries.write",
    "registries.manage",
    "registration.apply",
    "registration.operate",
    "workflow.read",
    "workflow.start",
    "workflow.manage",
    "consent.config",
    "messaging.send",
)
_PART = r"[A-Za-z0-9._~-]{1,60}"
MEMBER = re.compile(rf"{_PART}/{_PART}/{_PART}/{_PART}")


@dataclass(frozen=True)
class Client:
    """An outside system that was admitted. With roles its people take part at its office's seats; without, it is a program."""

    id: str
    office: str
    grants: tuple[str, ...]
    roles: frozenset[Role]
    made_at: datetime
    ended_at: datetime | None

    def may(self, verb: str, thing: str = "") -> bool:
        """Whether this was granted: for everything, or for this one thing."""
        return verb in self.grants or (bool(thing) and f"{verb}:{thing}" in self.grants)

    def things(self, verb: str) -> frozenset[str] | None:
        """For which things this was granted; none means all of them."""
        if verb in self.grants:
            return None
        return frozenset(each.partition(":")[2] for each in self.grants if each.startswith(f"{verb}:"))

    @property
    def actor(self) -> Actor:
        """As whom it acts in its office's name."""
        return Actor(
            f"client/{self.id}",
            title=self.id,
            office=self.office,
            roles=self.roles or frozenset({Role.SYSTEM}),
        )


@dataclass(frozen=True)
class Member:
    """The member that the mediator names."""

    address: str

    @property
    def institution(self) -> str:
        """Class and member."""
        return "/".join(self.address.split("/")[1:3])

    @property
    def subsystem(self) -> str:
        """Its system."""
        return self.address.rpartition("/")[2]
