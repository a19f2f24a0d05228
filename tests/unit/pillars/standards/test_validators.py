from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.standards import validators as v
from shuzhi.pillars.standards.validators import organisation_code, resident_id, uscc


@pytest.fixture(scope="module")
def firms(shared_data):
    path = shared_data / "enterprises_hangzhou" / "hangzhou_enterprises_1980_2019.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@st.composite
def usccs(draw):
    letter = st.sampled_from(uscc.ALPHABET)
    first = "".join(draw(st.lists(letter, min_size=2, max_size=2)))
    division = draw(st.from_regex(r"[0-9]{6}", fullmatch=True))
    core = "".join(draw(st.lists(letter, min_size=9, max_size=9)))
    return first + division + core + uscc.uscc_check_character(first + division + core)


@st.composite
def resident_ids(draw):
    division = draw(st.from_regex(r"[1-8][0-9]{5}", fullmatch=True))
    born_on = draw(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
    sequence = draw(st.integers(0, 999))
    first17 = f"{division}{born_on:%Y%m%d}{sequence:03}"
    return first17 + resident_id.resident_id_check_character(first17), born_on


class TestRegistry:
    @pytest.mark.parametrize("validator", v.VALIDATORS.values(), ids=lambda validator: validator.name)
    def test_accepts_its_own_example_and_refuses_nonsense(self, validator):
        assert validator(validator.example)
        assert not validator("不是一个值")
        assert not validator("")
        assert validator.title_zh
        assert validator.title_en
        assert validator.standard

    def test_has_the_names_that_schemas_use(self):
        assert set(v.VALIDATORS) >= {
            "uscc", "resident_id", "phone", "date", "datetime", "amount", "email", "postal_code", "division_code",
            "longitude", "latitude", "url",
        }  # fmt: skip

    @given(st.text(max_size=40))
    def test_no_text_breaks_a_validator(self, text):
        for validator in v.VALIDATORS.values():
            assert validator(text) in {True, False}
        checks = (v.check_uscc(text), v.check_resident_id(text), v.check_phone(text), v.check_amount(text))
        assert {check.reason for check in checks} - {""} <= set(v.REASONS)
        v.parse_date(text, excel_serials=True)

    @pytest.mark.parametrize(
        "text", ["1" * 1_000_000, "1," * 500_000, "- " * 500_000, "（" * 1_000_000, "a@" * 500_000]
    )
    def test_a_huge_cell_costs_little(self, text):
        start = time.process_time()
        for validator in v.VALIDATORS.values():
            validator(text)
        v.check_uscc(text)
        v.check_resident_id(text)
        assert time.process_time() - start < 5


class TestUscc:
    @given(usccs())
    def test_a_code_with_its_check_character_is_valid(self, code):
        assert v.check_uscc(code) == v.UsccCheck(valid=True)

    @given(usccs(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET + "IOSVZ"))
    def test_any_one_wrong_character_is_found(self, code, place, character):
        wrong = code[:place] + character + code[place + 1 :]
        assert v.is_uscc(wrong) == (wrong == code)

    @given(usccs())
    def test_only_the_writing_is_repaired(self, code):
        wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
        for text in (f" {code} ", code.lower(), wide, f"{code[:8]} {code[8:]}"):
            answer = v.check_uscc(text)
            if text != code:
                assert (answer.valid, answer.repaired, answer.reason) == (False, code, "writing")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("91350100M000100Y4", "length"),
            ("91350100M000100Y44", "check_character"),
            ("9I350100M000100Y43", "alphabet"),
            ("91A50100M000100Y43", "shape"),
        ],
    )
    def test_says_why_not(self, text, reason):
        assert v.check_uscc(text) == v.UsccCheck(valid=False, reason=reason)

    def test_real_codes(self, firms):
        answers = [v.check_uscc(row["统一社会信用代码"]) for row in firms]
        assert Counter(a.reason for a in answers) == {"": 31_503, "writing": 6}
        assert all(a.valid or v.is_uscc(a.repaired) for a in answers)


class TestOrganisationCode:
    @given(st.text(organisation_code.ALPHABET, min_size=8, max_size=8))
    def test_a_code_with_its_check_character_is_valid(self, first8):
        check = organisation_code.organisation_check_character(first8)
        assert v.is_organisation_code(first8 + check)
        assert v.is_organisation_code(f"{first8}-{check}")
        assert not v.is_organisation_code(first8 + ("0" if check != "0" else "1"))


