"""The plainest texts (最简单的单元格), read by one pattern instead of token by token: literals, bounds and intervals.

Nine cells of ten in a decision table are of this kind. What comes of it is what the parser makes, places included; a
text that is anything else is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from shuzhi.support.decisions.feel.nodes import (
    Boolean,
    Bound,
    Node,
    Null,
    Number,
    RangeLiteral,
    Span,
    String,
    UnaryTests,
)
from shuzhi.support.decisions.feel.values.numbers import CONTEXT

LONGEST = 400
_NUMBER = r"[0-9]{1,34}(?:\.[0-9]{1,34})?"
_LITERAL = rf'(?:"[^"\\\r\n]*"|true|false|null|{_NUMBER})'
_ONE = re.compile(rf" *({_LITERAL}) *")
_BOUND = re.compile(rf" *((<=|>=|<|>) *({_NUMBER})) *")
_INTERVAL = re.compile(rf" *(([\[\](]) *({_NUMBER}) *\.\. *({_NUMBER}) *([\])\[])) *")
_SEVERAL = re.compile(rf" *{_LITERAL}(?: *, *{_LITERAL})+ *")
_EACH = re.compile(_LITERAL)
_WORDS: dict[str, Callable[..., Node]] = {
    "true": partial(Boolean, value=True),
    "false": partial(Boolean, value=False),
    "null": Null,
}


def plain_expression(text: str) -> Node | None:
    """The tree of a literal; None of anything else."""
    found = _ONE.fullmatch(text) if len(text) <= LONGEST else None
    return _literal(found[1], found.start(1)) if found else None


def plain_tests(text: str) -> Node | None:
    """The tree of literals, a bound or an interval of numbers; None of anything else."""
    if len(text) > LONGEST:
        return None
    if found := _ONE.fullmatch(text):
        one = _literal(found[1], found.start(1))
        return UnaryTests((one,), span=one.span)
    if found := _BOUND.fullmatch(text):
        bound = Bound(found[2], _literal(found[3], found.start(3)), span=_span(*found.span(1)))  # type: ignore[arg-type]
        return UnaryTests((bound,), span=bound.span)
    if found := _INTERVAL.fullmatch(text):
        return _interval(found)
    if _SEVERAL.fullmatch(text):
        several = tuple(_literal(each.group(), each.start()) for each in _EACH.finditer(text))
        return UnaryTests(several, span=_span(several[0].span.start, several[-1].span.end))
    return None


def _interval(found: re.Match[str]) -> Node:
    low, high = (_literal(found[at], found.start(at)) for at in (3, 4))
    made = RangeLiteral(low, high, found[2] == "[", found[5] == "]", span=_span(*found.span(1)))
    return UnaryTests((made,), span=made.span)


def _literal(text: str, start: int) -> Node:
    span = _span(start, start + len(text))
    if text in _WORDS:
        return _WORDS[text](span=span)
    if text[0] == '"':
        return String(text[1:-1], span=span)
    number = Decimal(text)
    return Number(number if len(text) <= CONTEXT.prec else CONTEXT.plus(number), span=span)


def _span(start: int, end: int) -> Span:
    return Span(start, end, 1, start + 1)
