"""Cells that a spreadsheet would run instead of showing them (公式注入)."""

from __future__ import annotations

from shuzhi.data.sources.reading.semantics import is_phone
from shuzhi.data.sources.reading.shapes import MARKERS, shape_of

RISKY = ("=", "+", "-", "@", "\t", "\r")


def runs_as_formula(cell: str) -> bool:
    """Whether a spreadsheet might calculate or run this text; numbers, telephones and marks of no value are harmless."""
    if not cell.startswith(RISKY) or cell in MARKERS:
        return False
    return shape_of(cell.removesuffix("%")) not in {"integer", "decimal"} and not is_phone(cell)