class TestResidentId:
    @given(resident_ids())
    def test_a_number_with_its_check_character_is_valid_and_tells_its_facts(self, drawn):
        number, born_on = drawn
        answer = v.check_resident_id(number)
        assert (answer.valid, answer.born_on, answer.division) == (True, born_on, number[:6])
        assert answer.sex == ("1" if int(number[16]) % 2 else "2")

    @given(resident_ids(), st.integers(0, 17), st.sampled_from(resident_id.ALPHABET))
    def test_any_one_wrong_character_is_found(self, drawn, place, character):
        number, _ = drawn
        wrong = number[:place] + character + number[place + 1 :]
        assert v.is_resident_id(wrong) == (wrong == number)

    @given(resident_ids())
    def test_a_15_digit_number_is_brought_up_to_the_standard(self, drawn):
        number, born_on = drawn
        old = number[:6] + number[8:17]
        answer = v.check_resident_id(old)
        if answer.reason in {"birth_date", "shape"}:  # 29 February exists in 2000 and not in 1900
            return
        assert (answer.valid, answer.reason) == (False, "old_15_digits")
        century = 18 if old[12:] in {"996", "997", "998", "999"} else 19
        assert answer.born_on == born_on.replace(year=century * 100 + born_on.year % 100)
        assert v.is_resident_id(answer.repaired)

    def test_says_why_not(self):
        good = "11010519491231002X"
        assert v.check_resident_id(good.lower()).repaired == good
        assert v.check_resident_id("110105194912310021").reason == "check_character"
        assert v.check_resident_id("11010519490231002X").reason == "birth_date"
        assert v.check_resident_id(good[:-1]).reason == "length"
        assert v.check_resident_id("A1010519491231002X").reason == "shape"
        assert v.check_resident_id(good, today=date(1949, 1, 1)).reason == "future_birth_date"

    def test_the_division_is_looked_up_only_on_request(self):
        seen = []

        def nowhere(code, day):
            seen.append((code, day))
            return False

        answer = v.check_resident_id("11010519491231002X", known_division=nowhere)
        assert (answer.valid, answer.reason, answer.repaired) == (False, "division", None)
        assert seen == [("110105", date(1949, 12, 31))]


class TestPhone:
    @pytest.mark.parametrize(
        ("text", "kind", "number", "extension"),
        [
            ("13800138000", "mobile", "13800138000", None),
            ("+86 138 0013 8000", "mobile", "13800138000", None),
            ("0086-13800138000", "mobile", "13800138000", None),
            ("0571-87654321", "landline", "057187654321", None),
            ("（0571）87654321", "landline", "057187654321", None),
            ("+86-571-87654321", "landline", "057187654321", None),
            ("0571-87654321-8001", "landline", "057187654321", "8001"),
            ("0571-87654321转12", "landline", "057187654321", "12"),
            ("010-65129999", "landline", "01065129999", None),
            ("400-123-4567", "service", "4001234567", None),
            ("95588", "service", "95588", None),
            ("12345", "short", "12345", None),
        ],
    )
    def test_kinds(self, text, kind, number, extension):
        assert v.check_phone(text) == v.PhoneCheck(valid=True, kind=kind, number=number, extension=extension)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("87654321", "area_code"),
            ("1380013800", "length"),
            ("12800138000", "length"),
            ("电话", "characters"),
        ],
    )
    def test_says_why_not(self, text, reason):
        assert v.check_phone(text) == v.PhoneCheck(valid=False, reason=reason)


