"""Regular expressions of XPath (Functions and Operators 5.6): `matches`, `replace` and `split`."""

from __future__ import annotations

from shuzhi.support.decisions.feel.builtins.regex.matching import Found, Pattern, pattern
from shuzhi.support.decisions.feel.values.functions import OutOfDomain

__all__ = ["matches", "replaced", "split"]


def matches(text: str, regex: str, flags: str) -> bool:
    """Whether the pattern is found in the text.

    Raises:
        OutOfDomain: the pattern or a flag is none of XPath.
    """
    return pattern(regex, flags).matches(text)


def replaced(text: str, regex: str, replacement: str, flags: str) -> str:
    """The text with every match replaced.

    Raises:
        OutOfDomain: the pattern, a flag or the replacement is none of XPath, or the pattern matches nothing at all.
    """
    compiled = _not_empty(regex, flags)
    parts = None if "q" in flags else _parts(replacement, compiled.groups)
    made, at = [], 0
    for found in compiled.found(text):
        made.append(text[at : found.start])
        made.append(replacement if parts is None else _filled(parts, found, text))
        at = found.end
    return "".join([*made, text[at:]])


def split(text: str, regex: str, flags: str) -> list[str]:
    """The pieces of the text between the matches.

    Raises:
        OutOfDomain: the pattern is none of XPath, or matches nothing at all.
    """
    compiled = _not_empty(regex, flags)
    pieces, at = [], 0
    for found in compiled.found(text):
        pieces.append(text[at : found.start])
        at = found.end
    return [*pieces, text[at:]]


def _not_empty(regex: str, flags: str) -> Pattern:
    compiled = pattern(regex, flags)
    if compiled.matches(""):
        raise OutOfDomain("the pattern matches the empty string", "正则表达式可匹配空字符串")
    return compiled


def _parts(replacement: str, groups: int) -> list[str | int]:
    r"""The replacement as texts and numbers of groups: `$1`, `\$`, `\\`."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        following = replacement[at + 1 : at + 2]
        if character == "\\" and following in ("\\", "$"):
            parts.append(following)
            at += 2
        elif character == "$" and following.isascii() and following.isdigit():
            number, at = _group_number(replacement, at + 1, groups)
            parts.append(number)
        elif character in "\\$":
            raise OutOfDomain("the replacement is wrong", "替换字符串有误")
        else:
            parts.append(character)
            at += 1
    return parts


def _group_number(text: str, at: int, groups: int) -> tuple[int, int]:
    """As many digits as make the number of a group that there is."""
    number, at = int(text[at]), at + 1
    while (
        text[at : at + 1].isascii() and text[at : at + 1].isdigit() and number * 10 + int(text[at]) <= groups
    ):
        number, at = number * 10 + int(text[at]), at + 1
    return number, at


def _filled(parts: list[str | int], found: Found, text: str) -> str:
    return "".join(each if isinstance(each, str) else _caught(each, found, text) for each in parts)


def _caught(number: int, found: Found, text: str) -> str:
    if number == 0:
        return text[found.start : found.end]
    return (found.groups[number - 1] or "") if number <= len(found.groups) else ""
