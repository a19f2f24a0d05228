"""XML as a table: the element that repeats is the record. Streamed; no DTD, no entities, no network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.encodings import canonical, text_chunks
from shuzhi.data.sources.reading.errors import (
    EmptyFile,
    FileTooLarge,
    UnknownFormat,
    UnreadableFile,
    XmlEntities,
)
from shuzhi.data.sources.reading.json_records import Flat
from shuzhi.data.sources.reading.keyed import Columns, Keyed, keyed_reader
from shuzhi.data.sources.reading.types import ReadOptions, TableReader

PATHS_KEPT = 5_000
HEAD = 1024
SEVERAL = " | "
_DECLARED = re.compile(r"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)[\"']")
_FORBIDDEN = re.compile(r"<!(?:DOCTYPE|ENTITY)")

Tags = tuple[str, ...]


@dataclass(frozen=True)
class XmlDocument:
    """One XML file whose encoding has been found."""

    path: Path
    encoding: str
    options: ReadOptions
    name: str

    def reader(self) -> TableReader:
        """The rows of the repeated element.

        Raises:
            XmlEntities: it declares a DTD or entities.
            UnreadableFile: it is not well-formed.
        """
        encoding = self._declared_encoding()
        record = self._record_path(encoding)
        columns = Columns(self.options.limits, self.name)
        for row in self._records(encoding, record):
            columns.take(row.cells or {})
        if not columns.names:
            raise EmptyFile(file=self.name)
        return keyed_reader(
            format="xml",
            encoding=encoding,
            columns=tuple(columns.names),
            records=lambda: self._records(encoding, record),
            limits=self.options.limits,
            table="/".join(record),
        )

    def _declared_encoding(self) -> str:
        """What was found, unless the file is no UTF and declares something else that Python knows."""
        with self.path.open("rb") as file:
            declared = _DECLARED.search(file.read(HEAD).decode("latin-1"))
        if declared is None or self.encoding.startswith("utf-16"):
            return self.encoding
        try:
            named = canonical(declared[1])
        except LookupError:
            return self.encoding
        by_content = {"utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"}
        return self.encoding if named in by_content else named

    def _events(self, encoding: str) -> Iterator[tuple[str, Any]]:
        from lxml import etree

        parser = etree.XMLPullParser(
            ("start", "end"),
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for piece in self._pieces(encoding):
                if piece:
                    parser.feed(piece)
                yield from parser.read_events()
            parser.close()
            yield from parser.read_events()
        except etree.XMLSyntaxError as error:
            raise UnreadableFile(file=self.name, format="XML", reason=str(error)[:200]) from error

    def _pieces(self, encoding: str) -> Iterator[bytes]:
        tail = ""
        try:
            for chunk in text_chunks(self.path, encoding):
                if "<!" in chunk or "<" in tail:
                    self._refuse_declarations(tail + chunk)
                tail = chunk[-20:]
                yield chunk.encode("utf-8", "replace")
        except UnicodeDecodeError as error:
            reason = "invalid bytes in the text 编码错误"
            raise UnreadableFile(file=self.name, format="XML", reason=reason) from error

    def _refuse_declarations(self, text: str) -> None:
        if _FORBIDDEN.search(text):
            raise XmlEntities(file=self.name)

    def _record_path(self, encoding: str) -> Tags:
        """The shallowest path that repeats under one parent and has parts; the most frequent of those."""
        counts: Counter[Tags] = Counter()
        most: Counter[Tags] = Counter()
        rich: set[Tags] = set()
        siblings: list[Counter[str]] = [Counter()]
        path: list[str] = []
        for event, element in self._events(encoding):
            if event == "start":
                self._refuse_dtd(element, path)
                self._refuse_endless(element)
                path.append(_local(element.tag))
                tags = tuple(path)
                siblings[-1][path[-1]] += 1
                if len(counts) < PATHS_KEPT or tags in counts:
                    counts[tags] += 1
                    most[tags] = max(most[tags], siblings[-1][path[-1]])
                    rich.update([tags] if element.attrib else ())
                    rich.add(tags[:-1])
                siblings.append(Counter())
            else:
                path.pop()
                siblings.pop()
                _forget(element)
        repeated = [tags for tags in counts if most[tags] > 1 and len(tags) > 1]
        full = [tags for tags in repeated if tags in rich] or repeated
        if full:
            return min(full, key=lambda tags: (len(tags), -counts[tags]))
        return self._only_record(list(counts), rich)

    def _only_record(self, paths: list[Tags], rich: set[Tags]) -> Tags:
        """Nothing repeats: down from the root past every element that only wraps another one."""
        found = paths[0]
        if found not in rich:
            raise UnknownFormat(file=self.name)
        while len(inner := [tags for tags in paths if tags[:-1] == found]) == 1 and inner[0] in rich:
            found = inner[0]
        return found

    def _refuse_dtd(self, element: Any, path: list[str]) -> None:
        if not path:
            info = element.getroottree().docinfo
            if info.internalDTD is not None or info.doctype:
                raise XmlEntities(file=self.name)

    def _refuse_endless(self, element: Any) -> None:
        """Reading attributes takes time with the square of their number; each would be a column anyway."""
        size, limit = len(element.attrib), self.options.limits.columns
        if size > limit:
            raise FileTooLarge(file=self.name, what="attributes 属性数", size=size, limit=limit)

    def _records(self, encoding: str, record: Tags) -> Iterator[Keyed]:
        path: list[str] = []
        number = 0
        for event, element in self._events(encoding):
            if event == "start":
                self._refuse_dtd(element, path)
                self._refuse_endless(element)
                path.append(_local(element.tag))
                continue
            tags = tuple(path)
            path.pop()
            if tags == record:
                number += 1
                yield Keyed(number, _cells(element))
            if len(tags) <= len(record) or tags[: len(record)] != record:
                _forget(element)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _forget(element: Any) -> None:
    """Free what has been read, the element's earlier siblings included."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _cells(element: Any) -> Flat:
    cells: Flat = {}
    _gather(element, "", cells)
    if element.text and element.text.strip():
        _put(cells, "text" if len(element) or element.attrib else _local(element.tag), element.text.strip())
    return cells


def _gather(element: Any, prefix: str, cells: Flat) -> None:
    for name, value in element.attrib.items():
        _put(cells, prefix + _local(name), value)
    for child in element:
        name = prefix + _local(child.tag)
        if len(child) or child.attrib:
            _gather(child, name + ".", cells)
        if not len(child) or (child.text and child.text.strip()):
            text = (child.text or "").strip()
            if text or not child.attrib:
                _put(cells, name, text)


def _put(cells: Flat, name: str, value: str) -> None:
    """A name that comes again in the same record: all its values, in order."""
    held = cells.get(name)
    cells[name] = value if not held else f"{held}{SEVERAL}{value}" if value else held
