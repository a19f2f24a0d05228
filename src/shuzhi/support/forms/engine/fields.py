"""Fields (字段): which kind of question a property is, and what an answer to it may be.

An answer is a text as somebody types it, a yes or no, or a list of texts. What can be said of it by itself is said
here, in both languages; `forms/fields.mjs` says the same in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from shuzhi.pillars.standards.validators import check_phone, full_to_half, is_resident_id, is_uscc
from shuzhi.support.decisions.feel.values import Date, from_python
from shuzhi.support.decisions.feel.values.numbers import plain
from shuzhi.support.forms.engine.messages import MESSAGES
from shuzhi.support.forms.types import Answer, Fault, FieldLayout, Row

TEXT, INTEGER, NUMBER, BOOLEAN, DATE = "text", "integer", "number", "boolean", "date"
CHOICE, CHOICES, FILES, ROWS = "choice", "choices", "files", "rows"
RESIDENT_ID, USCC, PHONE = "resident-id", "uscc", "phone"
FORMATS = frozenset({"date", "file", RESIDENT_ID, USCC, PHONE})
# Keywords that the browser knows too. Others belong to the whole document and are checked when it is submitted.
KEYWORDS = frozenset({
    "type", "format", "enum", "items", "title", "description", "$comment", "default", "pattern", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
})  # fmt: skip
MOST_TEXT, MOST_ITEMS, MOST_ROWS = 10_000, 100, 50
_NUMBER = re.compile(r"([-+]?)(\d{1,20})(?:\.(\d{1,10}))?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SPACE = " \t\n\r\v\f\u3000\u00a0\ufeff"
_NO_SPACE = str.maketrans("", "", _SPACE)


@dataclass(frozen=True)
class FormField:
    """One question, ready to be answered."""

    name: str
    kind: str
    schema: Mapping[str, Any]
    layout: FieldLayout
    required: bool
    pattern: re.Pattern[str] | None = None
    cells: Mapping[str, FormField] = field(default_factory=dict)  # of a field with rows

    def at(self, row: int, rows: str) -> FormField:
        """This field as it stands in one row of another."""
        return replace(self, name=f"{rows}.{row}.{self.name}")

    def fault(self, code: str, **facts: object) -> Fault:
        """What is wrong with the answer."""
        words, title = MESSAGES[code], self.layout.title
        said = {language: str(value) for language, value in (("zh", title.zh), ("en", title.said("en")))}
        return Fault(self.name, code, _filled(words, said, facts))


def _filled(words: Any, title: Mapping[str, str], facts: Mapping[str, object]) -> Any:
    told = {name: str(value) for name, value in facts.items()}
    return words.model_copy(
        update={
            "zh": words.zh.format(title=title["zh"], **told),
            "en": words.en.format(title=title["en"], **told),
        }
    )


def kind_of(schema: object) -> str | None:
    """Which kind of question a property's schema asks; None where a form can't ask it."""
    if not isinstance(schema, Mapping):
        return None
    match schema.get("type"):
        case "string" if "enum" in schema:
            return CHOICE
        case "string":
            return DATE if schema.get("format") == "date" else TEXT
        case "array":
            return _list_kind(schema.get("items"))
        case str(named):
            return {"integer": INTEGER, "number": NUMBER, "boolean": BOOLEAN}.get(named)
    return None


def _list_kind(items: object) -> str | None:
    if isinstance(items, Mapping) and items.get("type") == "object":
        return ROWS if isinstance(items.get("properties"), Mapping) and items["properties"] else None
    if not isinstance(items, Mapping) or items.get("type") != "string":
        return None
    if items.get("format") == "file":
        return FILES
    return CHOICES if "enum" in items else None


def choices_of(schema: Mapping[str, Any]) -> list[str]:
    """The answers to choose from."""
    found = schema.get("enum") or (schema.get("items") or {}).get("enum") or []
    return [str(each) for each in found]


def read_answer(field: FormField, given: object) -> tuple[Answer, Fault | None]:
    """An answer in its one form, or what is wrong with it; what is empty is None."""
    if isinstance(given, (list, tuple)):
        if field.kind in (CHOICES, FILES):
            return _read_list(field, [each for each in given if each != ""])
        given = given[-1] if given else None
    if given is None or given == "":
        return None, None
    if isinstance(given, bool):
        return (given, None) if field.kind == BOOLEAN else (None, field.fault("not_text"))
    if not isinstance(given, (str, int, float, Decimal)):
        return None, field.fault("not_text")
    if field.kind in (CHOICES, FILES):
        return _read_list(field, [_written(given)])
    return _read_text(field, _written(given).strip(_SPACE))


def read_rows(field: FormField, given: object) -> tuple[list[Row] | None, list[Fault]]:
    """The rows in their one form, and everything that is wrong with them, each at its cell.

    A row that says nothing stays: whoever added it fills it in or takes it away.
    """
    if given is None or given in ("", []):
        return None, []
    if not isinstance(given, (list, tuple)) or not all(isinstance(each, Mapping) for each in given):
        return None, [field.fault("not_rows")]
    most = min(field.schema.get("maxItems", MOST_ROWS), MOST_ROWS)
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, row in enumerate(given[:MOST_ROWS]):
        rows.append(_read_row(field, number, row, faults))
    if len(given) > most:
        faults.append(field.fault("too_many_rows", n=most))
    elif len(given) < field.schema.get("minItems", 0):
        faults.append(field.fault("too_few_rows", n=field.schema["minItems"]))
    return rows, faults


def _read_row(field: FormField, number: int, given: Mapping[str, Any], faults: list[Fault]) -> Row:
    row: Row = {}
    for name, cell in field.cells.items():
        here = cell.at(number, field.name)
        answer, fault = read_answer(here, given.get(name))
        row[name] = answer
        if fault is None and answer is None and cell.required:
            fault = here.fault("required")
        if fault is not None:
            faults.append(fault)
    return row


def _written(given: object) -> str:
    return plain(given) if isinstance(given, Decimal) else str(given)


def _read_text(field: FormField, text: str) -> tuple[Answer, Fault | None]:
    if not text:
        return None, None
    if len(text) > MOST_TEXT:
        return text[:MOST_TEXT], field.fault("too_long", n=MOST_TEXT)
    read = _READERS.get(field.kind)
    if read is not None:
        return read(field, full_to_half(text).strip(_SPACE))
    if field.kind == CHOICE:
        return text, None if text in choices_of(field.schema) else field.fault("not_a_choice")
    text = _proper(field.schema.get("format"), text)
    return text, _text_fault(field, text)


def _proper(form: object, text: str) -> str:
    """Identifiers in the one way of writing; other texts as they are."""
    if form in (RESIDENT_ID, USCC):
        return full_to_half(text).translate(_NO_SPACE).upper()
    return full_to_half(text) if form == PHONE else text


def _read_number(field: FormField, text: str) -> tuple[Answer, Fault | None]:
    found = _NUMBER.fullmatch(text.replace(",", ""))
    if not found:
        return text, field.fault("not_a_number")
    if field.kind == INTEGER and found[3] and found[3].strip("0"):
        return text, field.fault("not_whole")
    digits = found[2].lstrip("0") or "0"
    places = "" if field.kind == INTEGER else found[3] or ""
    written = f"{digits}.{places}" if places else digits
    if found[1] == "-" and written.strip("0."):
        written = f"-{written}"
    return written, _number_fault(field, Decimal(written))


def _read_day(field: FormField, text: str) -> tuple[Answer, Fault | None]:
    return text, None if day_of_text(text) else field.fault("not_a_date")


def _read_boolean(field: FormField, text: str) -> tuple[Answer, Fault | None]:
    if text in ("true", "false"):
        return text == "true", None
    return text, field.fault("not_yes_or_no")


_READERS: dict[str, Callable[[FormField, str], tuple[Answer, Fault | None]]] = {
    INTEGER: _read_number,
    NUMBER: _read_number,
    DATE: _read_day,
    BOOLEAN: _read_boolean,
}


def day_of_text(text: str) -> date | None:
    """The day that a text names."""
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _text_fault(field: FormField, text: str) -> Fault | None:
    schema, length = field.schema, len(text)
    if length < schema.get("minLength", 0):
        return field.fault("too_short", n=schema["minLength"])
    if length > schema.get("maxLength", MOST_TEXT):
        return field.fault("too_long", n=schema["maxLength"])
    if field.pattern and not field.pattern.search(text):
        return field.fault("pattern")
    check = _CHECKS.get(str(schema.get("format")))
    return field.fault(str(schema["format"])) if check and not check(text) else None


_CHECKS: dict[str, Callable[[str], bool]] = {
    RESIDENT_ID: is_resident_id,
    USCC: is_uscc,
    PHONE: lambda text: check_phone(text).valid,
}


def _number_fault(field: FormField, number: Decimal) -> Fault | None:
    limits: tuple[tuple[str, str, Callable[[Decimal, Decimal], bool]], ...] = (
        ("minimum", "too_small", lambda given, limit: given < limit),
        ("maximum", "too_large", lambda given, limit: given > limit),
        ("exclusiveMinimum", "not_above", lambda given, limit: given <= limit),
        ("exclusiveMaximum", "not_below", lambda given, limit: given >= limit),
        ("multipleOf", "not_multiple", lambda given, limit: given % limit != 0),
    )
    for keyword, code, breaks in limits:
        if keyword in field.schema and breaks(number, limit := Decimal(str(field.schema[keyword]))):
            return field.fault(code, n=plain(limit))
    return None


def _read_list(field: FormField, given: list[Any]) -> tuple[Answer, Fault | None]:
    if not given:
        return None, None
    if not all(isinstance(each, str) for each in given):
        return None, field.fault("not_text")
    return given[:MOST_ITEMS], _list_fault(field, given)


def _list_fault(field: FormField, given: list[str]) -> Fault | None:
    schema = field.schema
    if len(given) > min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS):
        return field.fault("too_many", n=schema.get("maxItems", MOST_ITEMS))
    if field.kind == CHOICES and any(each not in choices_of(schema) for each in given):
        return field.fault("not_a_choice")
    if len(set(given)) < len(given):
        return field.fault("twice")
    return field.fault("too_few", n=schema["minItems"]) if len(given) < schema.get("minItems", 0) else None


def feel_value(kind: str, answer: Answer) -> Any:
    """An answer as FEEL computes with it."""
    if answer is None or kind == ROWS:  # rows have a way of their own: `feel_rows`
        return None
    if kind in (INTEGER, NUMBER):
        return from_python(Decimal(str(answer)))
    if kind == DATE:
        day = day_of_text(str(answer))
        return Date(day.year, day.month, day.day) if day else None
    if kind == BOOLEAN and isinstance(answer, str):  # a fact, as it is kept
        return {"true": True, "false": False}.get(answer)
    return list(answer) if isinstance(answer, list) else answer


def feel_rows(field: FormField, rows: list[Row] | None) -> Any:
    """Rows as FEEL computes with them: a list of contexts."""
    if rows is None:
        return None
    return [
        {name: feel_value(cell.kind, row.get(name)) for name, cell in field.cells.items()} for row in rows
    ]
