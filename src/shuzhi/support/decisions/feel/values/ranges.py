"""Ranges as values (10.3.2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`; a range with one end, such as `(> 5)`, has None at the other."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool

    @property
    def is_open_ended(self) -> bool:
        """Whether one end is missing."""
        return self.start is None or self.end is None
