"""Texts of packs as people will read them: in both languages, with nothing hidden in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shuzhi.foundation.parts import Finding
from shuzhi.foundation.words import Words
from shuzhi.packs.faults import finding
from shuzhi.packs.reading import Read

Path_ = tuple[str | int, ...]
Fault = tuple[str, str, str]
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[A-Za-z]")
# Two words of small letters: an English sentence, where a name such as PM2.5, CKAN or eID is none.
ENGLISH = re.compile(r"[a-z]{2,} [A-Za-z]*[a-z]{2,}|^[A-Z]?[a-z]{3,}$")


def check_words(read: Sequence[Read]) -> Iterator[Finding]:
    """Texts that are empty, or in one language only."""
    for each in read:
        if each.manifest is not None:
            for path, words in _words(each.manifest, ()):
                for rule, zh, en in _faults(words, path):
                    line = _line(each.manifest_lines, path)
                    yield finding(each.folder / "pack.yaml", line, rule, zh, en)
        for item in each.all:
            # A form's file is its declaration: what stands around it in memory has no line.
            value = getattr(item.value, "declaration", item.value)
            for path, words in _words(value, ()) if item.lines else ():
                for rule, zh, en in _faults(words, path):
                    yield finding(item.file, item.line(*path), rule, zh, en)


def _line(lines: Mapping[Path_, int], path: Path_) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _words(value: Any, path: Path_) -> Iterator[tuple[Path_, Words]]:
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from _words(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _words(item, (*path, name))
    elif isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from _words(item, (*path, index))


def _faults(words: Words, path: Path_) -> Iterable[Fault]:
    where = ".".join(str(step) for step in path)
    for language, text in (("zh", words.zh), ("en", words.en)):
        if not text.strip():
            yield "words-empty", f"{where}.{language} 是空的", f"{where}.{language} is empty"
    if CHINESE.search(words.en) and not LATIN.search(words.en):
        yield "words-untranslated", f"{where}.en 还是中文", f"{where}.en is still Chinese"
    if words.zh == words.en and ENGLISH.search(words.zh):
        yield "words-untranslated", f"{where}.zh 还是英文", f"{where}.zh is still English"
