"""What an applicant says (填报内容), as it is stored: plain JSON, not endless, without what a text column can't hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shuzhi.business.matters.cases.errors import AnswersWrong
from shuzhi.foundation.text import storable

MOST_BYTES, MOST_DEEP = 64 * 1024, 6


def stored(given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept.

    Raises:
        AnswersWrong: too many, nested too deeply, or no JSON.
    """
    told = {storable(str(name)): _plain(value, 1) for name, value in given.items()}
    if len(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")) > MOST_BYTES:
        raise AnswersWrong(why="more than 64 KB", why_zh="超过 64 KB")
    return told


def _plain(value: Any, depth: int) -> Any:
    if depth > MOST_DEEP:
        raise AnswersWrong(why="nested too deeply", why_zh="层次过深")
    match value:
        case str():
            told: Any = storable(value)
        case Mapping():
            told = {storable(str(name)): _plain(each, depth + 1) for name, each in value.items()}
        case list() | tuple():
            told = [_plain(each, depth + 1) for each in value]
        case _:
            told = _single(value)
    return told


def _single(value: Any) -> Any:
    """A value that holds no others."""
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise AnswersWrong(why="a value is no JSON", why_zh="含有无法识别的值")
