"""Who calls an action, when, and where the site is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shuzhi.pillars.security.types import PUBLIC, Actor


@dataclass(frozen=True)
class Call:
    """One call of an action; `files` are the files that came with it, by their parameter's name."""

    action: str
    base: str
    at: datetime
    by: Actor = PUBLIC
    files: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        """Whether somebody stands for the call."""
        return self.by is not PUBLIC