class TestDates:
    @given(st.dates(date(1000, 1, 1)))
    def test_every_way_of_writing_a_day(self, day):
        year, month, number = day.year, day.month, day.day
        for text in (
            day.isoformat(), f"{day:%Y%m%d}", f"{year}/{month}/{number}", f"{year}.{month:02}.{number:02}",
            f"{year}年{month}月{number}日", f" {year}-{month}-{number} ", f"{day} 17:31:20",
        ):  # fmt: skip
            assert v.parse_date(text) == day

    @given(st.datetimes(datetime(1000, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)))  # noqa: DTZ001
    def test_every_way_of_writing_a_moment(self, moment):
        assert v.parse_datetime(moment.isoformat()) == moment
        whole = moment.replace(microsecond=0)
        assert v.parse_datetime(whole.isoformat(" ").removesuffix("+00:00"), zone=UTC) == whole

    @pytest.mark.parametrize(
        "text",
        ["28/02/2019", "02/03/2019", "2019-02-30", "2019-13-01", "19-02-28", "2019-02", "43524", "2019/2-3",
         "2019-02-28 25:00", "2019-02-28 garbage", "20190229", "٢٠١٩-02-28"],
    )  # fmt: skip
    def test_nothing_is_guessed(self, text):
        assert v.parse_date(text) is None

    def test_excel_serials_only_on_request(self):
        assert v.parse_date("43524", excel_serials=True) == date(2019, 2, 28)
        assert v.parse_date("43524.73", excel_serials=True) == date(2019, 2, 28)
        assert v.parse_date("60", excel_serials=True) is None
        assert v.parse_date("20190228", excel_serials=True) == date(2019, 2, 28)

    def test_a_moment_without_offset_is_chinese_time(self):
        assert v.parse_datetime("2017-06-08 17:31:20").astimezone(UTC) == datetime(
            2017, 6, 8, 9, 31, 20, tzinfo=UTC
        )
        assert v.parse_datetime("2017-06-08") is None

    def test_real_days(self, firms):
        assert all(v.parse_date(row["注册日期"]) for row in firms)


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "value", "currency", "stated"),
        [
            ("534(万元人民币)", "5340000", "CNY", True),
            ("515.5万人民币", "5155000", "CNY", True),
            ("30(万)", "300000", "CNY", False),
            ("602.4002(万美元)", "6024002", "USD", True),
            ("5,180(万元人民币)", "51800000", "CNY", True),
            ("10万人民币元", "100000", "CNY", True),
            ("1(万元(人民币))", "10000", "CNY", True),
            ("1,234,567.8(万日元)", "12345678000", "JPY", True),
            ("5(万法国法郎)", "50000", "FRF", True),
            ("7（万港元）", "70000", "HKD", True),
            ("￥1,234.50", "1234.5", "CNY", True),
            ("人民币500万元整", "5000000", "CNY", True),
            ("USD 2.5亿元", "250000000", "USD", True),
            ("12", "12", "CNY", False),
        ],
    )
    def test_notations(self, text, value, currency, stated):
        assert v.parse_amount(text) == v.Amount(Decimal(value), currency, text, stated=stated)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("-", "missing"), ("N/A", "missing"), ("", "missing"), ("1,23", "not_an_amount"),
            ("五百万元", "not_an_amount"), ("5万(美元", "not_an_amount"), ("美元5万港元", "two_currencies"),
            ("[column shift: person name removed]", "not_an_amount"),
        ],
    )  # fmt: skip
    def test_says_why_not(self, text, reason):
        assert v.check_amount(text) == v.AmountCheck(None, reason)

    @given(
        st.decimals(0, 10**9, places=4),
        st.sampled_from(["", "万", "亿", "千", "百万"]),
        st.sampled_from([("美元", "USD"), ("元人民币", "CNY"), ("日元", "JPY"), ("法国法郎", "FRF")]),
        st.sampled_from(["{n:f}({u}{c})", "{n:f}{u}{c}", "{n:,f}（{u}{c}）", "{c}{n:f}{u}"]),
    )
    def test_comes_back_exactly(self, number, unit, currency, shape):
        scale = {"": 1, "万": 10**4, "亿": 10**8, "千": 1000, "百万": 10**6}[unit]
        amount = v.parse_amount(shape.format(n=number, u=unit, c=currency[0]))
        assert (amount.value, amount.currency) == (number * scale, currency[1])
        assert "E" not in str(amount.value)

    def test_a_number_too_long_to_be_exact_is_refused(self):
        assert v.check_amount("1" * 21).reason == "not_an_amount"
        assert v.parse_amount("1" * 20 + "万").value == Decimal("1" * 20 + "0000")

    def test_every_real_capital_is_read_or_listed(self, firms):
        answers = [(row["注册资金"], v.check_amount(row["注册资金"])) for row in firms]
        listed = Counter(text for text, answer in answers if answer.amount is None)
        assert listed == {"N/A": 7_367, "-": 11, "[column shift: person name removed]": 2}
        assert sum(answer.amount is not None for _, answer in answers) == 24_129


class TestText:
    def test_firm_names_compare_in_one_form(self):
        assert v.normalise_firm_name("杭州Ａbc（中国） 有限公司") == "杭州ABC(中国)有限公司"
        assert v.normalise_firm_name("甲〔乙〕公司") == v.normalise_firm_name("甲(乙)公司")

    @given(st.text())
    def test_normalising_twice_changes_nothing_more(self, text):
        once = v.normalise_firm_name(text)
        assert v.normalise_firm_name(once) == once


class TestPositions:
    @pytest.mark.parametrize("text", ["330110", "330110001", "330110001051", "710000"])
    def test_division_codes(self, text):
        assert v.is_division_code(text)

    @pytest.mark.parametrize("text", ["33011", "3301101", "990110", "33011x"])
    def test_not_division_codes(self, text):
        assert not v.is_division_code(text)

    def test_degrees(self):
        assert v.is_longitude("120.1")
        assert not v.is_longitude("181")
        assert not v.is_latitude("120.1")


class TestNetwork:
    @pytest.mark.parametrize("text", ["http://gov.cn", "https://a.b/c?d=e#f", "http://[::1]:80/"])
    def test_addresses(self, text):
        assert v.is_url(text)

    @pytest.mark.parametrize(
        "text", ["gov.cn", "javascript:alert(1)", "http://", "http://a b", "http://a:x/"]
    )
    def test_not_addresses(self, text):
        assert not v.is_url(text)

    @pytest.mark.parametrize("text", ["a@b", "@b.cn", "a b@c.cn", "a@b@c.cn", "a..b@c.cn"])
    def test_not_mail(self, text):
        assert not v.is_email(text)
