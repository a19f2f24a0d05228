"""Matching: in linear time by RE2; patterns with back-references, which RE2 refuses, step by counted step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import re2

from shuzhi.support.decisions.feel.builtins.regex.reading import (
    Choice,
    Edge,
    Group,
    One,
    Part,
    Reader,
    Repeat,
    Same,
    Sequence,
)
from shuzhi.support.decisions.feel.builtins.regex.sets import Intervals
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.values.functions import OutOfDomain

MOST_STEPS = 100_000
LONGEST = 2000
Groups = dict[int, tuple[int, int]]
Then = Callable[[int, Groups], "tuple[int, Groups] | None"]


class Found(NamedTuple):
    """A match: where, and what its groups caught."""

    start: int
    end: int
    groups: tuple[str | None, ...]


class Pattern:
    """A pattern ready to search."""

    def __init__(self, pattern: str, flags: str) -> None:
        """Read and compile it.

        Raises:
            OutOfDomain: the pattern or a flag is none of XPath.
        """
        if set(flags) - set("smixq"):
            raise OutOfDomain("a flag is not known", "未知的匹配标志")
        if len(pattern) > LONGEST:
            raise OutOfDomain(f"the pattern is longer than {LONGEST}", f"正则表达式超过 {LONGEST} 个字符")
        self.many = "m" in flags
        self.fold = "i" in flags
        self.groups = 0
        self.tree: Part | None = None
        text = re2.escape(pattern) if "q" in flags else self._read(pattern, flags)
        self.engine = self._compiled(text) if self.tree is None else None

    def _read(self, pattern: str, flags: str) -> str:
        reader = Reader(pattern, flags)
        tree = reader.whole()
        self.groups = reader.groups
        if reader.backward:
            self.tree = tree
            return ""
        return written(tree)

    def _compiled(self, text: str) -> Any:
        options = re2.Options()
        options.case_sensitive = not self.fold
        options.log_errors = False
        options.max_mem = 8 << 20
        flags = "(?m)" if self.many else ""
        try:
            return re2.compile(flags + text, options)
        except re2.error:
            raise OutOfDomain("the pattern needs too much memory", "正则表达式过于复杂") from None

    def found(self, text: str) -> Iterator[Found]:
        """All matches, one after the other."""
        if self.engine is not None:
            for match in self.engine.finditer(text):
                yield Found(match.start(), match.end(), match.groups())
            return
        at = 0
        walker = Walker(self, text)
        while at <= len(text):
            one = walker.search(at)
            if one is None:
                return
            yield one
            at = one.end + (one.end == one.start)

    def matches(self, text: str) -> bool:
        """Whether there is a match anywhere."""
        if self.engine is not None:
            return self.engine.search(text) is not None
        return next(self.found(text), None) is not None


@lru_cache(maxsize=256)
def pattern(text: str, flags: str) -> Pattern:
    """The pattern, kept for the next time.

    Raises:
        OutOfDomain: the pattern or a flag is none of XPath.
    """
    return Pattern(text, flags)


def written(part: Part) -> str:
    """The pattern as RE2 reads it."""
    if isinstance(part, One):
        return _class(part.allowed)
    if isinstance(part, Edge):
        return "^" if part.start else "$"
    if isinstance(part, Sequence):
        return "".join(map(written, part.parts))
    if isinstance(part, Choice):
        return f"(?:{'|'.join(map(written, part.branches))})"
    if isinstance(part, Group):
        return f"({'' if part.number else '?:'}{written(part.inner)})"
    return _repeat(part) if isinstance(part, Repeat) else ""


def _class(allowed: Intervals) -> str:
    if not allowed:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in allowed) + "]"


def _repeat(part: Repeat) -> str:
    most = "" if part.most is None else str(part.most)
    sign = {(0, 1): "?", (0, None): "*", (1, None): "+"}.get(
        (part.least, part.most), f"{{{part.least},{most}}}"
    )
    return f"(?:{written(part.inner)}){sign}{'' if part.greedy else '?'}"


class Walker:
    """Tries a pattern with back-references on a text; every try counts."""

    def __init__(self, pattern: Pattern, text: str) -> None:
        """Begin with nothing tried."""
        self.pattern = pattern
        self.text = text
        self.steps = 0

    def search(self, start: int) -> Found | None:
        """The first match from a place on."""
        tree = self.pattern.tree
        for at in range(start, len(self.text) + 1):
            ended = self._walk(tree, at, {}, lambda end, groups: (end, groups)) if tree else None
            if ended:
                end, groups = ended
                return Found(
                    at, end, tuple(self._caught(groups, each) for each in range(self.pattern.groups))
                )
        return None

    def _caught(self, groups: Groups, index: int) -> str | None:
        place = groups.get(index + 1)
        return None if place is None else self.text[place[0] : place[1]]

    def _walk(self, part: Part, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise LimitExceeded(limit=MOST_STEPS, what="steps of matching", what_zh="正则匹配步数")
        walk = _WALKS[type(part)]
        return walk(self, part, at, groups, then)

    def one(self, part: One, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """One character."""
        if at >= len(self.text) or not self._allowed(part.allowed, self.text[at]):
            return None
        return then(at + 1, groups)

    def _allowed(self, allowed: Intervals, character: str) -> bool:
        forms = {character, *(character.lower(), character.upper())} if self.pattern.fold else {character}
        return any(first <= ord(form) <= last for form in forms if len(form) == 1 for first, last in allowed)

    def edge(self, part: Edge, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """The start or the end."""
        if part.start:
            fits = at == 0 or (self.pattern.many and self.text[at - 1] == "\n")
        else:
            fits = at == len(self.text) or (self.pattern.many and self.text[at] == "\n")
        return then(at, groups) if fits else None

    def same(self, part: Same, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """What a group caught, once more; a group that caught nothing is empty."""
        start, end = groups.get(part.group, (0, 0))
        wanted, seen = self.text[start:end], self.text[at : at + end - start]
        fits = wanted.casefold() == seen.casefold() if self.pattern.fold else wanted == seen
        return then(at + len(wanted), groups) if fits else None

    def sequence(self, part: Sequence, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """One part after the other."""

        def from_(index: int, at: int, groups: Groups) -> tuple[int, Groups] | None:
            if index == len(part.parts):
                return then(at, groups)
            return self._walk(
                part.parts[index], at, groups, lambda end, caught: from_(index + 1, end, caught)
            )

        return from_(0, at, groups)

    def choice(self, part: Choice, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """The first branch that leads to the end."""
        for branch in part.branches:
            ended = self._walk(branch, at, groups, then)
            if ended:
                return ended
        return None

    def group(self, part: Group, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """What is inside, remembered."""
        number = part.number
        if number is None:
            return self._walk(part.inner, at, groups, then)
        return self._walk(
            part.inner, at, groups, lambda end, caught: then(end, {**caught, number: (at, end)})
        )

    def repeat(self, part: Repeat, at: int, groups: Groups, then: Then) -> tuple[int, Groups] | None:
        """As often as allowed; a round that moves nothing is the last."""

        def rounds(count: int, at: int, groups: Groups) -> tuple[int, Groups] | None:
            def again() -> tuple[int, Groups] | None:
                if part.most is not None and count >= part.most:
                    return None
                return self._walk(
                    part.inner,
                    at,
                    groups,
                    lambda end, caught: (
                        rounds(count + 1, end, caught) if end > at or count < part.least else None
                    ),
                )

            if count < part.least:
                return again()
            if part.greedy:
                return again() or then(at, groups)
            return then(at, groups) or again()

        return rounds(0, at, groups)


_WALKS: dict[type, Callable[[Walker, Any, int, Groups, Then], tuple[int, Groups] | None]] = {
    One: Walker.one,
    Edge: Walker.edge,
    Same: Walker.same,
    Sequence: Walker.sequence,
    Choice: Walker.choice,
    Group: Walker.group,
    Repeat: Walker.repeat,
}
