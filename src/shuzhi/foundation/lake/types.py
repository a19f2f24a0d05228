"""What the lake keeps beside a data set's own columns, and what it knows of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

SYSTEM_COLUMNS = ("_batch", "_seq", "_row", "_op", "_hash", "_repaired")
UPSERT, DELETE, FULL = "upsert", "delete", "full"


@cache
def _system_fields() -> tuple[Any, ...]:
    import pyarrow as pa

    kinds = (pa.string(), pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string())
    return tuple(pa.field(name, kind) for name, kind in zip(SYSTEM_COLUMNS, kinds, strict=True))


def __getattr__(name: str) -> Any:
    # pyarrow takes 0.2 s to import; processes that only name the lake stay light.
    if name == "SYSTEM_FIELDS":
        return _system_fields()
    raise AttributeError(name)


@dataclass(frozen=True)
class LakeBatch:
    """One appended batch: who sent it, its place in the order, its rows, and the facts given with it."""

    dataset: str
    batch: str
    seq: int
    mode: str
    source: str
    rows: int
    snapshot: int
    written_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
