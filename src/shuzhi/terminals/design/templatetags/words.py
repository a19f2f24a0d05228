"""Both languages side by side in a template: `{% t "中文" "English" fact=value %}`, `{{ title|said }}`."""

from __future__ import annotations

from datetime import date

from django import template
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.context import Context
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


class Text(template.Node):
    """A text whose words stand in the template; those without facts are written when the template is read."""

    def __init__(
        self, zh: FilterExpression, en: FilterExpression, facts: dict[str, FilterExpression], name: str | None
    ) -> None:
        self.zh, self.en, self.facts, self.name = zh, en, facts, name
        texts = [said.var for said in (zh, en) if isinstance(said.var, str) and not said.filters]
        plain = len(texts) == 2 and not facts  # noqa: PLR2004 - of two
        self.written = [_filled(text, {}) for text in texts] if plain else None

    def render(self, context: Context) -> str:
        """The text in the reader's language."""
        lang = context.get("lang")  # the page's own word is quicker to ask for than Django's
        chinese = is_chinese() if lang is None else lang != "en"
        if self.written is not None:
            text = self.written[0 if chinese else 1]
        else:
            facts = {name: value.resolve(context) for name, value in self.facts.items()}
            text = _filled((self.zh if chinese else self.en).resolve(context), facts)
        if self.name is None:
            return text
        context[self.name] = text
        return ""


@register.tag
def t(parser: Parser, token: Token) -> Text:
    """`{% t "中文" "English" fact=value as name %}`: the text in the reader's language with its facts filled in."""
    _, *bits = token.split_contents()
    name = bits.pop() if len(bits) > 1 and bits[-2] == "as" else None
    bits = bits[:-1] if name else bits
    said, told = [parser.compile_filter(bit) for bit in bits[:2]], bits[2:]
    facts = token_kwargs(told, parser)
    if len(said) != 2 or told:  # noqa: PLR2004 - of two; what is left is no fact
        raise template.TemplateSyntaxError(f"not two texts and their facts: {token.contents}")
    return Text(said[0], said[1], facts, name)


def _filled(text: str, facts: dict[str, object]) -> SafeString:
    """Facts in their places; every fact is escaped."""
    told = {name: _told(value) for name, value in facts.items()}
    return mark_safe(conditional_escape(text).format(**told))  # noqa: S308  (the template's own text; facts are escaped)


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
