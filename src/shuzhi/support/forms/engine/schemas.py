"""JSON Schema 2020-12 (数据模式): whole, never from the network, and bounded in what it may cost.

A schema comes from a pack, an answer from anybody. Both are measured before the validator sees them: how deep, how
large, and how much work references make of them when they are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from shuzhi.support.forms.errors import SchemaRefused, TooLarge

DEEPEST, LARGEST = 100, 50_000
# Subschemas visited when every reference is followed as deep as the instance goes.
MOST_WORK = 500_000
BACKTRACKING = 20_000
# An object, or the schema that takes everything, or nothing.
JsonSchema = Mapping[str, Any] | bool
BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
INTO_PARTS = frozenset({
    "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames",
    "items", "prefixItems", "contains", "unevaluatedItems",
})  # fmt: skip
NOT_APPLIED = frozenset({"$defs", "definitions", "enum", "const", "default", "examples"})
PATTERN_BYTES = 1_000_000


@dataclass(frozen=True)
class SchemaFault:
    """Where an instance breaks a schema: the path of the value, the keyword, and the validator's words."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


def validate(
    schema: JsonSchema,
    instance: object,
    *,
    resources: Mapping[str, Any] | None = None,
    formats: bool = False,
) -> list[SchemaFault]:
    """Every fault of an instance, none if it is valid. `resources` are other schemas by their address.

    Nothing is ever fetched: a reference to what is neither here nor among the resources is refused.

    Raises:
        SchemaRefused: this is no schema, or it refers to what is not given.
        TooLarge: schema or instance is too deep, too large, or following the references is too much work.
    """
    validator = _validator(schema, instance, resources or {}, formats=formats)
    try:
        return [_fault(each) for each in validator.iter_errors(instance)]
    except (ValueError, TypeError, RecursionError) as error:
        raise SchemaRefused(reason=_short(error)) from error


def is_valid(
    schema: JsonSchema,
    instance: object,
    *,
    resources: Mapping[str, Any] | None = None,
    formats: bool = False,
) -> bool:
    """Whether an instance is valid.

    Raises:
        SchemaRefused, TooLarge: see `validate`.
    """
    validator = _validator(schema, instance, resources or {}, formats=formats)
    try:
        return bool(validator.is_valid(instance))
    except (ValueError, TypeError, RecursionError) as error:
        raise SchemaRefused(reason=_short(error)) from error


def check_schema(schema: JsonSchema) -> None:
    """Refuse what is no schema of 2020-12 by itself.

    Raises:
        SchemaRefused, TooLarge: see `validate`.
    """
    _validator(schema, None, {}, formats=False)


def _validator(schema: JsonSchema, instance: object, resources: Mapping[str, Any], *, formats: bool) -> Any:
    depth = measure(instance)
    measure(schema)
    for each in resources.values():
        measure(each)
    if _work(schema, resources, depth) > MOST_WORK:
        raise TooLarge(what="work of following references", what_zh="引用展开的计算量", most=MOST_WORK)
    registry = jsonschema_rs.Registry(list(resources.items())) if resources else None
    linear = jsonschema_rs.RegexOptions(size_limit=PATTERN_BYTES)
    try:
        return _made(schema, registry, formats=formats, patterns=linear)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        # A pattern that looks ahead needs the other engine, whose steps are counted.
        fancy = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACKING, size_limit=PATTERN_BYTES)
    try:
        return _made(schema, registry, formats=formats, patterns=fancy)
    except (ValueError, TypeError, RecursionError, jsonschema_rs.ReferencingError) as error:
        raise SchemaRefused(reason=_short(error)) from error


def _made(schema: Any, registry: Any, *, formats: bool, patterns: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=formats, registry=registry, pattern_options=patterns, offline=True
    )


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _fault(error: Any) -> SchemaFault:
    keyword = next((str(each) for each in reversed(list(error.schema_path)) if isinstance(each, str)), "")
    return SchemaFault(tuple(error.instance_path), keyword, error.message[:300])


def measure(value: object) -> int:
    """How deep a value is nested.

    Raises:
        TooLarge: deeper or larger than anything sensible.
    """
    waiting, seen, deepest = [(value, 1)], 0, 0
    while waiting:
        each, depth = waiting.pop()
        seen, deepest = seen + 1, max(deepest, depth)
        if depth > DEEPEST:
            raise TooLarge(what="levels", what_zh="嵌套层数", most=DEEPEST)
        if seen > LARGEST:
            raise TooLarge(what="values", what_zh="值的个数", most=LARGEST)
        waiting += [(below, depth + 1) for below in _below(each)]
    return deepest


def _below(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        yield from value


def _work(schema: object, resources: Mapping[str, Any], depth: int) -> int:
    """Subschemas visited on the longest way into an instance, references followed; saturates."""
    named = dict(_named(schema))
    for address, each in resources.items():
        named |= {address: each, **dict(_named(each))}
    known: dict[tuple[int, int], int] = {}

    def cost(node: object, level: int) -> int:
        key = (id(node), level)
        if key not in known and isinstance(node, (Mapping, list, tuple)):
            known[key] = 0  # a reference in place that comes back here adds nothing
            total = 1 + sum(cost(target, level) for target in _targets(node, schema, named))
            for below, is_deeper in _applied(node):
                total += cost(below, level - is_deeper) if level >= is_deeper else 0
            known[key] = min(total, MOST_WORK + 1)
        return known.get(key, 0)

    return cost(schema, depth)


def _applied(node: object) -> Iterator[tuple[object, bool]]:
    """What is applied with a schema, and whether to the value's own parts; definitions wait to be referred to."""
    if not isinstance(node, Mapping):
        yield from ((below, False) for below in _below(node))
        return
    for word, below in node.items():
        if word in INTO_PARTS:
            # Of `properties` and the like each entry is a schema of its own.
            yield from ((each, True) for each in _below(below)) if word in BY_NAME else ((below, True),)
        elif word in BY_NAME:
            yield from ((each, False) for each in _below(below))
        elif word not in NOT_APPLIED:
            yield below, False


def _targets(node: object, root: object, named: Mapping[str, object]) -> Iterator[object]:
    if not isinstance(node, Mapping):
        return
    for word in ("$ref", "$dynamicRef"):
        written = node.get(word)
        if not isinstance(written, str):
            continue
        if written.startswith("#/") or written == "#":
            target = _pointed(root, written)
        else:
            target = named.get(written.rpartition("#")[2]) or named.get(written)
        if target is not None:
            yield target


def _named(schema: object) -> Iterator[tuple[str, object]]:
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            for word in ("$id", "$anchor", "$dynamicAnchor"):
                if isinstance(each.get(word), str):
                    yield each[word], each
        waiting += list(_below(each))


def _pointed(root: object, written: str) -> object:
    node = root
    for step in written[2:].split("/") if len(written) > 1 else ():
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping):
            node = node.get(name)
        elif isinstance(node, (list, tuple)) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return node
