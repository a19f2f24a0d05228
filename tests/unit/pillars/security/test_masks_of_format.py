"""Masks that keep the format: FF1 against NIST's samples, tokens, shifted days, noise, larger classes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shuzhi.pillars.security.masking import MaskTerms, mask_value
from shuzhi.pillars.security.masking.ff1 import FF1
from shuzhi.pillars.security.masking.shifting import offset
from shuzhi.pillars.security.masking.terms import Level
from shuzhi.pillars.security.masking.tokens import MOBILE, RESIDENT, SHAPES, USCC, token
from shuzhi.pillars.security.types import Mask
from shuzhi.pillars.standards.validators.phone import is_phone
from shuzhi.pillars.standards.validators.resident_id import is_resident_id
from shuzhi.pillars.standards.validators.uscc import is_uscc

KEY = b"k" * 32
K128 = "2B7E151628AED2A6ABF7158809CF4F3C"
K192 = K128 + "EF4359D8D580AA4F"
K256 = K192 + "7F036D6F04FC6A94"
DIGITS, LETTERS = "0123456789", "0123456789abcdefghi"
T10, T36 = "39383736353433323130", "3737373770717273373737"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("key", "radix", "tweak", "plain", "secret"),
    [
        (K128, 10, "", DIGITS, "2433477484"),
        (K128, 10, T10, DIGITS, "6124200773"),
        (K128, 36, T36, LETTERS, "a9tv40mll9kdu509eum"),
        (K192, 10, "", DIGITS, "2830668132"),
        (K192, 10, T10, DIGITS, "2496655549"),
        (K192, 36, T36, LETTERS, "xbj3kv35jrawxv32ysr"),
        (K256, 10, "", DIGITS, "6657667009"),
        (K256, 10, T10, DIGITS, "1001623463"),
        (K256, 36, T36, LETTERS, "xs8a0azh2avyalyzuwd"),
    ],
)
def test_ff1_gives_the_samples_of_sp_800_38g(key, radix, tweak, plain, secret):
    cipher = FF1(bytes.fromhex(key))
    made = cipher.encrypt(int(plain, radix), radix=radix, length=len(plain), tweak=bytes.fromhex(tweak))
    assert made == int(secret, radix)


def test_ff1_refuses_domains_that_could_be_tried_out():
    with pytest.raises(ValueError):
        FF1(KEY).encrypt(1, radix=10, length=5)
    with pytest.raises(ValueError):
        FF1(KEY).encrypt(10**6, radix=10, length=6)


residents = st.integers(0, RESIDENT.size - 1).map(lambda number: RESIDENT.text(number, ""))
firms = st.integers(0, USCC.size - 1).map(lambda number: USCC.text(number, "91"))
mobiles = st.integers(0, MOBILE.size - 1).map(lambda number: MOBILE.text(number, ""))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@given(data=st.data())
def test_a_shape_numbers_its_members_without_gaps(shape, data):
    number = data.draw(st.integers(0, shape.size - 1))
    text = shape.text(number, "91")
    assert shape.has(text)
    assert shape.number(text) == number


@given(residents)
def test_a_resident_number_stays_one(value):
    made = token(value, key=KEY)
    assert is_resident_id(made)
    assert made != value
    assert made == token(value, key=KEY) != token(value, key=b"other" * 8)


@given(firms)
def test_a_firms_code_stays_one_of_its_kind(value):
    made = token(value, key=KEY)
    assert is_uscc(made)
    assert (made[:2], made != value) == ("91", True)


@given(mobiles)
def test_a_mobile_number_stays_one(value):
    made = token(value, key=KEY)
    assert is_phone(made)
    assert (len(made), made != value) == (11, True)


@given(
    st.lists(
        residents | firms | mobiles | st.text("0123456789张三李四AB-", min_size=8), unique=True, max_size=30
    )
)
def test_no_two_values_share_a_token(values):
    made = [token(value, key=KEY) for value in values]
    whole = [text for text in made if "*" not in text]
    assert len(set(whole)) == len(whole)


@given(
    st.text("0123456789", min_size=6, max_size=30)
    | st.text("ABCXYZ", min_size=5)
    | st.text("欧阳锋张三", min_size=3)
)
def test_a_token_keeps_length_and_classes_and_never_the_value(value):
    made = token(value, key=KEY)
    assert len(made) == len(value)
    assert made != value
    assert made.isdigit() == value.isdigit() or USCC.has(value)  # which also has letters
    assert not any(shape.has(made) for shape in SHAPES if not shape.has(value))


@pytest.mark.parametrize("value", ["", "7", "12345", "Иванов Иван 1234567", "😀😀", "x" * 4])
def test_what_could_be_tried_out_or_has_unknown_letters_becomes_asterisks(value):
    assert set(token(value, key=KEY)) <= {"*"}


@given(
    value=st.text(st.characters()),
    mask=st.sampled_from(list(Mask)),
    subject=st.none() | st.text(),
    level=st.sampled_from(list(Level)),
)
def test_no_mask_breaks_on_any_text(value, mask, subject, level):
    terms = MaskTerms(to=level)
    made = mask_value(value, mask=mask, key=KEY, terms=terms, subject=subject)
    assert made is None or isinstance(made, str)
    assert made == mask_value(value, mask=mask, key=KEY, terms=terms, subject=subject)


@given(
    value=st.text(st.characters(categories=("L", "N", "P")), min_size=12),
    mask=st.sampled_from([m for m in Mask if m is not Mask.NONE]),
)
def test_a_long_value_never_comes_through(value, mask):
    assume(not set(value) <= set("*"))
    assert mask_value(value, mask=mask, key=KEY, subject="s") != value or not any(c.isalnum() for c in value)


days = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(subject=st.text(min_size=1), one=days, other=days)
def test_shifting_keeps_the_interval_between_two_days_of_a_subject(subject, one, other):
    made = [
        date.fromisoformat(mask_value(day.isoformat(), mask=Mask.SHIFT, key=KEY, subject=subject))
        for day in (one, other)
    ]
    assert made[1] - made[0] == other - one
    assert one != made[0]
    assert abs(made[0] - one) <= timedelta(days=180)


def test_shifting_keeps_the_time_of_day_and_knows_no_day_without_its_subject():
    moved = mask_value("2020-05-06T07:08:09+00:00", mask=Mask.SHIFT, key=KEY, subject="s")
    assert moved.endswith("T07:08:09+00:00")
    for value, subject in (
        ("2020-05-06", None),
        ("2020-05-06", ""),
        ("not a day", "s"),
        ("2020-13-40", "s"),
        ("9999-12-31", "far"),
    ):
        made = mask_value(value, mask=Mask.SHIFT, key=KEY, subject=subject)
        assert made is None or value == "9999-12-31"


def test_shifts_differ_between_subjects_and_are_never_nothing():
    offsets = [offset(str(number), MaskTerms(days=30), key=KEY) for number in range(2000)]
    assert set(offsets) == set(range(-30, 31)) - {0}


@given(st.integers(-(10**12), 10**12), st.text(max_size=5))
def test_noise_is_bounded_and_never_nothing(number, subject):
    made = Decimal(mask_value(str(number), mask=Mask.NOISE, key=KEY, subject=subject))
    assert 0 < abs(made - number) <= 20
    assert made.as_tuple().exponent == 0
    assert number < 0 or made >= 0


def test_noise_has_the_scale_that_is_declared():
    terms = MaskTerms(epsilon=Decimal(1), sensitivity=Decimal(10), bound=Decimal(1000))
    drawn = [
        Decimal(mask_value("50000.00", mask=Mask.NOISE, key=KEY, terms=terms, subject=str(n))) - 50000
        for n in range(4000)
    ]
    assert abs(sum(drawn) / len(drawn)) < 1  # centred
    assert 9 < sum(abs(each) for each in drawn) / len(drawn) < 11  # the mean of |Laplace(10)| is 10


@pytest.mark.parametrize(
    ("value", "terms", "made"),
    [
        ("2020-05-06", {"to": "month"}, "2020-05"),
        ("2020-05-06T10:00:00", {"to": "year"}, "2020"),
        ("no day", {"to": "year"}, None),
        ("浙江省杭州市余杭区文一西路1号", {"to": "district"}, "浙江省杭州市余杭区"),
        ("余杭区文一西路1号", {"to": "district"}, "余杭区"),
        ("浙江省杭州市建德市新安江街道", {"to": "district"}, "浙江省杭州市建德市"),
        ("桐庐县", {"to": "district"}, None),
        ("某处", {"to": "district"}, None),
        ("37", {"to": "band"}, "30–40"),
        ("-1", {"to": "band"}, "-10–0"),
        ("1999.5", {"to": "band", "band": "500"}, "1500–2000"),
        ("many", {"to": "band"}, None),
    ],
)
def test_generalising_goes_to_the_level_that_is_declared(value, terms, made):
    assert mask_value(value, mask=Mask.GENERALISE, key=KEY, terms=MaskTerms(**terms)) == made
