"""What a schema says of records: their key, their fields' spelling, and whether a record fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shuzhi.data.ledgers.errors import DoesNotFit, SchemaFaulty

MOST_FIELDS, LONGEST_NAME, DEEPEST = 300, 100, 8
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
_NUMBERED = "{indexNoByCode}"


def check_schema(schema: Mapping[str, Any], depth: int = 0) -> None:
    """A schema that records can be held to: an object of named fields.

    Raises:
        SchemaFaulty: it is not; types that are no types of JSON are passed over, as the contract's examples have such.
    """
    fields = schema.get("properties", {})
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS or depth > DEEPEST:
        raise SchemaFaulty(problem="properties")
    required = schema.get("required", [])
    if not isinstance(required, list) or any(not isinstance(each, str) for each in required):
        raise SchemaFaulty(problem="required")
    spelt: set[str] = set()
    for name, field in fields.items():
        if not name or len(name) > LONGEST_NAME or not isinstance(field, dict) or _plain(name) in spelt:
            raise SchemaFaulty(problem=f"properties.{name[:40]}")
        spelt.add(_plain(name))
        if "properties" in field:
            check_schema(field, depth + 1)


def key_field(schema: Mapping[str, Any]) -> tuple[str, bool]:
    """The field that names a record, and whether the schema says so itself; then no two records may share it."""
    fields = schema.get("properties", {})
    told = next((name for name, field in fields.items() if field.get("primaryKey") is True), None)
    if told is not None:
        return told, True
    return next((name for name in fields if _plain(name) == "id"), "id"), False


def made_key(schema: Mapping[str, Any], *, code: str, number: int) -> str | None:
    """The key that a schema makes itself: `MCTS{indexNoByCode}`; nothing where it does not."""
    field = schema.get("properties", {}).get(key_field(schema)[0], {})
    for value in _set_values(field):
        if _NUMBERED in value:
            return value.replace(_NUMBERED, str(number)).replace("{code}", code)
    return None


def _set_values(field: Mapping[str, Any]) -> Iterator[str]:
    triggers = field.get("triggers")
    for trigger in triggers if isinstance(triggers, list) else []:
        actions = trigger.get("actions") if isinstance(trigger, dict) else None
        for action in actions if isinstance(actions, list) else []:
            if isinstance(action, dict) and isinstance(action.get("value"), str):
                yield action["value"]


def spelt(content: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The content with fields spelt as the schema has them: `id` and `ID`, `First name` and `firstName` are one.

    Raises:
        DoesNotFit: a name is none, or two of them are one field.
    """
    fields = schema.get("properties", {})
    known = {_plain(name): name for name in fields}
    found: dict[str, Any] = {}
    for name, value in content.items():
        if not name or len(name) > LONGEST_NAME or len(content) > MOST_FIELDS or depth > DEEPEST:
            raise DoesNotFit(problem=name[:40])
        own = known.get(_plain(name), name)
        if own in found:
            raise DoesNotFit(problem=own)
        inner = fields.get(own, {})
        found[own] = spelt(value, inner, depth + 1) if isinstance(value, dict) else value
    return found


def as_asked(content: Mapping[str, Any], asked: Iterable[str]) -> dict[str, Any]:
    """The content for a caller, who finds a field under the name that they used themselves."""
    theirs = {_plain(name): name for name in asked}
    return {theirs.get(_plain(name), name): value for name, value in content.items()}


def field_named(content: Mapping[str, Any], name: str) -> str | None:
    """The field of this name, however it is spelt."""
    return name if name in content else next((own for own in content if _plain(own) == _plain(name)), None)


def check_record(content: Mapping[str, Any], schema: Mapping[str, Any], where: str = "") -> None:
    """Whether a record holds what it must, in the types that the schema names.

    Raises:
        DoesNotFit: it does not; the field is named.
    """
    for name in schema.get("required", []):
        if content.get(name) in (None, ""):
            raise DoesNotFit(problem=f"{where}{name}")
    fields = schema.get("properties", {})
    for name, value in content.items():
        field = fields.get(name)
        if field is None:
            if schema.get("additionalProperties") is False:
                raise DoesNotFit(problem=f"{where}{name}")
            continue
        kinds = KINDS.get(str(field.get("type", "")).strip())
        # The contract's own example calls an object with properties a string.
        if value is None or kinds is None or "properties" in field:
            if isinstance(value, dict):
                check_record(value, field, f"{where}{name}.")
            continue
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise DoesNotFit(problem=f"{where}{name}")


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()
