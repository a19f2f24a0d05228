"""Check digits worked out another way than the generator does it."""

from __future__ import annotations

import pytest

from shuzhi.demo.population import codes


@pytest.fixture(scope="session")
def is_uscc():
    """GB 32100: the weighted sum of all 18 characters, the check counting once, is a multiple of 31."""

    def check(text: str) -> bool:
        values = [codes.USCC_ALPHABET.index(c) for c in text]
        return (sum(v * 3**place for place, v in enumerate(values[:17])) + values[17]) % 31 == 0

    return check


@pytest.fixture(scope="session")
def is_resident_number():
    """ISO 7064 MOD 11-2 over all 18 characters leaves 1."""

    def check(text: str) -> bool:
        values = [10 if c == "X" else int(c) for c in text]
        return sum(v * 2 ** (17 - place) for place, v in enumerate(values)) % 11 == 1

    return check
