"""What a credential says (证照内容), checked against its kind: dates as ISO days, amounts as texts with every digit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.pillars.standards.validators import check_resident_id, check_uscc
from shuzhi.support.credentials.errors import FactsWrong, SubjectWrong
from shuzhi.support.credentials.types import RESIDENT, KindDeclaration, KindField

LONGEST = 500


def checked(kind: KindDeclaration, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in the kind's order, each as its type is written.

    Raises:
        FactsWrong: one is missing, unknown, or no value of its type.
    """
    unknown = sorted(set(facts) - {each.id for each in kind.fields})
    if unknown:
        raise _wrong(kind, f"no field {unknown[0][:40]}", f"没有内容项 {unknown[0][:40]}")
    told = {}
    for field in kind.fields:
        value = facts.get(field.id)
        if value is None or value == "":
            if field.required:
                raise _wrong(kind, f"{field.id} is missing", f"缺少{field.title.zh}")
            continue
        told[field.id] = _written(kind, field, value)
    return told


def holder(kind: KindDeclaration, subject: str) -> str:
    """The holder's number out of `scheme/number` or the number alone.

    Raises:
        SubjectWrong: it is none, or one of another scheme.
    """
    scheme, slash, number = subject.strip().partition("/")
    if not slash:
        scheme, number = kind.scheme, scheme
    check = check_resident_id(number) if kind.scheme == RESIDENT else check_uscc(number)
    written = check.repaired or number.strip().upper()
    again = check_resident_id(written) if kind.scheme == RESIDENT else check_uscc(written)
    if scheme != kind.scheme or not again.valid:
        raise SubjectWrong(kind=kind.credential, scheme=kind.scheme)
    return written


def until(kind: KindDeclaration, facts: Mapping[str, Any], at: datetime) -> datetime | None:
    """The end of the last day on which it holds; None: it holds for good."""
    if kind.validity.until and facts.get(kind.validity.until):
        return _end_of(date.fromisoformat(facts[kind.validity.until]))
    if kind.validity.days:
        return _end_of(day_of(at) + timedelta(days=kind.validity.days))
    return None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CHINA).astimezone(UTC)


def _written(kind: KindDeclaration, field: KindField, value: Any) -> Any:
    try:
        return _READ[field.type](value)
    except (ValueError, TypeError, InvalidOperation):
        zh, en = f"{field.title.zh}不是{_ZH[field.type]}", f"{field.id} is no {field.type}"
        raise _wrong(kind, en, zh) from None


def _wrong(kind: KindDeclaration, en: str, zh: str) -> FactsWrong:
    return FactsWrong(kind=kind.credential, problem=en, problem_zh=zh)


def _text(value: Any) -> str:
    text = str(value).strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise ValueError
    return text


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, (float, Decimal)) and value != int(value)):
        raise ValueError
    return int(value)


def _decimal(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return format(number, "f")


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        return day_of(value).isoformat()
    return value.isoformat() if isinstance(value, date) else date.fromisoformat(str(value)).isoformat()


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False}[str(value).lower()]
        if str(value).lower() in {"true", "false"}
        else _no()
    )


def _no() -> bool:
    raise ValueError


_READ = {"text": _text, "integer": _integer, "decimal": _decimal, "date": _date, "boolean": _boolean}
_ZH = {"text": "文字", "integer": "整数", "decimal": "数值", "date": "日期", "boolean": "是或否"}
