"""Types of a rule file (类型): item definitions as FEEL types, and the door through which values take a type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shuzhi.support.decisions.dmn.graph import UNNAMED, Model
from shuzhi.support.decisions.dmn.model import Item, Spot, Text
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_unary_tests
from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.names import Names, normal_name
from shuzhi.support.decisions.feel.parser import parse_type, parse_unary_tests
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values import types
from shuzhi.support.decisions.feel.values.types import (
    ANY,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    Restricted,
)

GENERAL: dict[str, FeelType] = {
    **types.NAMED_TYPES,
    "context": types.CONTEXT,
    "list": types.LIST,
    "function": types.FUNCTION,
    "range": types.RANGE,
    "integer": types.NUMBER,
    "double": types.NUMBER,
    "long": types.NUMBER,
    "decimal": types.NUMBER,
    "duration": types.OneOf((types.DAY_DURATION, types.MONTH_DURATION)),
    "Undefined": ANY,
    "<Undefined>": ANY,
}


@dataclass(eq=False)
class Reference(FeelType):
    """A type by its name, looked up when it is first asked: types may speak of themselves."""

    name: str
    book: Kinds

    def accepts(self, value: Any) -> bool:
        """As the type that is meant."""
        return self.meant().accepts(value)

    def conforms_to(self, other: FeelType) -> bool:
        """As the type that is meant."""
        return self is other or self.meant().conforms_to(other)

    def components(self) -> Iterable[tuple[str, FeelType]]:
        """Those of the type that is meant."""
        return self.meant().components()

    def meant(self) -> FeelType:
        """The type itself."""
        return self.book.own(self.name) or ANY


@dataclass(eq=False)
class Kinds:
    """The types that one file knows, by the names it uses."""

    model: Model
    below: Mapping[str, Kinds] = field(default_factory=dict)  # by the name of the import
    made: dict[str, FeelType] = field(default_factory=dict)
    making: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Know the file's items by their normal names."""
        self.items = {normal_name(item.name): item for item in self.model.definitions.items}

    def own(self, name: str) -> FeelType | None:
        """A type that the file defines."""
        if name in self.made:
            return self.made[name]
        item = self.items.get(name)
        if item is None:
            return None
        if name in self.making:
            return Reference(name, self)
        self.making.add(name)
        made = self._make(item)
        self.made[name] = ANY if isinstance(_bottom(made), Reference) else made
        self.making.discard(name)
        return self.made[name]

    def named(self, written: str) -> FeelType | None:
        """The type of a name as a file writes it; ANY where nothing is written, None where it is unknown."""
        if not written:
            return ANY
        if written.startswith("{"):
            return self._foreign(written)
        name = normal_name(written)
        return self.own(name) or GENERAL.get(name) or self.dotted(name) or self._written(written)

    def _foreign(self, written: str) -> FeelType | None:
        namespace, _, local = written[1:].partition("}")
        for kinds in self.below.values():
            if kinds.model.definitions.namespace == namespace:
                return kinds.named(local)
        return self.own(normal_name(local)) or GENERAL.get(local)

    def dotted(self, name: str) -> FeelType | None:
        """A type of an imported file by the import's name, a dot and its own name."""
        for prefix, kinds in self.below.items():
            unnamed = prefix.startswith(UNNAMED)
            rest = name if unnamed else name.removeprefix(f"{normal_name(prefix)}.")
            if unnamed or rest != name:
                found = kinds.own(rest) or kinds.dotted(rest)
                if found is not None:
                    return found
        return None

    def _written(self, written: str) -> FeelType | None:
        if "<" not in written:
            return None
        try:
            node = parse_type(written, names=Names.of(types=self.everything()))
        except FeelSyntaxError:
            return None
        return self.of_node(node)

    def of_node(self, node: nodes.TypeNode) -> FeelType | None:
        """The type that a type expression of FEEL means."""
        match node:
            case nodes.TypeName(name=name):
                return self.named(name)
            case nodes.ListType(item=item):
                inner = self.of_node(item)
                return ListOf(inner) if inner else None
            case nodes.RangeType(item=item):
                inner = self.of_node(item)
                return types.RangeOf(inner) if inner else None
            case nodes.ContextType(fields=fields):
                return ContextOf(tuple((each.name, self.of_node(each.type) or ANY) for each in fields))
            case nodes.FunctionType(parameters=parameters, result=result):
                taken = tuple(self.of_node(each) or ANY for each in parameters)
                return FunctionOf(taken, self.of_node(result) or ANY)
        return None

    def everything(self) -> dict[str, FeelType]:
        """All named types of the file and, with their prefixes, of the imported ones."""
        found = {name: kind for name in self.items if (kind := self.own(name)) is not None}
        for prefix, kinds in self.below.items():
            dot = "" if prefix.startswith(UNNAMED) else f"{normal_name(prefix)}."
            found.update({f"{dot}{name}": kind for name, kind in kinds.everything().items()})
        return found

    def _make(self, item: Item) -> FeelType:
        made = self._plain(item)
        if item.allowed is not None and item.allowed.text.strip():
            made = restricted(made, item.allowed)
        if item.is_collection:
            made = ListOf(made)
        if item.constraint is not None and item.constraint.text.strip():
            made = restricted(made, item.constraint)
        return made

    def _plain(self, item: Item) -> FeelType:
        if item.components:
            return ContextOf(tuple((normal_name(each.name), self._make(each)) for each in item.components))
        if item.function is not None:
            result, parameters = item.function
            taken = tuple(self.named(each.type) or ANY for each in parameters)
            return FunctionOf(taken, self.named(result) or ANY)
        return self.named(item.type) or ANY

    def check(self) -> Iterator[tuple[Item, Spot, str, str, str]]:
        """What is wrong with the items: types that nobody defines, texts that are no tests."""
        for item in self.model.definitions.items:
            yield from self._check(item)

    def _check(self, item: Item) -> Iterator[tuple[Item, Spot, str, str, str]]:
        if self.named(item.type) is None:
            zh, en = f"没有类型 {item.type}", f"there is no type {item.type}"
            yield item, item.spot, "type-unknown", zh, en
        for text in (item.allowed, item.constraint):
            if text is not None and text.text.strip():
                try:
                    parse_unary_tests(text.text)
                except FeelSyntaxError as error:
                    spot = inside(text, error.line, error.column)
                    yield item, spot, "feel-syntax", error.message_zh, str(error)
        for component in item.components:
            yield from self._check(component)


