"""Ten minutes of broken rules: whatever is done to a text, it is read or refused, run or stopped, and soon."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.decisions.feel.scope import Limits

SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
VARIABLES = {"年龄": 3, "list": [1, None, "x"], "firm": {"a b": 1, "c": [{"d": 2}]}, "none": None, "t": "abc"}
LIMITS = Limits(steps=50_000, depth=30, items=20_000, characters=20_000)


def corpus():
    """The texts of the tables beside this file, and single characters that matter."""
    texts = []
    for name in ("test_operators.py", "test_builtins.py", "test_regex.py", "test_limits.py"):
        for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
            texts += [part for part in line.strip(" (),'").split("', \"")[:1] if 3 < len(part) < 200]
    return texts


def broken(texts, chance):
    """A text with pieces cut out, doubled, swapped, or taken from another one."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.choices(range(len(text) + 1), k=2))
        other = chance.choice(texts)
        start = chance.randrange(len(other))
        text = chance.choice(
            [
                text[:at] + text[end:],
                text[:at] + text[at:end] * chance.randint(2, 40) + text[end:],
                text[:at] + other[start : start + chance.randint(1, 30)] + text[end:],
                text[:at] + chance.choice('()[]{}.,:-*/"@?<>=1e9年 \\\n') + text[at:],
            ]
        )[:5000]
    return text


@pytest.mark.proof
def test_no_text_surprises():
    texts, chance, end = corpus(), random.Random(20260301), time.monotonic() + SECONDS
    tried = 0
    while time.monotonic() < end:
        text = broken(texts, chance)
        start = time.thread_time()
        try:
            evaluate(text, VARIABLES, limits=LIMITS)
        except (FeelSyntaxError, LimitExceeded):
            pass
        except Exception as error:
            raise AssertionError(text) from error
        assert time.thread_time() - start < 1, text
        tried += 1
    assert tried > SECONDS
