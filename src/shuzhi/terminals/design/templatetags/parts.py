"""Draws parts, numbers and icons: `{% part table %}`, `{{ n|number }}`, `{{ d|day }}`, `{% icon "search" %}`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from shuzhi.terminals.design import icons, numbers, preferences
from shuzhi.terminals.design.types import Cell, Chip, Column, Demo, Grade, Row, Share, Source, Table, Tone
from shuzhi.terminals.design.types.said import say

register = template.Library()
_SHARED = "_shared"  # a name that no template can say


@runtime_checkable
class Part(Protocol):
    """Anything that names its template."""

    template: ClassVar[str]


register.filter("number", numbers.number)
register.filter("day", numbers.day)
register.filter("moment", numbers.moment)
register.filter("machine_time", numbers.machine_time)
register.filter("percent", numbers.percent)
register.filter("duration", numbers.duration)
register.simple_tag(numbers.share, name="share")


@register.simple_tag(takes_context=True)
def part(context: Context, value: Part | None) -> SafeString:
    """Draw a part with its own template; nothing for None."""
    if value is None:
        return SafeString("")
    inside = {key: context.get(key) for key in ("lang", "elder", "demo", "csrf_token", "actor")} | {
        "part": value
    }
    template, shared, request = get_template(value.template), _shared(context), context.get("request")
    if shared is None or context.template is None:
        drawn = template.render(inside, request)
    else:
        inner = context.new({**shared, **inside, _SHARED: shared})
        drawn = cast("Any", template).template.render(inner)
    return mark_safe(drawn)  # noqa: S308  (a template has escaped it)


def _shared(context: Context) -> dict[str, Any] | None:
    """What the page's context processors gave, asked once a page: to ask them anew for every part costs more than the
    part.
    """
    index = getattr(context, "_processors_index", None)
    return context.get(_SHARED) if index is None else context.dicts[index]


@register.simple_tag(takes_context=True)
def show(context: Context, value: object) -> SafeString | str:
    """Write any value as a person reads it: a part, a share, a number, a day, a text, or a dash for nothing."""
    if value is None or value == "":
        return format_html('<span class="absent">{}</span>', "—")
    # A part: to ask its protocol costs ten times as much, for every cell.
    if hasattr(type(value), "template"):
        return part(context, cast("Part", value))
    if isinstance(value, (list, tuple)) and not hasattr(value, "zh"):
        return mark_safe(" ".join(conditional_escape(show(context, each)) for each in value))  # noqa: S308
    return _written(value)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return say({"zh": "是", "en": "Yes"} if value else {"zh": "否", "en": "No"})
    if isinstance(value, Share):
        return numbers.share(value.numerator, value.denominator)
    if isinstance(value, datetime):
        return numbers.moment(value)
    if isinstance(value, date):
        return numbers.day(value)
    if isinstance(value, (int, float, Decimal)):
        return numbers.number(value)
    return say(value)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside words; it says nothing to a screen reader, the words do."""
    return icons.draw(name)


@register.simple_tag(takes_context=True)
def chip(context: Context, label: object, tone: str = "neutral") -> SafeString:
    """A state in a word or two."""
    return part(context, Chip(_words(label), Tone(tone)))


@register.simple_tag(takes_context=True)
def grade(context: Context, level: int) -> SafeString:
    """The grade chip of a level, 1 to 4."""
    return part(context, Grade(level))


@register.simple_tag(takes_context=True)
def source(context: Context, office: object, day: date | None = None, batch: str = "") -> SafeString:
    """The chip that says where a value comes from."""
    return part(context, Source(_words(office), day, batch))


@register.simple_tag(takes_context=True)
def demo(context: Context) -> SafeString:
    """The chip that marks synthetic data."""
    return part(context, Demo())


@register.simple_tag
def sort_address(table: Table, key: str) -> str:
    """Where a column's head leads: rising first, falling when it already rises."""
    return table.address(sort=f"-{key}" if table.sort == key else key, page="")


@register.simple_tag
def sorted_as(table: Table, key: str) -> str:
    """How a column is sorted now, as `aria-sort` says it."""
    return {key: "ascending", f"-{key}": "descending"}.get(table.sort, "none")


@register.simple_tag
def page_address(table: Table, number: int) -> str:
    """Another page of the same list."""
    return table.address(page=number)


@register.simple_tag(takes_context=True)
def cells(context: Context, table: Table, row: Row) -> SafeString:
    """A row's cells, drawn here: a long table has thousands, and a template takes ten times as long for each."""
    first, *others = table.shown
    drawn = [_cell(context, table, row, first, url=row.url)]
    drawn += (_cell(context, table, row, column) for column in others)
    return mark_safe("".join(drawn))  # noqa: S308  (format_html has escaped each)


def _cell(context: Context, table: Table, row: Row, column: Column, *, url: str = "") -> SafeString:
    """One cell; `url` is the row's own, which the first one leads to."""
    found = row.cells.get(column.key)
    cell = found if isinstance(found, Cell) else Cell(found)
    inside = show(context, cell.value)
    if url:
        inside = format_html('<a data-open href="{}">{}</a>', url, inside)
    elif cell.url:
        inside = format_html('<a href="{}">{}</a>', cell.url, inside)
    under = format_html('<span class="under">{}</span>', show(context, cell.under)) if cell.under else ""
    told = format_html(' role="cell" data-title="{}"', say(column.title)) if table.stacks else ""
    return format_html('<td class="{}"{}>{}{}</td>', column.kind, told, inside, under)


@register.filter
def lookup(mapping: Mapping[str, Any], key: str) -> object:
    """A mapping's value by a name that the template holds in a variable."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The light or dark theme that the person chose."""
    return preferences.theme(context.get("request"))


def _words(value: object) -> Any:
    return value if hasattr(value, "zh") or isinstance(value, Mapping) else str(value)
