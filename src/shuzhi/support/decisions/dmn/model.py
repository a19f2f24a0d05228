"""The model of a rule file (模型): what DMN 1.1 to 1.5 say, frozen, each part with its line and column.

Names of types are kept as `name` for the file's own and FEEL's types and `{namespace}name` for another file's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shuzhi.support.decisions.types import Basis, Period


@dataclass(frozen=True, slots=True)
class Spot:
    """A line and column of the file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """A FEEL text as it stands in a cell or box; the spot is its first character's."""

    text: str
    spot: Spot
    language: str = ""  # another expression language than FEEL, by its address


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its type: a variable, a parameter, a column."""

    name: str
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression (文字表达式)."""

    text: Text
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Binding:
    """A parameter of an invocation and what is given for it."""

    parameter: Named
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with named arguments."""

    called: Expression | None
    bindings: tuple[Binding, ...]
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a boxed context; without a variable it is the result."""

    variable: Named | None
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context."""

    entries: tuple[Entry, ...]
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of expressions: a list of contexts."""

    columns: tuple[Named, ...]
    rows: tuple[tuple[Expression | None, ...], ...]
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Listing:
    """A boxed list."""

    items: tuple[Expression | None, ...]
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Function:
    """A boxed function; its kind is FEEL, Java or PMML."""

    kind: str
    parameters: tuple[Named, ...]
    body: Expression | None
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if, then, else."""

    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None
    type: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter."""

    source: Expression | None
    match: Expression | None
    type: str
    spot: Spot


class Loop(StrEnum):
    """What an iterator makes of its steps."""

    FOR = "for"
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Iteration:
    """A boxed for, some or every."""

    loop: Loop
    variable: str
    source: Expression | None
    body: Expression | None
    type: str
    spot: Spot


class HitPolicy(StrEnum):
    """Which of the rows that match make the answer; the value is the standard's word."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(StrEnum):
    """What is made of the outputs that are collected."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input of a table: the expression that is tested and the values that are allowed."""

    heading: str
    expression: Text | None
    type: str
    allowed: Text | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output of a table: allowed values in order of priority, and the value when no row matches."""

    name: str
    heading: str
    type: str
    allowed: Text | None
    default: Text | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: unary tests, output expressions, annotations; valid in a period, standing on laws."""

    number: int
    tests: tuple[Text, ...]
    outputs: tuple[Text, ...]
    annotations: tuple[str, ...]
    period: Period | None
    bases: tuple[Basis, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table (决策表)."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    orientation: str
    heading: str
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    annotations: tuple[str, ...]
    rules: tuple[Rule, ...]
    type: str
    spot: Spot


Expression = (
    Literal | Invocation | Context | Relation | Listing | Function | Conditional | Filter | Iteration | Table
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item definition: a type of its own, a list of one, a record of components, or a function."""

    name: str
    type: str
    components: tuple[Item, ...]
    is_collection: bool
    allowed: Text | None
    constraint: Text | None
    function: tuple[str, tuple[Named, ...]] | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose parts are used under a name."""

    name: str
    namespace: str
    kind: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside."""

    id: str
    name: str
    variable: Named


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to an element: `#id` or `namespace#id`."""

    href: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Version:
    """One validity of a decision or parameter: since when, until when, by which law, and what holds then."""

    period: Period
    bases: tuple[Basis, ...]
    value: Expression | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision (决策): what it needs and how it is made. `versions` are its dated forms, if it has any."""

    id: str
    name: str
    variable: Named
    inputs: tuple[Link, ...]
    decisions: tuple[Link, ...]
    knowledge: tuple[Link, ...]
    expression: Expression | None
    bases: tuple[Basis, ...]
    period: Period | None
    version_of: Link | None
    values: tuple[Version, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function with a name."""

    id: str
    name: str
    variable: Named
    function: Function | None
    knowledge: tuple[Link, ...]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions that are given out, hidden ones, and what must be handed in."""

    id: str
    name: str
    variable: Named
    outputs: tuple[Link, ...]
    encapsulated: tuple[Link, ...]
    input_decisions: tuple[Link, ...]
    input_data: tuple[Link, ...]
    spot: Spot


Part = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True)
class Definitions:
    """One rule file."""

    file: str
    name: str
    namespace: str
    version: str  # of the standard: 1.1 to 1.5
    imports: tuple[Import, ...]
    items: tuple[Item, ...]
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that can be referred to, knowledge before what needs it most often."""
        return (*self.inputs, *self.knowledge, *self.decisions, *self.services)


def parts_of(expression: Expression) -> Iterator[Expression | None]:  # noqa: C901 - one line a kind
    """The expressions directly within one; None where a box is empty."""
    match expression:
        case Invocation():
            yield expression.called
            yield from (binding.value for binding in expression.bindings)
        case Context():
            yield from (entry.value for entry in expression.entries)
        case Relation():
            for row in expression.rows:
                yield from row
        case Listing():
            yield from expression.items
        case Function():
            yield expression.body
        case Conditional():
            yield from (expression.condition, expression.then, expression.otherwise)
        case Filter():
            yield from (expression.source, expression.match)
        case Iteration():
            yield from (expression.source, expression.body)
        case Literal() | Table():
            return
