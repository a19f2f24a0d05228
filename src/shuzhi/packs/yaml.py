"""Strict YAML: no implicit types, no duplicate keys, no anchors, no tags; every value knows its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """Where and why a file is not strict YAML."""

    line: int
    zh: str
    en: str
    column: int = 1
    rule: str = "yaml"


@dataclass(frozen=True)
class Document:
    """A file's content as text, lists and mappings, and the line and column of every key and item."""

    value: Any
    lines: dict[Path_, int]
    faults: tuple[Fault, ...] = ()
    columns: dict[Path_, int] = field(default_factory=dict)


MOST_BYTES = 2_000_000
DEEPEST = 40
MOST_VALUES = 50_000
# Not to be seen on a page: control characters, and those that turn a line round or stand between letters with no width.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_NULLS = frozenset({"", "null", "~"})
# The C parser where there is one: several times faster, with the same events and lines.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(file: Path) -> Document:
    """Read one file. Faults are collected, not raised; a file that does not parse has no value."""
    try:
        if file.stat().st_size > MOST_BYTES:
            return _faulty(Fault(1, "文件过大", "the file is too large"))
        text = file.read_text("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        return _faulty(Fault(1, f"读不出文件：{error}", f"cannot read the file: {error}"))
    return parse(text.removeprefix("\ufeff"))


def hidden_in(file: Path) -> Iterator[Fault]:
    """Characters of a text file that nobody sees; what is no text is its reader's to refuse."""
    try:
        if file.stat().st_size <= MOST_BYTES:
            yield from _hidden(file.read_text("utf-8").removeprefix("\ufeff"))
    except (UnicodeDecodeError, OSError):
        return


def _hidden(text: str) -> Iterator[Fault]:
    for found in _HIDDEN.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        code = f"U+{ord(found[0]):04X}"
        yield Fault(
            line,
            f"有看不见的字符 {code}",
            f"there is a character that cannot be seen, {code}",
            column,
            "hidden",
        )
        return  # one is told: they come in swarms


def parse(text: str) -> Document:
    """Parse strict YAML from text."""
    try:
        faults = [*_hidden(text), *_unwanted(text)]
        if faults:
            return _faulty(*faults)
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _faulty(Fault(line, f"不是合法的 YAML：{problem}", f"not valid YAML: {problem}", column))
    walk = _Walk()
    value = walk.value(root, ()) if root is not None else None
    return Document({} if value is None else value, walk.lines, tuple(walk.faults), walk.columns)


def _faulty(*faults: Fault) -> Document:
    return Document(None, {}, faults)


def _unwanted(text: str) -> Iterator[Fault]:
    """What YAML has and a pack may not use, found event by event: nothing is expanded, however it nests."""
    depth = values = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            yield Fault(line, "不允许使用锚点和别名", "anchors and aliases are not allowed")
        if (tag := getattr(event, "tag", None)) is not None:
            yield Fault(line, f"不允许使用标签“{tag}”", f"tags such as “{tag}” are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        values += isinstance(event, yaml.ScalarEvent)
        if values > MOST_VALUES:
            yield Fault(line, f"超过 {MOST_VALUES} 个值", f"more than {MOST_VALUES} values")
            return
        if depth > DEEPEST:
            yield Fault(line, f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST} levels")
            return


class _Walk:
    """Turns YAML's node tree into plain values and refuses what strict YAML does not have."""

    def __init__(self) -> None:
        self.lines: dict[Path_, int] = {}
        self.columns: dict[Path_, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        self.columns.setdefault(path, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "键必须是文字", "a key must be a text")
                continue
            key = str(key_node.value)
            if key in found:
                self._fault(key_node, f"键“{key}”重复", f"the key “{key}” stands twice")
                continue
            self.lines[*path, key] = key_node.start_mark.line + 1
            self.columns[*path, key] = key_node.start_mark.column + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> str | None:
        # libyaml calls an unquoted text's style "", the Python parser None.
        plain = not getattr(node, "style", None)
        if plain and str(node.value) in _NULLS:
            return None
        return str(node.value)

    def _fault(self, node: yaml.Node, zh: str, en: str) -> None:
        self.faults.append(Fault(node.start_mark.line + 1, zh, en, node.start_mark.column + 1))
