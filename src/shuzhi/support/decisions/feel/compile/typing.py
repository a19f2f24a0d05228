"""From a type as written to a type of the lattice."""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.support.decisions.feel.nodes import (
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    TypeName,
    TypeNode,
)
from shuzhi.support.decisions.feel.values.types import (
    NAMED_TYPES,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    RangeOf,
)


def type_of_node(node: TypeNode, types: Mapping[str, FeelType]) -> FeelType | None:
    """The type, or None where a name in it is not known; `list` without an item is no type (table 61)."""
    if isinstance(node, TypeName):
        return types.get(node.name) or NAMED_TYPES.get(node.name)
    if isinstance(node, (ListType, RangeType)):
        item = type_of_node(node.item, types)
        kind = ListOf if isinstance(node, ListType) else RangeOf
        return kind(item) if item else None
    if isinstance(node, ContextType):
        return _context(node, types)
    return _function(node, types) if isinstance(node, FunctionType) else None


def _context(node: ContextType, types: Mapping[str, FeelType]) -> FeelType | None:
    found = [(each.name, type_of_node(each.type, types)) for each in node.fields]
    fields = tuple((name, type_) for name, type_ in found if type_)
    return ContextOf(fields) if len(fields) == len(found) else None


def _function(node: FunctionType, types: Mapping[str, FeelType]) -> FeelType | None:
    result = type_of_node(node.result, types)
    found = [type_of_node(each, types) for each in node.parameters]
    parameters = tuple(each for each in found if each)
    if result is None or len(parameters) != len(found):
        return None
    return FunctionOf(parameters, result)
