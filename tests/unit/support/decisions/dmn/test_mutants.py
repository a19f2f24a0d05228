"""Files that were damaged on their way: read or refused, asked or not evaluable, never a crash."""

from __future__ import annotations

import datetime as dt
import random
import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.packfiles import packs_root
from shuzhi.support.decisions.feel.scope import Limits
from shuzhi.support.decisions.queries import explained, read_rulebook, reason

KIT = Path(__file__).parents[4] / "data" / "dmn-kit"
FILES = [*sorted(KIT.rglob("*.dmn")), *sorted(packs_root().glob("*/*/rules/*.dmn"))]
SNIPPETS = ["", "<", ">", '"', "(", ")", "[", "null", "-", "1e999", "\n", "?", "not(", "..", "函数", "#d_n1", "FIRST", "tTree",
            "for x in 1..99999999 return x", "<decision/>", "<text/>", "function(x) x", "0", "{a: 1}"]  # fmt: skip
DAY = dt.date(2026, 3, 1)
SMALL = Limits(steps=20_000, items=20_000)
VALUES = [None, 1, "a", True, [1, 2], {"a": 1}, 0.5, "2026-01-01", [], -(10**40)]


def damaged(text: str, chance: random.Random) -> str:
    """Mostly within texts and attributes, so that there is still something to ask."""
    for _ in range(chance.randint(1, 3)):
        spans = [
            found.span(1) for found in re.finditer(r'<text>([^<]*)</text>|"([^"<>]*)"', text) if found[1]
        ]
        first, last = chance.choice(spans) if spans and chance.random() < 0.8 else (0, len(text) - 1)
        start = chance.randint(first, last)
        end = min(start + chance.randint(0, 5), last)
        text = text[:start] + escape(chance.choice(SNIPPETS)) + text[end:]
    return text


def ask_everything(content: str, beside: list[Path], chance: random.Random) -> int:
    try:
        book = read_rulebook([("m.dmn", content.encode(errors="replace"))], beside=beside, work=SMALL)
    except PlatformError:
        return 0
    for name in book.decisions[:10]:
        try:
            inputs = {each: chance.choice(VALUES) for each in book.inputs(name)}
            answer = book.decide(name, inputs, as_of=DAY, strict=chance.random() < 0.5, trace=True)
            decide = book.decider(name, as_of=DAY)
        except PlatformError:
            continue
        decide(inputs)
        assert answer.status != "not_evaluable" or answer.missing
        assert answer.status != "error" or answer.problems
        assert reason(answer).zh
        assert explained(answer.trace).en
    return 1


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.stem)
def test_a_damaged_file_never_crashes(file):
    chance = random.Random(file.stem)
    text = file.read_text("utf-8")
    beside = [each for each in file.parent.glob("*.dmn") if each != file]

    asked = sum(ask_everything(damaged(text, chance), beside, chance) for _ in range(6))

    assert asked
