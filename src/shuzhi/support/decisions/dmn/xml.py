"""XML of unknown hands (安全的 XML 读取): elements with the line and column of each, or a clear refusal.

Expat reads; a document type declaration is refused as soon as it is seen, so that there are no entities to
expand and nothing to fetch. Size, depth and number of elements are limited by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from shuzhi.support.decisions.errors import RuleFileRefused
from shuzhi.support.decisions.types import DEFAULT_LIMITS, FileLimits, Place

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""")
_CHINESE = {"gbk", "gb2312", "gb18030", "gb-18030", "cp936", "x-gbk", "big5"}
_APART = "\x1f"
MOST_COPIED = 200_000  # entries of prefix tables; a rule file of a thousand different prefixes stays below


@dataclass(slots=True)
class Element:
    """One element: local name, namespace, attributes by local name, children, own text and where both begin."""

    name: str
    namespace: str
    attributes: dict[str, str]
    prefixes: Mapping[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    text_line: int = 0
    text_column: int = 0

    @property
    def text(self) -> str:
        """The element's own text, without that of its children."""
        return self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)

    def child(self, *names: str) -> Element | None:
        """The first child with one of these local names."""
        for child in self.children:
            if child.name in names:
                return child
        return None

    def all(self, *names: str) -> Iterator[Element]:
        """The children with one of these local names, in their order."""
        return (child for child in self.children if child.name in names)

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)


def read_xml(content: bytes, *, file: str, limits: FileLimits = DEFAULT_LIMITS) -> Element:
    """The root element of a document.

    Raises:
        RuleFileRefused: not well-formed, with a document type declaration, too large, or too deep.
    """
    if len(content) > limits.size:
        _refuse(Place(file), "size", f"超过 {limits.size} 字节", f"more than {limits.size} bytes")
    return _Reading(file, limits).read(content)


class _Reading:
    def __init__(self, file: str, limits: FileLimits) -> None:
        self.file, self.limits = file, limits
        self.open: list[Element] = []
        self.root: Element | None = None
        self.prefixes: dict[str, str] = {"xml": "http://www.w3.org/XML/1998/namespace"}
        self.count = self.copied = 0

    def read(self, content: bytes) -> Element:
        content, encoding = self._as_expat_likes(content)
        parser = self.parser = expat.ParserCreate(encoding=encoding, namespace_separator=_APART)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._prefix
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
        except expat.ExpatError as error:
            en = expat.errors.messages.get(error.code, "not well-formed")
            place = Place(self.file, error.lineno, error.offset + 1)
            _refuse(place, "syntax", f"不是合格的 XML（{en}）", f"not well-formed XML ({en})")
        except (ValueError, LookupError, UnicodeError) as error:
            _refuse(
                Place(self.file), "encoding", f"无法按其编码读取（{error}）", f"unreadable encoding ({error})"
            )
        assert self.root is not None  # expat refuses a document without a root
        return self.root

    def _as_expat_likes(self, content: bytes) -> tuple[bytes, str | None]:
        found = _DECLARED.match(content[:256])
        declared = found.group(1).decode("ascii").lower() if found else ""
        if declared not in _CHINESE:
            return content, None
        name = "gb18030" if declared != "big5" else "big5"
        try:
            return content.decode(name).encode(), "utf-8"
        except UnicodeDecodeError as error:
            _refuse(
                Place(self.file), "encoding", f"不是 {declared} 编码（{error}）", f"not {declared} ({error})"
            )

    def _here(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        _refuse(
            self._here(),
            "doctype",
            "规则文件不得含 DOCTYPE 或实体",
            "a rule file may have no DOCTYPE and no entities",
        )

    def _prefix(self, prefix: str | None, uri: str | None) -> None:
        # Copied on write: elements keep the mapping in which they were read. Never narrowed when an element
        # closes: rule files declare prefixes at the root or on the element that uses them.
        if self.prefixes.get(prefix or "") == (uri or ""):
            return
        # A copy for each declaration: many of them would take memory with the square of the file's length.
        self.copied += len(self.prefixes)
        if self.copied > MOST_COPIED:
            _refuse(self._here(), "size", "命名空间声明过多", "too many declarations of namespaces")
        self.prefixes = {**self.prefixes, prefix or "": uri or ""}

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= self.limits.depth:
            most = self.limits.depth
            _refuse(self._here(), "depth", f"嵌套超过 {most} 层", f"elements nest deeper than {most}")
        if self.count > self.limits.elements:
            most = self.limits.elements
            _refuse(self._here(), "size", f"元素超过 {most} 个", f"more than {most} elements")
        namespace, _, name = tag.rpartition(_APART)
        parser = self.parser
        element = Element(
            name,
            namespace,
            {key.rpartition(_APART)[2]: value for key, value in attributes.items()} if attributes else {},
            self.prefixes,
            parser.CurrentLineNumber,
            parser.CurrentColumnNumber + 1,
        )
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _end(self, _tag: str) -> None:
        self.open.pop()

    def _words(self, text: str) -> None:
        element = self.open[-1]
        if not element.pieces:
            element.text_line = self.parser.CurrentLineNumber
            element.text_column = self.parser.CurrentColumnNumber + 1
        element.pieces.append(text)


def _refuse(place: Place, reason: str, zh: str, en: str) -> NoReturn:
    raise RuleFileRefused(place=place, reason=reason, zh=zh, en=en)
