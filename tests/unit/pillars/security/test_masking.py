"""Masking, walked over every grade, clearance and mask."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.security.masking import as_seen, mask_value
from shuzhi.pillars.security.types import Grade, Mask

KEY = b"k" * 32
HIDING = [mask for mask in Mask if mask is not Mask.NONE]


@pytest.mark.parametrize(("grade", "clearance", "mask"), list(itertools.product(Grade, Grade, Mask)))
def test_every_grade_against_every_clearance(grade, clearance, mask):
    seen = as_seen("13812345678", grade=grade, mask=mask, clearance=clearance, key=KEY)

    if grade <= clearance:
        assert seen == "13812345678"
    else:
        assert (
            seen
            == {
                Mask.NONE: None,
                Mask.DROP: None,
                Mask.PARTIAL: "138****5678",
                Mask.HASH: mask_value("13812345678", mask=Mask.HASH, key=KEY),
                Mask.GENERALISE: "10000000000±",
                Mask.TOKEN: mask_value("13812345678", mask=Mask.TOKEN, key=KEY),
                Mask.SHIFT: None,  # a phone is no day
                Mask.NOISE: mask_value("13812345678", mask=Mask.NOISE, key=KEY),
            }[mask]
        )


@pytest.mark.parametrize(
    ("value", "expected"),
    [("张", "*"), ("张三", "张*"), ("11010519491231002X", "1101**********002X"), ("2020-05-06", "2***")],
)
def test_partial_keeps_what_tells_values_apart(value, expected):
    if value == "2020-05-06":
        expected = "20******06"
    assert mask_value(value, mask=Mask.PARTIAL, key=KEY) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("2020-05-06", "2020"), ("5340000", "5000000±"), ("某", "…")]
)
def test_generalise_gives_the_larger_class(value, expected):
    assert mask_value(value, mask=Mask.GENERALISE, key=KEY) == expected


@given(
    value=st.text(alphabet=st.characters(exclude_characters="*…±–"), min_size=1), mask=st.sampled_from(HIDING)
)
def test_a_hidden_value_is_never_given_whole(value, mask):
    seen = as_seen(value, grade=Grade.L3, mask=mask, clearance=Grade.L2, key=KEY)

    assert seen is None or (seen != value and (len(value) < 2 or value not in str(seen)))


@given(value=st.dictionaries(st.text(), st.text()) | st.lists(st.text()), mask=st.sampled_from(list(Mask)))
def test_a_value_with_parts_is_left_out(value, mask):
    assert as_seen(value, grade=Grade.L2, mask=mask, clearance=Grade.L1, key=KEY) is None


def test_hashes_join_only_under_the_same_key():
    one = mask_value("13812345678", mask=Mask.HASH, key=KEY)

    assert one == mask_value("13812345678", mask=Mask.HASH, key=KEY)
    assert one != mask_value("13812345678", mask=Mask.HASH, key=b"other" * 8)


@given(value=st.text(min_size=1), key=st.binary(min_size=1))
def test_partial_keeps_the_length_and_hashes_have_one_length(value, key):
    assert len(mask_value(value, mask=Mask.PARTIAL, key=key)) == len(value)
    assert len(mask_value(value, mask=Mask.HASH, key=key)) == 32
    assert mask_value(value, mask=Mask.DROP, key=key) is None


@given(value=st.integers(0, 10**12))
def test_a_generalised_number_tells_no_more_than_its_class(value):
    text = str(value)
    first_of_class = text[0] + "0" * (len(text) - 1) if len(text) > 1 else "0"

    assert mask_value(text, mask=Mask.GENERALISE, key=KEY) == mask_value(
        first_of_class, mask=Mask.GENERALISE, key=KEY
    )
