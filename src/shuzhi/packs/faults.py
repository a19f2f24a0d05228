"""What a schema refuses, in words for whoever writes a pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shuzhi.foundation.parts import Finding
from shuzhi.foundation.words import Words
from shuzhi.packs.yaml import Document

_ZH = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这样的项",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "string_pattern_mismatch": "写法应符合 {pattern}",
    "string_type": "应为文字",
    "model_type": "应为一组键和值",
    "model_attributes_type": "应为一组键和值",
    "dict_type": "应为一组键和值",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "too_short": "至少要有 {min_length} 项",
    "int_parsing": "应为整数",
    "decimal_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，如 2026-01-31",
    "date_parsing": "应为日期，如 2026-01-31",
    "value_error": "不合要求：{error}",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "too_long": "最多 {max_length} 项",
    "union_tag_invalid": "没有这一种",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "time_parsing": "应为时刻，如 09:00",
    "date_from_datetime_inexact": "应为日期，如 2026-01-31",
    "datetime_parsing": "应为时刻，如 2026-01-31T09:00:00+08:00",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字过大",
    "decimal_max_digits": "数字过长",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "set_type": "应为列表",
}


def finding(  # noqa: PLR0917 - a finding is read as it is printed
    file: Path, line: int, rule: str, zh: str, en: str, column: int = 0
) -> Finding:
    """One fault of a pack."""
    return Finding(file=shown(file), line=line, rule=rule, message=Words(zh=zh, en=en), column=column)


def shown(file: Path) -> str:
    """A path as it can be printed: names that are no UTF-8 or hold control characters are escaped."""
    text = str(file).encode("utf-8", "backslashreplace").decode()
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def schema_findings(file: Path, document: Document, error: ValidationError) -> Iterator[Finding]:
    """Every fault that the schema found, at its line."""
    for fault in error.errors(include_url=False):
        where = ".".join(str(step) for step in fault["loc"])
        zh = _ZH.get(fault["type"], fault["msg"]).format_map(_Facts(fault.get("ctx", {})))
        path = _nearest(document, fault["loc"])
        yield finding(
            file,
            document.lines.get(path, 1),
            f"schema-{fault['type']}",
            f"{where or '文件'}：{zh}",
            f"{where or 'file'}: {fault['msg']}",
            document.columns.get(path, 1),
        )


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "…"


def _nearest(document: Document, path: tuple[Any, ...]) -> tuple[Any, ...]:
    while path and path not in document.lines:
        path = path[:-1]
    return path
