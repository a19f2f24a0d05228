"""From characters to tokens (grammar rules 25 to 37 and 61 to 65)."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.nodes import Span

WORD, NUMBER, STRING, SIGN, END = "word", "number", "string", "sign", "end"

_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
# Atomic groups: a possessive repeat of a group reads too much before Python 3.11.5 (gh-106052).
_TOKEN = re.compile(
    rf"(?P<space>[{_SPACE}]+|//[^\n\r]*|/\*(?>(?:[^*]|\*(?!/))*)\*/)"
    rf"|(?P<word>(?:\?(?![{_PART}])|(?![{_SPACE}])[{_START}](?>(?:(?![{_SPACE}])[{_PART}])*)))"
    r"|(?P<number>(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)"
    r'|(?P<string>"(?>(?:[^"\\]|\\.)*)")'
    r"|(?P<sign>\*\*|\.\.|->|<=|>=|!=|/(?!\*)|[-+*<>=()\[\]{},.:@'\u2019])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """A piece of text; `spaced` says that white space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool


@dataclass(slots=True)
class Text:
    """The text with its lines, to say where something stands."""

    text: str
    lines: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Find where each line starts."""
        self.lines = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", self.text))]

    def span(self, start: int, end: int) -> Span:
        """The place from `start` to `end`."""
        line = bisect_right(self.lines, start)
        return Span(start, end, line, start - self.lines[line - 1] + 1)

    def fault(self, start: int, expected: str, expected_zh: str, found: str = "") -> FeelSyntaxError:
        """The error to raise: what was expected there, and what stands there."""
        span = self.span(start, start)
        shown = found or self.text[start : start + 20]
        return FeelSyntaxError(
            expected=expected,
            expected_zh=expected_zh,
            found=f"“{shown}”" if shown else "the end of the text",
            found_zh=f"“{shown}”" if shown else "文本结尾",
            start=start,
            line=span.line,
            column=span.column,
        )


def tokens_of(text: Text) -> list[Token]:
    """All tokens, the last one an END; white space and comments only separate."""
    found: list[Token] = []
    at, spaced, source = 0, False, text.text
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(text, at)
        kind = str(match.lastgroup)
        if kind == "space":
            spaced = True
        else:
            found.append(Token(kind, match.group(), at, match.end(), spaced))
            spaced = False
        at = match.end()
    found.append(Token(END, "", at, at, spaced))
    return found


def _unreadable(text: Text, at: int) -> FeelSyntaxError:
    if text.text[at] == '"':
        return text.fault(at, "a closing quotation mark", "右引号")
    if text.text.startswith("/*", at):
        return text.fault(at, "the end of the comment, */", "注释结束符 */")
    return text.fault(at, "a name, a literal or an operator", "名称、字面量或运算符", text.text[at])


def unescaped(literal: str) -> str:
    """The characters that a string literal, given with its quotation marks, stands for."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    whole = _ESCAPE.sub(_character, inner)
    # Two escapes \\uD83D\\uDC0E are one character above the basic plane.
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(match: re.Match[str]) -> str:
    short, long, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, match.group())
    number = int(short or long, 16)
    return chr(number) if number <= sys.maxunicode else "\ufffd"
