"""XPath regular expressions read into a tree (XQuery and XPath Functions and Operators, 5.6.1)."""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.support.decisions.feel.builtins.regex.sets import (
    LAST,
    Intervals,
    escape,
    inverted,
    named,
    of,
    union,
    without,
)
from shuzhi.support.decisions.feel.values.functions import OutOfDomain

MOST_REPEATS = 1000
DEEPEST = 50
SINGLES = {**{each: each for each in "\\|.-^?*+{}()[]$"}, "n": "\n", "r": "\r", "t": "\t"}
NOT_PLAIN = frozenset("\\|.^?*+{}()[]$")


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    allowed: Intervals


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`."""

    start: bool


@dataclass(frozen=True, slots=True)
class Same:
    r"""`\1`: what a group matched, once more."""

    group: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    branches: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Parentheses; `number` is None where they do not capture."""

    number: int | None
    inner: Part


@dataclass(frozen=True, slots=True)
class Repeat:
    """`?`, `*`, `+`, `{2,3}`; `most` None means without end."""

    inner: Part
    least: int
    most: int | None
    greedy: bool


Part = One | Edge | Same | Sequence | Choice | Group | Repeat


class Reader:
    """Reads one pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        """`x` leaves out white space, `s` lets the dot match line ends."""
        self.text = _without_space(pattern) if "x" in flags else pattern
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.level = 0
        self.backward = False
        self.dot = ((0, LAST),) if "s" in flags else inverted(of("\n", "\r"))

    def whole(self) -> Part:
        """The tree of the pattern."""
        tree = self._choice()
        if self.at < len(self.text):
            raise self._wrong()
        return tree

    def _wrong(self) -> OutOfDomain:
        place = self.at + 1
        return OutOfDomain(f"the pattern is wrong at character {place}", f"正则表达式第 {place} 个字符有误")

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise self._wrong()
        self.at += 1
        return self.text[self.at - 1]

    def _choice(self) -> Part:
        branches = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, atom: Part) -> Part:
        sign = self._next()
        if sign not in ("?", "*", "+", "{") or sign == "":
            return atom
        if isinstance(atom, Edge):
            raise self._wrong()
        self.at += 1
        bounds: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        least, most = bounds[sign] if sign != "{" else self._bounds()
        greedy = self._next() != "?"
        self.at += not greedy
        return Repeat(atom, least, most, greedy)

    def _bounds(self) -> tuple[int, int | None]:
        text = ""
        while self._next() != "}":
            text += self._take()
        self.at += 1
        first, comma, last = text.partition(",")
        if not _digits(first) or (last and not _digits(last)):
            raise self._wrong()
        least = int(first)
        most = int(last) if last else (None if comma else least)
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise self._wrong()
        return least, most

    def _atom(self) -> Part:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return One(self._class())
        if character == ".":
            return One(self.dot)
        if character in "^$":
            return Edge(start=character == "^")
        if character == "\\":
            return self._escape()
        if character in NOT_PLAIN:
            self.at -= 1
            raise self._wrong()
        return One(of(character))

    def _group(self) -> Part:
        number = None
        if self.text.startswith("?:", self.at):
            self.at += 2
        else:
            self.groups += 1
            number = self.groups
        self.level += 1
        if self.level > DEEPEST:
            raise self._wrong()
        inner = self._choice()
        self.level -= 1
        if self._take() != ")":
            raise self._wrong()
        if number:
            self.closed.add(number)
        return Group(number, inner)

    def _escape(self) -> Part:
        letter = self._next()
        if letter in "123456789" and letter:
            return self._same()
        return One(self._escaped())

    def _same(self) -> Part:
        """A back-reference; further digits belong to it while there are so many groups."""
        number = int(self._take())
        while _digits(self._next()) and number * 10 + int(self._next()) <= self.groups:
            number = number * 10 + int(self._take())
        if number not in self.closed:
            raise self._wrong()
        self.backward = True
        return Same(number)

    def _escaped(self) -> Intervals:
        letter = self._take()
        if letter in SINGLES:
            return of(SINGLES[letter])
        if letter in "pP":
            return self._named(opposite=letter == "P")
        found = escape(letter) if letter in "sSiIcCdDwW" else None
        if found is None:
            raise self._wrong()
        return found

    def _named(self, *, opposite: bool) -> Intervals:
        if self._take() != "{":
            raise self._wrong()
        end = self.text.find("}", self.at)
        found = named(self.text[self.at : end]) if end > self.at else None
        if found is None:
            raise self._wrong()
        self.at = end + 1
        return inverted(found) if opposite else found

    def _class(self) -> Intervals:
        negated = self._next() == "^"
        self.at += negated
        found: list[Intervals] = []
        removed: Intervals | None = None
        while self._next() != "]":
            if self.text.startswith("-[", self.at) and found:
                self.at += 2
                self.level += 1
                if self.level > DEEPEST:
                    raise self._wrong()
                removed = self._class()
                self.level -= 1
                break
            found.append(self._member(first=not found))
        if self._take() != "]" or not found:
            raise self._wrong()
        allowed = inverted(union(*found)) if negated else union(*found)
        return without(allowed, removed) if removed is not None else allowed

    def _member(self, *, first: bool) -> Intervals:
        """A character, a range of characters, or an escape within brackets."""
        start = self._member_start(first=first)
        single = len(start) == 1 and start[0][0] == start[0][1]
        if not single or self._next() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", "["):
            return start
        self.at += 1
        end = self._range_end()
        if end < start[0][0]:
            raise self._wrong()
        return ((start[0][0], end),)

    def _member_start(self, *, first: bool) -> Intervals:
        character = self._take()
        if character == "\\":
            return self._escaped()
        if character == "-" and not first and self._next() != "]":
            raise self._wrong()
        if character == "[":
            raise self._wrong()
        return of(character)

    def _range_end(self) -> int:
        character = self._take()
        if character == "\\":
            allowed = self._escaped()
            if len(allowed) != 1 or allowed[0][0] != allowed[0][1]:
                raise self._wrong()
            return allowed[0][0]
        if character in "[]-":
            raise self._wrong()
        return ord(character)


def _digits(text: str) -> bool:
    return bool(text) and all("0" <= each <= "9" for each in text) and len(text) <= 9  # noqa: PLR2004 - an int


def _without_space(pattern: str) -> str:
    """With the flag `x`, white space outside of brackets means nothing."""
    kept, depth, escaped = [], 0, False
    for character in pattern:
        if not escaped and character in "[]":
            depth = max(0, depth + (1 if character == "[" else -1))
        if depth or character not in " \t\n\r":
            kept.append(character)
        escaped = character == "\\" and not escaped
    return "".join(kept)
