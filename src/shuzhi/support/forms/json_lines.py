"""Strict JSON that knows its lines: no key twice, no NaN, not too deep; numbers keep their digits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

MOST_BYTES, DEEPEST = 1_000_000, 40
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
Where = tuple[str | int, ...]


class NotJson(Exception):
    """Where and why a text is not strict JSON."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(line, zh, en)
        self.line, self.zh, self.en = line, zh, en


@dataclass
class Document:
    """A value, and the line of every key and item."""

    value: Any = None
    lines: dict[Where, int] = field(default_factory=dict)


def read(content: bytes) -> Document:
    """Read a document.

    Raises:
        NotJson: it is no strict JSON.
    """
    if len(content) > MOST_BYTES:
        raise NotJson(1, "文件过大", "the file is too large")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(content[: error.start].count(b"\n") + 1, "不是 UTF-8", "this is not UTF-8") from error
    scanner = _Scanner(text)
    document = Document(scanner.value((), 1), scanner.lines)
    scanner.end()
    return document


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.lines = text, 0, dict[Where, int]()
        self.counted, self.line = 0, 1

    def here(self) -> int:
        """The line of the present place."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def fail(self, zh: str, en: str) -> NotJson:
        return NotJson(self.here(), zh, en)

    def skip(self) -> str:
        found = _SPACE.match(self.text, self.at)
        assert found
        self.at = found.end()
        return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        if self.skip() != sign:
            raise self.fail(f"此处应为“{sign}”", f"“{sign}” was expected here")
        self.at += 1

    def end(self) -> None:
        if self.skip():
            raise self.fail("文件末尾有多余内容", "there is more after the end")

    def value(self, path: Where, depth: int) -> Any:
        sign = self.skip()
        if depth > DEEPEST:
            raise self.fail(f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST} levels")
        self.lines.setdefault(path, self.here())
        if sign == "{":
            return self.mapping(path, depth)
        if sign == "[":
            return self.sequence(path, depth)
        return self.string() if sign == '"' else self.plain()

    def mapping(self, path: Where, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        if self.skip() == "}":
            self.at += 1
            return found
        while True:
            if self.skip() != '"':
                raise self.fail("此处应为键名", "a key was expected here")
            line, key = self.here(), self.string()
            if key in found:
                raise NotJson(line, f"键“{key}”重复", f"the key “{key}” stands twice")
            self.lines[(*path, key)] = line
            self.take(":")
            found[key] = self.value((*path, key), depth + 1)
            if self.skip() != ",":
                self.take("}")
                return found
            self.at += 1

    def sequence(self, path: Where, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        if self.skip() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value((*path, len(found)), depth + 1))
            if self.skip() != ",":
                self.take("]")
                return found
            self.at += 1

    def string(self) -> str:
        try:
            text, self.at = scanstring(self.text, self.at + 1, True)  # noqa: FBT003 - json's own signature
        except JSONDecodeError as error:
            raise self.fail(
                f"文字写法有误：{error.msg}", f"a text is written wrongly: {error.msg}"
            ) from error
        return str(text)

    def plain(self) -> Any:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if not found or len(found[0]) > 100:  # noqa: PLR2004 - no number of a form is longer
            raise self.fail("不是合法的 JSON", "this is not valid JSON")
        self.at = found.end()
        return Decimal(found[0]) if found[1] or found[2] else int(found[0])
