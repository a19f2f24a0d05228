"""What goes wrong between a true value and a row: the kinds of error, and the hands that make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from shuzhi.demo.population.chance import Weighted, pick
from shuzhi.demo.population.codes import USCC_ALPHABET


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One kind of error. A `blocking` one breaks the contract or an error rule; the others can be read or repaired."""

    zh: str
    en: str
    blocking: bool = False


KINDS: dict[str, ErrorKind] = {
    "code_lower": ErrorKind("代码含小写字母", "code in lower case"),
    "code_spaces": ErrorKind("代码中有空格", "spaces in the code"),
    "code_fullwidth": ErrorKind("代码为全角字符", "code in full-width characters"),
    "code_wrong": ErrorKind("代码校验位不符", "code fails its check digit", blocking=True),
    "code_missing": ErrorKind("代码缺失", "code missing where it is required", blocking=True),
    "code_absent": ErrorKind("本来源没有代码", "this source has no code for the firm"),
    "name_missing": ErrorKind("名称缺失", "name missing where it is required", blocking=True),
    "name_absent": ErrorKind("本来源没有名称", "this source has no name for the firm"),
    "name_halfwidth": ErrorKind("名称括号为半角", "half-width brackets in the name"),
    "name_spaces": ErrorKind("名称中有空格", "spaces in the name"),
    "name_stale": ErrorKind("使用曾用名", "a former name"),
    "name_short": ErrorKind("名称缺行政区划", "name without its division"),
    "name_homophone": ErrorKind("姓名同音错字", "a homophone in a person's name"),
    "division_former": ErrorKind("住址使用旧区划名", "address in a division that has changed"),
    "address_short": ErrorKind("住址缺城市名", "address without the city"),
    "address_missing": ErrorKind("住址缺失", "address missing"),
    "capital_absent": ErrorKind("注册资本为 N/A", "capital given as N/A"),
    "capital_unit": ErrorKind("注册资本单位不一", "capital in another unit or notation"),
    "capital_unreadable": ErrorKind("注册资本无法解析", "capital that is no amount", blocking=True),
    "date_format": ErrorKind("日期格式不一", "date in another notation"),
    "date_impossible": ErrorKind("日期不存在", "a day that does not exist", blocking=True),
    "date_future": ErrorKind("日期晚于提供日", "a day in the future", blocking=True),
    "ragged": ErrorKind("字段未加引号，多出一列", "an unquoted comma: one cell too many", blocking=True),
    "phone_missing": ErrorKind("电话缺失", "telephone missing"),
    "phone_wrong": ErrorKind("电话号码位数不对", "telephone of the wrong length"),
    "number_text": ErrorKind("数字带单位", "a number written with its unit", blocking=True),
    "id_transposed": ErrorKind(
        "身份证号两位颠倒", "two digits of the resident number swapped", blocking=True
    ),
    "id_lower": ErrorKind("身份证号小写 x", "resident number with a small x"),
    "id_fullwidth": ErrorKind("身份证号为全角", "resident number in full-width digits"),
    "id_15": ErrorKind("15 位旧身份证号", "resident number of the old 15 digits", blocking=True),
    "id_missing": ErrorKind("身份证号缺失", "resident number missing", blocking=True),
    "sex_mismatch": ErrorKind("性别与身份证号不符", "sex disagrees with the resident number"),
    "birth_mismatch": ErrorKind("出生日期与身份证号不符", "birth day disagrees with the resident number"),
    "duplicate_exact": ErrorKind("完全重复", "the same row again"),
    "duplicate_near": ErrorKind("近似重复", "the same entity again, written differently"),
}


def is_blocking(errors: list[str] | tuple[str, ...]) -> bool:
    """Whether a row with these errors can't be accepted as it stands."""
    return any(KINDS[kind].blocking for kind in errors)


def fullwidth(text: str) -> str:
    """Letters and digits in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def halfwidth_brackets(text: str) -> str:
    """Chinese brackets as ASCII ones."""
    return text.replace("（", "(").replace("）", ")")


def spaced(chance: Random, text: str) -> str:
    """The text with a space inside and one behind."""
    place = 1 + int(chance.random() * (len(text) - 1))
    return f"{text[:place]} {text[place:]} "


def wrong_check(chance: Random, code: str) -> str:
    """The code with another last character: certain to fail its check."""
    return code[:-1] + pick(chance, USCC_ALPHABET.replace(code[-1], ""))


def transposed(chance: Random, number: str) -> str:
    """The resident number with two different neighbours swapped in its last digits.

    Every such swap fails the check: neighbouring weights of GB 11643 differ by no multiple of 11. There is always one to
    make: the month begins with 0 or 1 and the order number with 9.
    """
    places = [p for p in range(10, 16) if number[p] != number[p + 1]]
    place = places[int(chance.random() * len(places))]
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def other_date(chance: Random, day: date) -> str:
    """The day in one of the other notations that departments use."""
    return pick(
        chance,
        (
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
            f"{day.year}.{day.month:02d}.{day.day:02d}",
        ),
    )


_DATE_ERRORS = Weighted({"": 0.914, "date_format": 0.08, "date_impossible": 0.003, "date_future": 0.003})


def damage_date(chance: Random, day: date, today: date) -> tuple[str, str]:
    """The day as text and the error made in it, or an empty string."""
    error = _DATE_ERRORS.draw(chance)
    text = {
        "date_impossible": f"{day.year}-02-30",
        "date_future": f"{today.year + 10}-{day:%m}-15",
        "": day.isoformat(),
    }.get(error)
    return (other_date(chance, day) if text is None else text), error


_CODE_ERRORS = Weighted(
    {
        "": 0.935,
        "code_lower": 0.012,
        "code_spaces": 0.02,
        "code_fullwidth": 0.01,
        "code_wrong": 0.017,
        "code_missing": 0.006,
    }
)


def damage_code(chance: Random, code: str) -> tuple[str, str]:
    """The credit code as typed and the error made in it; lower case only shows when the code has letters."""
    match error := _CODE_ERRORS.draw(chance):
        case "code_lower":
            return code.lower(), error
        case "code_spaces":
            return spaced(chance, code), error
        case "code_fullwidth":
            return fullwidth(code), error
        case "code_wrong":
            return wrong_check(chance, code), error
        case "code_missing":
            return "", error
    return code, ""


_ID_ERRORS = Weighted(
    {
        "": 0.974,
        "id_transposed": 0.01,
        "id_lower": 0.005,
        "id_fullwidth": 0.005,
        "id_15": 0.004,
        "id_missing": 0.002,
    }
)


def damage_id(chance: Random, number: str) -> tuple[str, str]:
    """The resident number as typed and the error made in it."""
    match error := _ID_ERRORS.draw(chance):
        case "id_transposed":
            return transposed(chance, number), error
        case "id_lower" if number.endswith("X"):
            return number.lower(), error
        case "id_fullwidth":
            return fullwidth(number), error
        case "id_15" if number[6:8] == "19":
            return number[:6] + number[8:17], error
        case "id_missing":
            return "", error
    return number, ""
