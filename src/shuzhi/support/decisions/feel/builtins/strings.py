"""Strings (10.3.4.3); a character is a code point."""

from __future__ import annotations

from decimal import Decimal

from shuzhi.support.decisions.feel.builtins import regex
from shuzhi.support.decisions.feel.builtins.registry import builtin
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.functions import OutOfDomain
from shuzhi.support.decisions.feel.values.types import BOOLEAN, NUMBER, STRING, ListOf


@builtin("substring", "string: string, start position: number, length: number?", result=STRING)
def substring(_: Scope, string: str, start: Decimal, length: Decimal | None = None) -> str:
    """So many characters from a position on, as many as there are; positions are cut to whole numbers."""
    first = int(start) if abs(start) <= len(string) else 0
    if not first:
        raise OutOfDomain("the start position is outside the string", "起始位置超出字符串")
    rest = string[first - 1 if first > 0 else first :]
    if length is None:
        return rest
    if length < 1:
        raise OutOfDomain("the length must be at least 1", "长度至少为 1")
    return rest[: int(min(length, Decimal(len(rest))))]


@builtin("string length", "string: string", result=NUMBER)
def string_length(_: Scope, string: str) -> Decimal:
    """How many characters."""
    return Decimal(len(string))


@builtin("upper case", "string: string", result=STRING)
def upper_case(_: Scope, string: str) -> str:
    """In capitals."""
    return string.upper()


@builtin("lower case", "string: string", result=STRING)
def lower_case(_: Scope, string: str) -> str:
    """In small letters."""
    return string.lower()


@builtin("substring before", "string: string, match: string", result=STRING)
def substring_before(_: Scope, string: str, match: str) -> str:
    """What stands before the first match; nothing where there is none."""
    return string[: max(0, string.find(match))]


@builtin("substring after", "string: string, match: string", result=STRING)
def substring_after(_: Scope, string: str, match: str) -> str:
    """What stands after the first match; nothing where there is none."""
    at = string.find(match)
    return string[at + len(match) :] if at >= 0 else ""


@builtin("contains", "string: string, match: string", result=BOOLEAN)
def contains(_: Scope, string: str, match: str) -> bool:
    """Whether the match is anywhere in it."""
    return match in string


@builtin("starts with", "string: string, match: string", result=BOOLEAN)
def starts_with(_: Scope, string: str, match: str) -> bool:
    """Whether it begins so."""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string", result=BOOLEAN)
def ends_with(_: Scope, string: str, match: str) -> bool:
    """Whether it ends so."""
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags: string?", result=BOOLEAN)
def matches(_: Scope, text: str, pattern: str, flags: str | None = None) -> bool:
    """Whether the regular expression is found in it."""
    return regex.matches(text, pattern, flags or "")


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string?", result=STRING)
def replace(_: Scope, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """With every match of the regular expression replaced."""
    return regex.replaced(text, pattern, replacement, flags or "")


@builtin("split", "string: string, delimiter: string, flags: string?", result=ListOf(STRING))
def split(_: Scope, string: str, delimiter: str, flags: str | None = None) -> list[str]:
    """The pieces between the matches of the regular expression."""
    return regex.split(string, delimiter, flags or "")


@builtin("string join", "list: strings, delimiter: string?", result=STRING)
def string_join(scope: Scope, strings: list[str | None], delimiter: str | None = None) -> str:
    """All strings with the delimiter between them; nulls are left out."""
    scope.spend(len(strings))
    kept = [each for each in strings if each is not None]
    return (delimiter or "").join(kept)
