"""Strict YAML: no implicit types, no duplicate keys, no anchors, no tags; every value knows its line."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Document:
    """A file's content as text, lists and mappings, and the line of every key and item."""

    value: Any
    lines: dict[Path_, int]
    faults: tuple[Fault, ...] = ()


MOST_BYTES = 2_000_000
_NULLS = frozenset({"", "null", "~"})


def read(file: Path) -> Document:
    """Read one file. Faults are collected, not raised; a file that does not parse has no value."""
    try:
        text = file.read_text("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        return Document(None, {}, (Fault(1, f"读不出文件：{error}", f"cannot read the file: {error}"),))
    if len(text) > MOST_BYTES:
        return Document(None, {}, (Fault(1, "文件过大", "the file is too large"),))
    return parse(text)


def parse(text: str) -> Document:
    """Parse strict YAML from text."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or type(error).__name__
        line = mark.line + 1 if mark else 1
        return Document(None, {}, (Fault(line, f"不是合法的 YAML：{problem}", f"not valid YAML: {problem}"),))
    walk = _Walk()
    value = walk.value(root, ()) if root is not None else {}
    return Document(value, walk.lines, tuple(walk.faults))


class _Walk:
    """Turns YAML's node tree into plain values and refuses what strict YAML does not have."""

    def __init__(self) -> None:
        self.lines: dict[Path_, int] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._fault(node, "不允许使用锚点和别名", "anchors and aliases are not allowed")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                self._fault(key_node, f"键“{key}”重复", f"the key “{key}” stands twice")
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> str | None:
        plain = getattr(node, "style", None) is None
        if plain and str(node.value) in _NULLS:
            return None
        return str(node.value)

    def _fault(self, node: yaml.Node, zh: str, en: str) -> None:
        self.faults.append(Fault(node.start_mark.line + 1, zh, en))
