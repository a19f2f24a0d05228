"""What the scenarios said when they were last run for this node, kept under its home."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = Path("packs", "verified.json")


def remember(home: Path, results: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Keep each pack's result, in place of its earlier one."""
    file = home / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = last_results(home) | {row["pack"]: {**row, "at": at.isoformat()} for row in results}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    os.replace(fresh, file)  # noqa: PTH105 - a reader sees the old file or the new one, never half of it


def last_results(home: Path) -> dict[str, Any]:
    """The last result of every pack that was verified, by its id."""
    try:
        found = json.loads((home / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
