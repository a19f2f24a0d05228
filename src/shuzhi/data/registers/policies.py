"""A register's policy, compiled from its declaration."""

from __future__ import annotations

from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.pillars.security.data_policy import DataPolicy, compile_policy


def policy_of(declared: RegisterDeclaration) -> DataPolicy:
    """What may be done with the register's values, as every way out asks it."""
    return compile_policy(
        thing=f"register/{declared.id}", owner=declared.owner, fields=declared.fields, uses=declared.policy
    )
