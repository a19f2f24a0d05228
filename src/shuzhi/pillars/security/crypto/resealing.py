"""Sealing anew (重新加密): rooms that store sealed values say how to bring them under the active key.

A rotation makes a new key at once; values follow in the background; when none is left under an old key, it retires.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from shuzhi.pillars.security.crypto import signing
from shuzhi.pillars.security.crypto.keyring import Keyring, State

# Seals some values anew and returns how many; 0 when all are under the active key.
Reseal = Callable[[datetime], int]

_declared: dict[str, Reseal] = {}


def declare(purpose: str, reseal: Reseal) -> None:
    """A room's values of this purpose are brought under the active key by this function."""
    _declared[purpose] = reseal


def declared() -> Mapping[str, Reseal]:
    """All purposes whose values can follow a rotation."""
    return dict(_declared)


def finish_rotations(ring: Keyring, *, at: datetime) -> dict[str, int]:
    """Seal everything under the active keys, then retire keys that nothing needs; returns values by purpose."""
    counts: dict[str, int] = {}
    for key in ring.list_keys():
        if key.state is not State.OPENING:
            continue
        if key.algorithm in signing.ALGORITHMS:
            ring.retire(key.purpose, key.id)  # what it signed is verified by its public part
        elif reseal := _declared.get(key.purpose):
            while count := reseal(at):
                counts[key.purpose] = counts.get(key.purpose, 0) + count
            ring.retire(key.purpose, key.id)
    return counts
