"""What goes through lists as SQL (遍历): for, some, every and filters, written out item by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.sql import logic
from shuzhi.support.decisions.sql.folding import constant
from shuzhi.support.decisions.sql.logic import boolean, listed, truth
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    NUMBER,
    Broken,
    Gathered,
    Known,
    Listing,
    Record,
    Refused,
    Scalar,
    Shape,
)

if TYPE_CHECKING:
    from shuzhi.support.decisions.sql.expressions import Writer

LONGEST_LIST = 200


def for_each(writer: Writer, node: nodes.For) -> Shape:
    """`for … return …` over lists of known length."""
    if any(isinstance(each, nodes.Name) and each.name == "partial" for each in nodes.walk(node.result)):
        raise Refused("“partial” has no meaning in SQL", "SQL 不支持 partial", node.result.span)
    made = gone_through(writer, node.iterators, lambda inner: inner.write(node.result))
    return BROKEN if any(isinstance(each, Broken) for each in made) else Listing(tuple(made))


def quantified(writer: Writer, node: nodes.Quantified) -> Shape:
    """`some …`, `every …`."""
    made = gone_through(writer, node.iterators, lambda inner: inner.write(node.condition))
    if any(isinstance(each, Broken) for each in made):
        return BROKEN
    join = logic.either if node.kind == "some" else logic.both
    return boolean(join([truth(each) for each in made]))


def gone_through(writer: Writer, iterators: Sequence[nodes.Iterator], body: Callable[[Writer], Shape]) -> Any:
    """The body for every combination of items; None where the items are not known in number."""
    if not iterators:
        return [body(writer)]
    first, *rest = iterators
    results: list[Shape] = []
    for item in _stepped(writer, first):
        results += gone_through(writer.binding({first.name: item}), rest, body)
        if len(results) > LONGEST_LIST:
            raise Refused(f"more than {LONGEST_LIST} steps to write out", f"展开超过 {LONGEST_LIST} 步")
    return results


def _stepped(writer: Writer, iterator: nodes.Iterator) -> Sequence[Shape]:
    source = writer.write(iterator.source)
    if iterator.end is None:
        items = listed(source)
        if items is None:
            raise Refused("SQL goes through lists of known length only", "SQL 只能遍历长度已知的列表")
        return items
    end = writer.write(iterator.end)
    if not isinstance(source, Known) or not isinstance(end, Known):
        raise Refused("SQL goes through constant ranges only", "SQL 只能遍历常量区间")
    whole = nodes.For((replace(iterator, source=nodes.Name("\x00a"), end=nodes.Name("\x00b")),),
                      nodes.Name(iterator.name))  # fmt: skip
    return listed(writer.computed(whole, {"\x00a": source.value, "\x00b": end.value})) or ()


def filtered(writer: Writer, node: nodes.Filter) -> Shape:
    """`a[b]`: an item by its place, or those that pass."""
    source = writer.write(node.source)
    if isinstance(source, Broken):
        return BROKEN
    items = listed(source)
    if items is None:
        raise Refused("SQL filters lists of known length only", "SQL 只能筛选长度已知的列表")
    if constant(node.condition):
        return _picked(items, writer.write(node.condition))
    answers = []
    for item in items:
        inner = {"item": item, **(item.entries if isinstance(item, Record) else {})}
        answers.append(writer.binding(inner).write(node.condition))
    if any(isinstance(each, Broken) for each in answers):
        return BROKEN
    if any(isinstance(each, Scalar) and each.kind == NUMBER for each in answers):
        raise Refused(
            "the place of an item must be constant in SQL", "SQL 中列表下标须为常量", node.condition.span
        )
    there = [logic.certainly(truth(each)) for each in answers]
    return Gathered(tuple(zip(there, items, strict=True)))


def _picked(items: Sequence[Shape], place: Shape) -> Shape:
    value = place.value if isinstance(place, Known) else None
    if isinstance(value, bool):
        return Listing(tuple(items) if value else ())
    at = (
        int(value)
        if value is not None and not isinstance(value, str | Date | Range) and value == int(value)
        else 0
    )
    return items[at - 1 if at > 0 else at] if at and abs(at) <= len(items) else NULL
