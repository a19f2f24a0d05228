"""Offices and what they declare of themselves."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Role


class Tier(StrEnum):
    """The level of government that a node, office or catalog entry belongs to."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"


class PostDeclaration(BaseModel):
    """A post (岗位) in an office, with the account that holds it in demo mode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Words
    role: Role
    duties: Words
    demo_account: str | None = None
    demo_person: Words | None = None


class OfficeDeclaration(BaseModel):
    """An office (部门) as a pack declares it: `offices/<id>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    office: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    division: str = Field(pattern=r"^(\d{6}|\d{9}|\d{12})$")
    tier: Tier
    posts: tuple[PostDeclaration, ...] = ()


class NodeDeclaration(BaseModel):
    """Which government this installation serves: `nodes/<id>.yaml`, one in all packs of a node."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    tier: Tier
    division: str = Field(pattern=r"^(\d{6}|\d{9}|\d{12})$")

    @property
    def city(self) -> str:
        """The code of the city that the node is or lies in: addresses are read in its terms."""
        return f"{self.division[:4]}00"


class Office(BaseModel):
    """An office as other rooms see it."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: Words
    division: str
    tier: Tier


class Post(BaseModel):
    """A post as other rooms see it."""

    model_config = ConfigDict(frozen=True)

    office: str
    division: str
    slug: str
    title: Words
    role: Role
    duties: Words
