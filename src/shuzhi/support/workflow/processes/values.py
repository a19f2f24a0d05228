"""A case's variables as JSON (流程变量): numbers and days come back as what they were."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any

from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.workflow.errors import ValuesUnusable

NUMBER, MOMENT, PLAIN = "$number", "$moment", "$plain"
_EXACT = 2**53
MOST_CHARACTERS = 4_000_000  # of all that a case knows
MOST_VALUES = 200_000
MOST_DEPTH = 48


def kept(value: Any) -> Any:
    """What `stored` makes, of values that come from outside or out of an expression.

    Raises:
        ValuesUnusable: too much, too deep, or nothing that can be kept; found before any of it is copied.
    """
    weigh(value)
    try:
        return stored(value)
    except (TypeError, DecimalException) as error:
        raise ValuesUnusable(why=f"no value of FEEL ({error})", why_zh="含有无法保存的值") from error


def weigh(value: Any, *, most: int = MOST_CHARACTERS) -> None:
    """Refuse what is larger than a case may be, however often one text stands in it.

    Raises:
        ValuesUnusable: too many values, too many characters, too deep.
    """
    characters, values, waiting = 0, 0, [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        values += 1
        if isinstance(found, str):
            characters += len(found)
        elif isinstance(found, Mapping):
            characters += sum(len(str(key)) for key in found)
            waiting += [(each, depth + 1) for each in found.values()]
        elif isinstance(found, (list, tuple)):
            waiting += [(each, depth + 1) for each in found]
        if depth > MOST_DEPTH:
            raise ValuesUnusable(why=f"deeper than {MOST_DEPTH} levels", why_zh=f"嵌套超过 {MOST_DEPTH} 层")
        if characters > most or values + len(waiting) > MOST_VALUES:
            why = f"more than {most:,d} characters or {MOST_VALUES:,d} values"
            raise ValuesUnusable(
                why=why, why_zh=f"超过 {most // 10_000} 万字或 {MOST_VALUES // 10_000} 万个值"
            )


def stored(value: Any) -> Any:
    """A FEEL value, or any Python value that FEEL knows, as JSON.

    Raises:
        TypeError: FEEL knows nothing of the kind.
    """
    value = feel.from_python(value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < _EXACT
        return int(value) if whole else {NUMBER: str(value)}
    if isinstance(value, list):
        return [stored(item) for item in value]
    if isinstance(value, dict):
        made = {key: stored(item) for key, item in value.items()}
        return {PLAIN: made} if len(made) == 1 and made.keys() <= {NUMBER, MOMENT, PLAIN} else made
    if isinstance(value, (feel.Range, feel.Function)):
        raise TypeError(type(value).__name__)
    return {MOMENT: feel.text_of(value)}


def restored(value: Any) -> Any:
    """The FEEL value of what `stored` made."""
    if isinstance(value, list):
        return [restored(item) for item in value]
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((key, text),) = value.items()
            if key == NUMBER:
                return Decimal(text)
            if key == MOMENT:
                return _moment(text)
            if key == PLAIN and isinstance(text, Mapping):
                return {name: restored(item) for name, item in text.items()}
        return {key: restored(item) for key, item in value.items()}
    return feel.from_python(value)


def _moment(text: str) -> Any:
    return evaluate(
        "date and time(t)" if "T" in text and not text.startswith(("P", "-P")) else _maker(text), {"t": text}
    ).value


def _maker(text: str) -> str:
    if text.startswith(("P", "-P")):
        return "duration(t)"
    return "time(t)" if ":" in text else "date(t)"
