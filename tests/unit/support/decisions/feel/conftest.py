"""What every table of cases needs: the value of a text, and what FEEL thinks it should equal."""

from __future__ import annotations

import datetime as dt

import pytest

from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.decisions.feel.values import same

NOW = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def value_of():
    return lambda text, **variables: evaluate(text, variables, now=NOW).value


@pytest.fixture
def assert_same():
    """Check that two texts mean the same; what is expected is a literal, or at least simpler."""

    def check(text, expected, **variables):
        found = evaluate(text, variables, now=NOW)
        wanted = evaluate(expected, variables, now=NOW)
        assert not wanted.problems, f"{expected}: {wanted.problems}"
        assert same(found.value, wanted.value), (
            f"{text} gave {found.value!r}, not {expected}; {found.problems}"
        )

    return check
