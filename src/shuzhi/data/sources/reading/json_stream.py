"""JSON of any size, one element of its arrays at a time: only the element at hand is in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.encodings import text_chunks
from shuzhi.data.sources.reading.errors import FileTooLarge, JsonTooDeep, UnreadableFile
from shuzhi.data.sources.reading.json_records import decoder
from shuzhi.data.sources.reading.types import Limits

CHUNK = 1024 * 1024
WALKED_LEVELS = 5
_BLANKS = re.compile(r"[ \t\r\n]*")

Element = tuple[tuple[str, ...], int, Any]


class JsonWalker:
    """Walks one document and yields (path, index, element) for every element of every outer array.

    A value that is in no array comes with the index -1.
    """

    def __init__(self, path: Path, encoding: str, limits: Limits, name: str) -> None:
        self._source = text_chunks(path, encoding)
        self._limits, self._name = limits, name
        self._buffer, self._at, self._ended = "", 0, False
        self._decoder = decoder()

    def walk(self) -> Iterator[Element]:
        """All elements, in the order of the file.

        Raises:
            UnreadableFile: the text is no valid JSON.
            JsonTooDeep: it nests deeper than allowed.
        """
        yield from self._value((), 0)
        if self._peek():
            raise self._broken("text after the end of the document")

    def _value(self, path: tuple[str, ...], level: int) -> Iterator[Element]:
        first = self._peek()
        if first == "{" and level < WALKED_LEVELS:
            yield from self._members(path, level)
        elif first == "[":
            yield from self._elements(path)
        else:
            yield path, -1, self._take()

    def _members(self, path: tuple[str, ...], level: int) -> Iterator[Element]:
        self._expect("{")
        if self._peek() == "}":
            self._expect("}")
            return
        while True:
            if self._peek() != '"':
                raise self._broken("a name is missing")
            key = str(self._take())
            self._expect(":")
            yield from self._value((*path, key), level + 1)
            if self._expect(",}") == "}":
                return

    def _elements(self, path: tuple[str, ...]) -> Iterator[Element]:
        self._expect("[")
        if self._peek() == "]":
            self._expect("]")
            return
        index = 0
        while True:
            yield path, index, self._take()
            index += 1
            if self._expect(",]") == "]":
                return

    def _take(self) -> Any:
        """The next whole value; more text is fetched until it is whole."""
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise JsonTooDeep(file=self._name, limit=self._limits.json_depth) from error
            except ValueError as error:
                if self._ended or not self._may_grow():
                    raise self._broken(str(error)) from error
            else:
                if end < len(self._buffer) or self._ended:
                    self._at = end
                    return value
            self._fetch(max(CHUNK, len(self._buffer) - self._at))

    def _may_grow(self) -> bool:
        held = len(self._buffer) - self._at
        if held > self._limits.document_bytes:
            limit = self._limits.document_bytes
            raise FileTooLarge(file=self._name, what="one JSON value 单个 JSON 值", size=held, limit=limit)
        return True

    def _peek(self) -> str:
        while True:
            found = _BLANKS.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._fetch(CHUNK)

    def _expect(self, allowed: str) -> str:
        found = self._peek()
        if not found or found not in allowed:
            raise self._broken(f"expected one of {allowed}")
        self._at += 1
        return found

    def _fetch(self, wanted: int) -> None:
        parts = [self._buffer[self._at :]]
        self._at = 0
        size = 0
        try:
            for chunk in self._source:
                parts.append(chunk)
                size += len(chunk)
                if size >= wanted:
                    break
            else:
                self._ended = True
        except UnicodeDecodeError as error:
            raise self._broken("invalid bytes in the text 编码错误") from error
        self._buffer = "".join(parts)

    def _broken(self, reason: str) -> UnreadableFile:
        return UnreadableFile(file=self._name, format="JSON", reason=reason[:200])
