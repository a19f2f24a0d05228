"""Both languages side by side in a template: `{% t "中文" "English" fact=value %}`, `{{ title|said }}`."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from shuzhi.terminals.design import numbers
from shuzhi.terminals.design.types.said import is_chinese, say

register = template.Library()


class Count(int):
    """A number that picks its noun: `{n:day|days}` reads "1 day" and "2 days"; `{n}` groups the thousands."""

    def __format__(self, spec: str) -> str:
        """Write the number, or the number with the noun that fits it."""
        if "|" not in spec:
            return format(int(self), spec or ",d")
        one, many = spec.split("|", 1)
        return f"{int(self):,d} {one if self == 1 else many}"


@register.simple_tag
def t(zh: str, en: str, **facts: object) -> SafeString:
    """The text in the reader's language with its facts filled in; every fact is escaped."""
    text = conditional_escape(zh if is_chinese() else en)
    told = {name: _told(value) for name, value in facts.items()}
    return mark_safe(text.format(**told))  # noqa: S308  (the template's own text; facts are escaped)


@register.filter
def said(words: object) -> str:
    """A text that exists in both languages, in the reader's."""
    return say(words)


@register.simple_tag
def html_lang() -> str:
    """The page's language as HTML names it."""
    return "zh-Hans" if is_chinese() else "en"


def _told(value: object) -> object:
    if isinstance(value, bool):
        return conditional_escape(str(value))
    if isinstance(value, int):
        return Count(value)
    if isinstance(value, date):
        return numbers.day(value)
    return conditional_escape(say(value))
