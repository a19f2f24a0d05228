from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class DeadLetter:
    """An event that no attempt could deliver; it waits for a person."""

    id: int
    event: str
    payload: Mapping[str, Any]
    at: datetime
    attempts: int
    last_error: str
