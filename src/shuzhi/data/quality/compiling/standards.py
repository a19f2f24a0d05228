"""Standards as expressions (规范性表达式): the same text runs on DuckDB, Spark and PostgreSQL.

Digits are never cast: one stray letter would stop the whole scan. A character's value is its place in the
standard's alphabet. Each expression agrees with the validator of the same name (a test tries both). The
forms that no expression says well (phone, e-mail, URL, degrees, and dates or amounts kept as text) run the
validator itself inside the scan, once for every distinct value of a block of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any, cast

from shuzhi.data.quality.compiling.scope import HoldsOn
from shuzhi.pillars.standards.validators import VALIDATORS, organisation_code, positions, resident_id, uscc

Expression = Callable[[Any], Any]
DIGITS = "0123456789"
_NUMBERS = count()

# Days that exist, from 1800 on: a pattern costs a tenth of the arithmetic.
_YEAR = "(?:1[89]|[2-9][0-9])[0-9]{2}"
_LEAP_YEAR = "(?:(?:1[89]|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
_BIRTH_DATE = (
    f"{_YEAR}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)"
    f"|02(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}0229"
)


def is_uscc(text: Any) -> Any:
    """Unified social credit code, GB 32100: alphabet, digits of the division, check character."""
    letters = f"[{uscc.ALPHABET}]"
    shaped = _matches(text, f"{letters}{{2}}[0-9]{{6}}{letters}{{10}}")
    total = _weighted(text, uscc.ALPHABET, uscc.WEIGHTS)
    check = _place(text, uscc.LENGTH - 1, uscc.ALPHABET)
    return shaped & ((total + check) % len(uscc.ALPHABET) == 0)


def is_resident_id(text: Any) -> Any:
    """Resident identity number, GB 11643: shape, a birth date that exists, ISO 7064 check character."""
    shaped = _matches(text, f"[1-9][0-9]{{5}}(?:{_BIRTH_DATE})[0-9]{{3}}[0-9X]")
    total = _weighted(text, DIGITS, resident_id.WEIGHTS)
    check = _place(text, 17, resident_id.ALPHABET)
    return shaped & ((total + check) % 11 == 1)


def is_organisation_code(text: Any) -> Any:
    """Organisation code, GB 11714, with or without its hyphen."""
    shaped = _matches(text, "[0-9A-Z]{8}-?[0-9X]")
    total = _weighted(text, organisation_code.ALPHABET, organisation_code.WEIGHTS)
    check = _find("0123456789X", text.substr(text.length() - 1, 1))
    return shaped & ((total + check) % 11 == 0)


def is_division_code(text: Any) -> Any:
    """Division code of 6, 9 or 12 digits in one of the 34 provinces."""
    shaped = _matches(text, "[0-9]{6}([0-9]{3}([0-9]{3})?)?")
    return shaped & text.substr(0, 2).isin(sorted(positions.PROVINCES))


def is_postal_code(text: Any) -> Any:
    """Postal code of six digits."""
    return _matches(text, "[0-8][0-9]{5}") & (text != "000000")


EXPRESSIONS: Mapping[str, Expression] = MappingProxyType(
    {
        "uscc": is_uscc,
        "resident_id": is_resident_id,
        "organisation_code": is_organisation_code,
        "division_code": is_division_code,
        "postal_code": is_postal_code,
    }
)


def expression_for(standard: str | None) -> Expression | None:
    """The expression of a standard, or its validator as a function of the engine; None for unknown names."""
    if standard is None or standard not in VALIDATORS:
        return None
    return EXPRESSIONS.get(standard) or by_validator(standard)


@cache
def by_validator(standard: str) -> Expression:
    """A validator as a function that DuckDB and Spark call with blocks of a column."""
    import ibis

    accepts = VALIDATORS[standard]

    def accepted(texts: Any) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        coded = whole.dictionary_encode()
        answers = pa.array([accepts(str(text)) for text in coded.dictionary.to_pylist()], pa.bool_())
        return pc.take(answers, coded.indices)

    accepted.__name__ = f"keeps_{standard}"
    return cast("Expression", ibis.udf.scalar.pyarrow(accepted, signature=(("string",), "boolean")))


def by_day(holds: HoldsOn) -> Callable[[Any, Any], Any]:
    """Whether a code held on a day, as a function that the engine calls with blocks of two columns; each pair is asked once."""
    import ibis

    asked = cache(holds)

    def held(codes: Any, days: Any) -> Any:
        import pyarrow as pa

        pairs = zip(codes.to_pylist(), days.to_pylist(), strict=True)
        return pa.array(
            [None if code is None or day is None else asked(str(code), day) for code, day in pairs],
            pa.bool_(),
        )

    held.__name__ = f"held_{next(_NUMBERS)}"  # two lists in one scan are two functions
    return cast(
        "Callable[[Any, Any], Any]",
        ibis.udf.scalar.pyarrow(held, signature=(("string", "date"), "boolean")),
    )


def _matches(text: Any, pattern: str) -> Any:
    return text.re_search(f"^(?:{pattern})$") & ~text.contains("\n")


def _weighted(text: Any, alphabet: str, weights: tuple[int, ...]) -> Any:
    total = _place(text, 0, alphabet) * weights[0]
    for index, weight in enumerate(weights[1:], start=1):
        total = total + _place(text, index, alphabet) * weight
    return total


def _place(text: Any, index: int, alphabet: str) -> Any:
    return _find(alphabet, _substr()(text, index + 1, 1))


@cache
def _substr() -> Any:
    """`substr(text, first, length)` counted from 1, as every engine has it; Ibis's own wraps it in a CASE a character."""
    import ibis

    def substr(text: Any, first: Any, length: Any) -> Any: ...

    return ibis.udf.scalar.builtin(substr, signature=(("string", "int64", "int64"), "string"))


def _find(alphabet: str, character: Any) -> Any:
    import ibis

    return ibis.literal(alphabet).find(character)
