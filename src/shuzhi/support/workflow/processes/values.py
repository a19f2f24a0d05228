"""A case's variables as JSON (流程变量): numbers and days come back as what they were."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.decisions.feel.evaluate import evaluate

NUMBER, MOMENT, PLAIN = "$number", "$moment", "$plain"
_EXACT = 2**53


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
