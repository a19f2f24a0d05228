"""Objects as rows: nested objects become dotted columns, lists stay JSON, trees are unfolded.

A tree (GB/T 4754: a section's divisions, their groups, their classes) has the same kind of object again in a
list of its own: every node becomes a row with the columns 上级 (its parent's first value) and 层级 (its level).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Self

from shuzhi.data.sources.reading.errors import JsonTooDeep

NESTED_LEVELS = 3
PARENT, LEVEL = "上级", "层级"
GEOMETRY, GEOMETRY_TYPE = "geometry", "geometry_type"

Flat = dict[str, str | None]


def depth_of(value: Any, limit: int) -> int:
    """How deep a value nests, looked at no deeper than one beyond the limit."""
    level, depth = [value], 0
    while level and depth <= limit:
        inner = [child for item in level for child in _children(item)]
        level = [item for item in inner if isinstance(item, (dict, list))]
        depth += 1
    return depth


def _children(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def check_depth(value: Any, limit: int, file: str) -> None:
    """Refuse what nests too deep to be a table.

    Raises:
        JsonTooDeep: deeper than `limit`.
    """
    if depth_of(value, limit) > limit:
        raise JsonTooDeep(file=file, limit=limit)


def child_key(record: dict[str, Any]) -> str | None:
    """The name under which a record lists objects of its own kind."""
    for key, value in record.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = set(value[0])
            leaf = len(record) > 2 and inner == set(record) - {key}  # noqa: PLR2004
            if key in inner or leaf:
                return key
    return None


def unfold(record: Any, key: str, parent: str | None = None, level: int = 1) -> Iterator[Any]:
    """A tree's nodes, each before its children; what is no object comes as it is."""
    if not isinstance(record, dict):
        yield record
        return
    own = {name: value for name, value in record.items() if name != key}
    yield {**own, PARENT: parent, LEVEL: str(level)}
    name = next((text(value) for value in own.values()), None)
    children = record.get(key)
    for child in children if isinstance(children, list) else ():
        yield from unfold(child, key, name, level + 1)


def flatten(record: dict[str, Any], levels: int = NESTED_LEVELS) -> Flat:
    """One row's cells by column name; objects nested deeper than `levels` stay JSON."""
    flat: Flat = {}
    _flatten(record, "", flat, levels)
    return flat


def _flatten(record: dict[str, Any], prefix: str, flat: Flat, levels: int) -> None:
    for key, value in record.items():
        if isinstance(value, dict) and value and levels > 1:
            _flatten(value, f"{prefix}{key}.", flat, levels - 1)
        else:
            flat[clean(prefix + key) or "column"] = text(value)


def feature(record: dict[str, Any], levels: int = NESTED_LEVELS) -> Flat:
    """A GeoJSON feature: its properties, the kind of its geometry, and the geometry as GeoJSON."""
    geometry = record.get("geometry")
    properties = record.get("properties")
    flat = flatten(properties, levels) if isinstance(properties, dict) else {}
    if "id" in record and "id" not in flat:
        flat = {"id": text(record["id"]), **flat}
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    flat[GEOMETRY_TYPE] = text(kind)
    flat[GEOMETRY] = text(geometry)
    return flat


def text(value: Any) -> str | None:
    """A value as text; None is a value that is not there."""
    if value is None:
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WrittenFloat):
        return value.text
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


class WrittenFloat(float):
    """A decimal number that remembers how it was written: 1.10 is not 1.1."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, written: str) -> Self:
        """The number a JSON text holds."""
        number = super().__new__(cls, written)
        number.text = written
        return number


def decoder() -> json.JSONDecoder:
    """Reads JSON, keeping decimals as they are written."""
    return json.JSONDecoder(parse_float=WrittenFloat)


def clean(value: str) -> str:
    """Without lone surrogates, which no file can hold."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