def _bottom(kind: FeelType) -> FeelType:
    """What a type restricts; a reference here means that a type is defined by nothing but itself."""
    while isinstance(kind, Restricted):
        kind = kind.base
    return kind


def restricted(base: FeelType, text: Text) -> FeelType:
    """A type of which only some values are allowed; a text that is no test allows all (it is noted elsewhere)."""
    try:
        tree = parse_unary_tests(text.text)
        tests = compile_unary_tests(tree)
    except FeelSyntaxError:
        return base
    return Restricted(base, lambda value: tests(Scope({}), value) is True, tree)


def inside(text: Text, line: int, column: int) -> Spot:
    """The spot in the file of a line and column within a text."""
    if line <= 1:
        return Spot(text.spot.line, text.spot.column + max(column, 1) - 1)
    return Spot(text.spot.line + line - 1, max(column, 1))


def filled(value: Any, kind: FeelType) -> Any:
    """A value from outside with null for each component that its type has and it has not."""
    if isinstance(value, dict):
        parts = dict(kind.components())
        if "" in parts:
            return filled(value, parts[""])
        if not parts:
            return value
        return {
            **dict.fromkeys(parts),
            **{k: filled(v, parts.get(k, ANY)) for k, v in value.items()},
        }
    if isinstance(value, list):
        item = dict(kind.components()).get("")
        return [filled(each, item) for each in value] if item is not None else value
    return value
