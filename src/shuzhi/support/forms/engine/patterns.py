"""Patterns (写法) that every engine reads alike: literals, classes, counts; nothing that backtracks without end.

Python, JavaScript and the validator have dialects of regular expressions. Here is what they share.
"""

from __future__ import annotations

import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 200
_ONE = frozenset({sre.LITERAL, sre.NOT_LITERAL, sre.IN})
_SHORTHAND = re.compile(r"(?<!\\)(?:\\\\)*\\[^^$\\.*+?()\[\]{}|/-]")


class PatternRefused(ValueError):
    """A pattern that engines read differently; `args` are the reason in Chinese and English."""


def portable_pattern(text: str) -> re.Pattern[str]:
    """The pattern, to be searched for.

    Raises:
        PatternRefused: it is no pattern, or uses what engines read differently.
    """
    if len(text) > LONGEST:
        raise PatternRefused(f"超过 {LONGEST} 个字符", f"it has more than {LONGEST} characters")
    if _SHORTHAND.search(text):
        raise PatternRefused(r"不能用 \d、\w 等简写，请写明字符", r"write the characters instead of \d or \w")
    try:
        tree = parser.parse(text)
    except (re.error, OverflowError) as error:
        raise PatternRefused(f"不是合法的写法：{error}", f"no valid pattern: {error}") from error
    _look(tree, inside=False)
    # `$` is the very end, as in JavaScript; Python's own also stands before a last line break.
    return re.compile(re.sub(r"(?<!\\)((?:\\\\)*)\$", r"\1\\Z", text))


def _look(tree: Any, *, inside: bool) -> None:
    for operation, given in tree:
        if operation is sre.MAX_REPEAT:
            _look_repeated(given, inside=inside)
        elif operation is sre.SUBPATTERN:
            if given[1] or given[2]:
                raise PatternRefused("不能用标志", "flags can't be used")
            _look(given[3], inside=inside)
        elif operation is sre.BRANCH:
            for branch in given[1]:
                _look(branch, inside=inside)
        elif operation is sre.AT:
            if given not in (sre.AT_BEGINNING, sre.AT_END):
                raise PatternRefused("只能用 ^ 和 $ 定位", "only ^ and $ say where")
        elif operation not in _ONE:
            raise PatternRefused("只能用文字、字符集和次数", "only characters, sets and counts can be used")


def _look_repeated(given: Any, *, inside: bool) -> None:
    if inside:
        raise PatternRefused("次数里不能再有次数", "a count within a count can't be used")
    _look(given[2], inside=True)
