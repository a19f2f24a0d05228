"""Lists as PostgreSQL writes an array, for the statements of every call: the general adapter costs several times as much."""

from __future__ import annotations

from collections.abc import Iterable


def plain(values: Iterable[str | float | None]) -> str:
    """Numbers, truth values and marks: nothing in them needs quotes."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def texts(values: Iterable[str]) -> str:
    """Texts of any content, each in quotes."""
    return "{" + ",".join(f'"{_escaped(value)}"' for value in values) + "}"


def _escaped(text: str) -> str:
    # The common text is an identifier, which is told faster than two searches.
    return text if text.isalnum() else text.replace("\\", "\\\\").replace('"', '\\"')
