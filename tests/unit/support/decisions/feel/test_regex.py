"""Regular expressions as XPath has them, and patterns that are made to hang."""

from __future__ import annotations

import contextlib
import time

import pytest

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.evaluate import evaluate


def matches(text, pattern, flags=None):
    return evaluate("matches(t, p, f)", {"t": text, "p": pattern, "f": flags}).value


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("foobar", "^fo*b", None, True),
        ("foobar", "bar", "", True),
        ("foobar", "BAR", None, False),
        ("foobar", "BAR", "i", True),
        ("注册资本", "^[\u4e00-\u9fff]+$", None, True),
        ("注册资本", r"^\p{IsCJKUnifiedIdeographs}+$", None, True),
        ("a", r"\p{Ll}", None, True),
        ("A", r"\p{Ll}", None, False),
        ("A", r"\P{Ll}", None, True),
        ("a", r"\p{L}\p{N}?", None, True),
        ("٣", r"^\d$", None, True),
        ("é", r"^\w$", None, True),
        ("-", r"^\w$", None, False),
        ("\u3000", r"^\s$", None, False),
        ("a\nb", "a.b", None, False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b", None, False),
        ("a\nb", "^b", "m", True),
        ("a\n", "a$", None, False),
        ("a\n", "a$", "m", True),
        ("hello world", "hello \\s world", "x", True),
        ("helloworld", "hello world", "x", True),
        ("hello world", "hello[ ]world", "x", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("abab", r"^(ab)\1$", None, True),
        ("abac", r"^(ab)\1$", None, False),
        ("aBAb", r"^(ab)\1$", "i", True),
        ("bcd", "[a-z-[aeiou]]{3}", None, True),
        ("e", "^[a-z-[aeiou]]$", None, False),
        ("-", "[a-]", None, True),
        ("^", "[a^]", None, True),
        ("b", "[^a]", None, True),
        ("aaa", "^a{2,3}$", None, True),
        ("aaaa", "^a{2,3}$", None, False),
        ("aa", "^a{2}$", None, True),
        ("", "", None, True),
        ("🐎", "^.$", None, True),
        ("x:y-1", r"^\i\c*$", None, True),
        ("ab", "(?:a)(b)", None, True),
    ],
)
def test_matches(text, pattern, flags, expected):
    assert matches(text, pattern, flags) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "[", "(", ")", "a)", "*", "a**", "a{2", "a{3,2}", "[b-a]", "[]", r"\1", r"(a\1)", r"(a)[\1]", r"\q", r"\b",
        "(?=a)", "(?<n>a)", r"\p{Xx}", r"\p{IsNowhere}", "a\\", "{", "[a-\\d]", "a{1001}", r"\p", "]", "}", "[[a]]",
    ],
)  # fmt: skip
def test_what_is_no_pattern_gives_null_with_the_reason(pattern):
    found = evaluate("matches(t, p)", {"t": "a", "p": pattern})
    assert found.value is None
    assert found.problems


def test_unknown_flags_give_null():
    assert matches("a", "a", "p") is None


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        ("banana", "a", "o", "bonono"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
        ("abracadabra", "bra", "*", "a*cada*"),
        ("abracadabra", "a.*a", "*", "*"),
        ("abracadabra", "a.*?a", "*", "*c*bra"),
        ("abracadabra", "a", "", "brcdbr"),
        ("abracadabra", "a(.)", "a$1$1", "abbraccaddabbra"),
        ("AAAA", "A+", "b", "b"),
        ("AAAA", "A+?", "b", "bbbb"),
        ("darted", "^(.*?)d(.*)$", "$1c$2", "carted"),
        ("abracadabra", ".*?", "$1", None),
        ("abc", "b", "$0$0", "abbc"),
        ("abc", "b", r"\$", "a$c"),
        ("abc", "b", r"\\", "a\\c"),
        ("abc", "b", "$", None),
        ("abc", "b", r"\x", None),
        ("abc", "(b)", "$12", "ab2c"),
        ("abc", "b", "$1", "ac"),
        ("aab", r"(a)\1", "x", "xb"),
    ],
)
def test_replace(text, pattern, replacement, expected):
    found = evaluate("replace(t, p, r)", {"t": text, "p": pattern, "r": replacement})
    assert found.value == expected


@pytest.mark.parametrize(
    ("text", "delimiter", "expected"),
    [
        ("John Doe", r"\s", ["John", "Doe"]),
        ("a;b;c;;", ";", ["a", "b", "c", "", ""]),
        ("", ",", [""]),
        ("a、b，c", "[、，]", ["a", "b", "c"]),
        ("a1b22c", r"\d+", ["a", "b", "c"]),
        ("abc", "", None),
        ("abc", "[", None),
    ],
)
def test_split(text, delimiter, expected):
    assert evaluate("split(t, d)", {"t": text, "d": delimiter}).value == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 5000 + "b"),
        ("(a|a)*c", "a" * 5000),
        ("(x+x+)+y", "x" * 5000),
        (r"(.*)(.*)(.*)(.*)\1c", "ab" * 200),
        (r"(a*)*\1b", "a" * 300),
        ("((a{0,100}){0,100}){0,100}", "a"),
        ("a" * 1_000_000, "a"),
        ("(" * 10_000, "a"),
        ("[" * 10_000, "a"),
    ],
)
def test_no_pattern_hangs(pattern, text):
    start = time.process_time()
    with contextlib.suppress(LimitExceeded):
        matches(text, pattern)
    assert time.process_time() - start < 2
