"""Sorting a list by the column that the address names, falling with a minus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Thing = TypeVar("Thing")


def ordered(things: Sequence[Thing], keys: Mapping[str, Callable[[Thing], Any]], sort: str) -> list[Thing]:
    """The things in the order asked for; as they came when the address names no known column."""
    key = keys.get(sort.removeprefix("-"))
    return sorted(things, key=key, reverse=sort.startswith("-")) if key else list(things)
