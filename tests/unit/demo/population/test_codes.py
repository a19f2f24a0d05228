"""Codes against the standards' own examples and against errors that a check digit must catch."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shuzhi.demo.population import codes
from shuzhi.demo.population.chance import stream
from shuzhi.demo.population.damage import transposed, wrong_check
from shuzhi.demo.population.errors import PopulationTooLarge

serials = st.integers(0, codes.FIRMS_LIMIT - 1)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
orders = st.integers(900, 995)


class TestUscc:
    def test_agrees_with_a_public_code(self):
        assert codes.uscc_check("91330100799655058") == "B"

    def test_agrees_with_an_organisation_code(self):
        assert codes.organisation_check("79965505") == "8"

    @given(serial=serials, seed=st.integers(0, 10**6), kind=st.sampled_from(["91", "92", "93"]))
    def test_is_valid_and_plainly_artificial(self, is_uscc, serial, seed, kind):
        code = codes.uscc(kind=kind, division="330110", serial=serial, seed=seed)

        assert len(code) == 18
        assert is_uscc(code)
        assert code.startswith(f"{kind}330110XX")

    @given(a=serials, b=serials, seed=st.integers(0, 10**6))
    def test_differs_for_different_serials(self, a, b, seed):
        assume(a != b)

        first, second = (codes.uscc(kind="91", division="330110", serial=s, seed=seed)[8:16] for s in (a, b))

        assert first != second

    def test_refuses_more_firms_than_codes(self):
        with pytest.raises(PopulationTooLarge):
            codes.uscc(kind="91", division="330110", serial=codes.FIRMS_LIMIT)

    @given(serial=serials, chance=st.integers())
    def test_a_wrong_check_character_never_passes(self, is_uscc, serial, chance):
        code = codes.uscc(kind="91", division="330110", serial=serial)

        assert not is_uscc(wrong_check(stream(chance), code))


class TestResidentNumber:
    def test_agrees_with_the_standard(self):
        assert codes.resident_check("11010519491231002") == "X"
        assert codes.resident_check("44052418800101001") == "4"

    @given(born=days, order=orders)
    def test_is_valid(self, is_resident_number, born, order):
        assert is_resident_number(codes.resident_number(division="330110", born=born, order=order))

    @given(born=days, order=orders, chance=st.integers())
    def test_a_transposition_never_passes(self, is_resident_number, born, order, chance):
        number = codes.resident_number(division="330110", born=born, order=order)

        typed = transposed(stream(chance), number)

        assert typed != number
        assert sorted(typed) == sorted(number)
        assert not is_resident_number(typed)


class TestOrderNumbers:
    def test_are_unique_in_a_cell_and_tell_the_sex(self):
        numbers = codes.OrderNumbers()

        men = [numbers.next(division="330110", born=date(1990, 1, 1), sex="男") for _ in range(48)]
        women = [numbers.next(division="330110", born=date(1990, 1, 1), sex="女") for _ in range(48)]

        assert sorted(men + women) == list(range(900, 996))
        assert all(n % 2 == 1 for n in men)

    def test_refuse_to_repeat_themselves(self):
        numbers = codes.OrderNumbers()
        for _ in range(48):
            numbers.next(division="330110", born=date(1990, 1, 1), sex="女")

        with pytest.raises(PopulationTooLarge):
            numbers.next(division="330110", born=date(1990, 1, 1), sex="女")
