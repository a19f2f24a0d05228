"""Operators as SQL (运算): arithmetic, comparisons, logic, tests of membership and type, and the choice between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile.typing import type_of_node
from shuzhi.support.decisions.feel.values.types import ANY
from shuzhi.support.decisions.sql import logic, moments, numbers
from shuzhi.support.decisions.sql.literals import chosen, scalar
from shuzhi.support.decisions.sql.logic import boolean, listed, truth
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    NUMBER,
    TYPE_OF,
    Broken,
    Closure,
    Interval,
    Known,
    Record,
    Refused,
    Scalar,
    Shape,
    is_null,
)

if TYPE_CHECKING:
    from shuzhi.support.decisions.sql.expressions import Writer


def negation(writer: Writer, node: nodes.Negation) -> Shape:
    """`-a`."""
    made = writer.parts(node.operand)
    if made is None:
        return BROKEN
    known_ = writer.folded(node, made)
    if known_ is not None:
        return known_
    value = scalar(made[0])
    if value.kind == NUMBER:
        return numbers.negate(value)
    if value.kind in ("days", "months"):
        from shuzhi.support.decisions.sql.shapes import lift

        return Scalar(value.kind, lift(lambda x: -x, value.sql))
    return NULL


def arithmetic(writer: Writer, node: nodes.Arithmetic) -> Shape:
    """`a + b` and its kin."""
    made = writer.parts(node.left, node.right)
    if made is None:
        return BROKEN
    known_ = writer.folded(node, made)
    if known_ is not None:
        return known_
    if any(is_null(each) or isinstance(each, Record | Interval | Closure) for each in made):
        return NULL
    if any((items := listed(each)) is not None and len(items) != 1 for each in made):
        return NULL
    left, right = map(scalar, made)
    if left.kind == right.kind == NUMBER:
        return _of_numbers(writer, node.sign, left, right, made[1])
    return moments.arithmetic(node.sign, left, right, writer.sheet.keep) or NULL


def _of_numbers(writer: Writer, sign: str, left: Scalar, right: Scalar, exponent: Shape) -> Shape:
    match sign:
        case "+":
            return numbers.add(left, right)
        case "-":
            return numbers.subtract(left, right)
        case "*":
            return numbers.multiply(left, right)
        case "/":
            return numbers.divide(left, right, writer.sheet.keep)
    if not isinstance(exponent, Known):
        raise Refused("SQL has powers only with a constant exponent", "SQL 中乘方的指数须为常量")
    return numbers.power(left, exponent.value)


def comparison(writer: Writer, node: nodes.Comparison) -> Shape:
    """`a < b` and its kin."""
    made = writer.parts(node.left, node.right)
    if made is None:
        return BROKEN
    if node.sign in ("=", "!="):
        for side, shape in zip((node.left, node.right), made, strict=True):
            doubt_null(writer, side, shape)
    return boolean(logic.compared(node.sign, made[0], made[1]))


def doubt_null(writer: Writer, node: nodes.Node, shape: Shape) -> None:
    """Null equals null and nothing else; but a null that was neither given nor written came of something missing or wrong."""
    is_written = isinstance(node, nodes.Null | nodes.Name) and isinstance(shape, Known)
    if isinstance(shape, Known | Scalar) and not is_written and not writer.sheet.is_given(shape):
        writer.sheet.doubt(logic.null(shape))


def conjunction(writer: Writer, node: nodes.Conjunction) -> Shape:
    """`a and b`."""
    made = writer.parts(*node.items)
    return BROKEN if made is None else boolean(logic.both([truth(each) for each in made]))


def disjunction(writer: Writer, node: nodes.Disjunction) -> Shape:
    """`a or b`."""
    made = writer.parts(*node.items)
    return BROKEN if made is None else boolean(logic.either([truth(each) for each in made]))


def between(writer: Writer, node: nodes.Between) -> Shape:
    """`a between b and c`."""
    made = writer.parts(node.value, node.low, node.high)
    if made is None:
        return BROKEN
    value, low, high = made
    return boolean(logic.both([logic.compared(">=", value, low), logic.compared("<=", value, high)]))


def among(writer: Writer, node: nodes.In) -> Shape:
    """`a in b`."""
    value = writer.write(node.value)
    doubt_null(writer, node.value, value)
    answers = [writer.test(each, value) for each in node.tests]
    return BROKEN if isinstance(value, Broken) else boolean(logic.either(answers))


def instance_of(writer: Writer, node: nodes.InstanceOf) -> Shape:
    """`a instance of b`: known but for null."""
    kind = type_of_node(node.type, writer.types)
    made = writer.parts(node.value)
    if made is None:
        return BROKEN
    if kind is None:
        return NULL
    if isinstance(made[0], Known):
        return Known(kind.accepts(made[0].value))
    if not isinstance(made[0], Scalar):
        raise Refused("“instance of” of something with structure", "“instance of”只能用于单个值")
    own = TYPE_OF[made[0].kind]
    fits = kind is ANY or own == kind
    return boolean(logic.negated(logic.null(made[0]))) if fits else Known(value=False)


def either_way(writer: Writer, node: nodes.If) -> Shape:
    """`if a then b else c`."""
    made = writer.parts(node.condition, node.then, node.otherwise)
    if made is None:
        return BROKEN
    condition, then, otherwise = made
    asked = truth(condition)
    writer.sheet.doubt(logic.null(boolean(asked)))  # what is no boolean at all is doubtful too
    if isinstance(condition, Known):
        return then if condition.value is True else otherwise
    return chosen([(logic.certainly(asked), then)], otherwise)
