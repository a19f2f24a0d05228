"""What this reader may see of a register's values: masked by the same functions as the exchange."""

from __future__ import annotations

from functools import lru_cache

from shuzhi.data.registers.types import RegisterDeclaration, RegisterField
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.masking import as_seen
from shuzhi.pillars.security.types import Actor, Grade, Role


def clearance(actor: Actor, *, owner: str) -> Grade:
    """Up to which grade the actor reads values as they are.

    The bureau and the owning office's data officers and approvers read L3, other data officers and approvers
    L2, everyone else L1. L4 is read by nobody on these pages.
    """
    if actor.has(Role.BUREAU):
        return Grade.L3
    if actor.has(Role.DATA_OFFICER, Role.APPROVER):
        return Grade.L3 if actor.office == owner else Grade.L2
    return Grade.L1


def shown(value: object, field: RegisterField, *, cleared: Grade) -> str | None:
    """One value as this reader sees it: by the same function as the gateway, which fails closed."""
    seen = as_seen(value, grade=field.grade, mask=field.mask, clearance=cleared, key=_key())
    return None if seen is None else str(seen)


def field_of(declared: RegisterDeclaration, field_id: str) -> RegisterField | None:
    """A register's field by id."""
    return next((field for field in declared.fields if field.id == field_id), None)


@lru_cache(maxsize=1)
def _key() -> bytes:
    return secret(settings().home, "masking").encode()
