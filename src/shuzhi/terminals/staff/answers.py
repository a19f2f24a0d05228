"""What may be wrong with an answer in a form, as the form says it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy

from shuzhi.terminals.design.types import Said, say

_said = lazy(say, str)  # a text for Django's forms, written out in the reader's language when it is read


def _wrong(zh: str, en: str) -> Any:
    return _said(Said(zh, en))


MISSING = _wrong("请填写这一项。", "Fill this in.")
NO_DAY = _wrong("请按 年-月-日 填写日期。", "Give a day as year-month-day.")
NO_NUMBER = _wrong("请填写整数。", "Give a whole number.")
NO_ID = _wrong(
    "编号须以小写字母开头，只用小写字母、数字和连字符。",
    "An id begins with a letter and has only lower-case letters, digits and hyphens.",
)
