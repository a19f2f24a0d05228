"""Code lists (代码表) with their versions, and the maps from one version to the next."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.settings import settings
from shuzhi.pillars.standards.errors import CodeListBroken, UnknownVersion
from shuzhi.pillars.standards.types import CodeListDeclaration, VersionDeclaration

CODELISTS = Path("platform", "standards", "codelists")

Crosswalk = Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]
"""(from version, to version) → code → its codes in the later version."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code; a label that no open source gives is None."""

    code: str
    zh: str | None = None
    en: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CodeListVersion:
    """The codes that hold from a day on; `since` is None where the first day is not known."""

    version: str
    since: date | None
    codes: Mapping[str, Code]

    def label(self, code: str, lang: str = "zh") -> str | None:
        """The name of a code in `zh` or `en`, or None if there is no such code or name."""
        found = self.codes.get(code)
        return None if found is None else (found.en if lang == "en" else found.zh)

    def children(self, code: str | None) -> list[Code]:
        """The codes directly below one, or the topmost for None."""
        return [each for each in self.codes.values() if each.parent == code]


@dataclass(frozen=True)
class CodeList:
    """A code list in all its versions, the oldest first."""

    id: str
    title_zh: str
    title_en: str
    standard: str
    source: str
    versions: tuple[CodeListVersion, ...]
    maps: Crosswalk = field(default_factory=dict)

    def at(self, day: date) -> CodeListVersion | None:
        """The version that holds on a day; a version without a known first day is taken to hold always."""
        valid = [version for version in self.versions if version.since is None or version.since <= day]
        return valid[-1] if valid else None

    def version(self, name: str) -> CodeListVersion:
        """The version of that name.

        Raises:
            UnknownVersion: the list has no such version.
        """
        for version in self.versions:
            if version.version == name:
                return version
        raise UnknownVersion(
            list=self.id, version=name, known=", ".join(each.version for each in self.versions)
        )

    @property
    def latest(self) -> CodeListVersion:
        """The newest version."""
        return self.versions[-1]

    def crosswalk(self, from_version: str, to_version: str, code: str) -> list[str]:
        """The codes of another version that share ground with a code, in order; over several steps all that can be reached.

        Works in both directions. Empty: the code is unknown, or was given up. The map is many to many: more than one answer
        means that the code alone does not decide.
        """
        names = [version.version for version in self.versions]
        for name in (from_version, to_version):
            self.version(name)
        start, end = names.index(from_version), names.index(to_version)
        step = 1 if end >= start else -1
        reached = {code} if code in self.version(from_version).codes else set()
        for place in range(start, end, step):
            ways = self.maps.get((names[place], names[place + step]), {})
            reached = {target for here in reached for target in ways.get(here, ())}
        return sorted(reached)


def load(path: Path) -> CodeList:
    """Read one code list: a YAML file, with its codes inside or in CSV files beside it.

    Raises:
        CodeListBroken: the file is not a code list.
    """
    try:
        # Every scalar is a text here, as it is for the pack checker.
        raw = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - builds texts only
        declared = CodeListDeclaration.model_validate(raw)
        return CodeList(
            id=declared.id,
            title_zh=declared.title.zh,
            title_en=declared.title.en,
            standard=declared.standard,
            source=declared.source,
            versions=tuple(_version(version, path.parent) for version in declared.versions),
            maps=_maps(path.parent / declared.crosswalk) if declared.crosswalk else {},
        )
    except (OSError, yaml.YAMLError, KeyError, ValueError) as error:
        raise CodeListBroken(file=path.name, reason=f"{type(error).__name__}: {error}") from error


@lru_cache(maxsize=1)
def shipped_code_lists() -> Mapping[str, CodeList]:
    """The code lists of all packs of this node, by id; where two declare one id, the product's own stands."""
    roots = (packs_root(), *settings().packs)
    lists = [load(path) for root in roots for path in sorted(root.glob("*/*/codelists/*.yaml"))]
    return {code_list.id: code_list for code_list in reversed(lists)}


def _version(declared: VersionDeclaration, folder: Path) -> CodeListVersion:
    if declared.file:
        rows = _rows(folder / declared.file)
        codes = [Code(row["code"], row.get("zh"), row.get("en"), row.get("parent") or None) for row in rows]
    else:
        codes = [Code(code.code, code.zh, code.en, code.parent) for code in declared.codes]
    return CodeListVersion(declared.version, declared.since, {code.code: code for code in codes})


def _maps(path: Path) -> Crosswalk:
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(path):
        if row["to_code"]:
            found[row["from_version"], row["to_version"]][row["from_code"]].add(row["to_code"])
            found[row["to_version"], row["from_version"]][row["to_code"]].add(row["from_code"])
    return {step: {code: tuple(sorted(to)) for code, to in ways.items()} for step, ways in found.items()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
