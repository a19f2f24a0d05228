"""Who acts, what may be done, and how sensitive a thing is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from shuzhi.foundation.words import Words


class Role(StrEnum):
    """What a person may do in an office, as the plans name the posts."""

    DATA_OFFICER = "data_officer"  # 数据专员
    BUREAU = "bureau"  # 大数据局
    APPROVER = "approver"  # 审批人
    LEADER = "leader"  # 机长、领导
    ADMINISTRATOR = "administrator"  # 管理员
    RESIDENT = "resident"  # 居民、企业办事人，在自己的事上
    SYSTEM = "system"  # the platform's own processes


ROLE_TITLES = {
    Role.DATA_OFFICER: Words(zh="数据专员", en="Data officer"),
    Role.BUREAU: Words(zh="大数据局", en="Data bureau"),
    Role.APPROVER: Words(zh="审批人", en="Approver"),
    Role.LEADER: Words(zh="机长", en="Leader"),
    Role.ADMINISTRATOR: Words(zh="管理员", en="Administrator"),
    Role.RESIDENT: Words(zh="办事人", en="Resident"),
    Role.SYSTEM: Words(zh="平台进程", en="Platform process"),
}


class Grade(StrEnum):
    """Data grading (数据分级), from public to core."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"


class Mask(StrEnum):
    """What happens to a value whose grade is above the reader's."""

    NONE = "none"
    PARTIAL = "partial"
    HASH = "hash"
    GENERALISE = "generalise"
    TOKEN = "token"  # noqa: S105 - another value of the same format: 保格式假名
    SHIFT = "shift"  # a day, moved with all days of its subject: 日期平移
    NOISE = "noise"  # a number with bounded noise: 加噪
    DROP = "drop"


class Scope(StrEnum):
    """How far a permission reaches."""

    ANY = "any"
    OWN_OFFICE = "own_office"


@dataclass(frozen=True)
class Behalf:
    """For whom somebody acts (代办): the delegation, and whose matters; `subject` is the log's reference of them."""

    delegation: int
    kind: str
    scheme: str
    value: str
    title: str
    subject: str


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in an office, a caller of the exchange, or a process of the platform."""

    name: str
    title: str = ""
    office: str | None = None
    division: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    purpose: str | None = None
    basis: str | None = None
    behalf: Behalf | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of these roles."""
        return bool(self.roles.intersection(roles))


PUBLIC = Actor(name="public", title="公众")


def system(name: str) -> Actor:
    """A process of the platform acting by itself, such as the worker."""
    return Actor(name=f"system/{name}", title="平台", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True)
class Permission:
    """One thing that may be done, by whom, and how far. Rooms declare theirs in `permissions.py`."""

    id: str
    title: Words
    roles: frozenset[Role]
    scope: Scope = Scope.ANY
