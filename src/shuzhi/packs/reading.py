"""A pack's folder as it was read, before anybody has judged it together with the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from shuzhi.foundation.parts import Declaration, Finding, Lines
from shuzhi.packs.faults import finding
from shuzhi.packs.types import GradeDeclaration, Manifest


@dataclass
class Read:
    """A folder as it was read; without a manifest it is no pack, but its other faults count all the same."""

    folder: Path
    manifest: Manifest | None = None
    manifest_lines: Lines = field(default_factory=dict)
    grading: GradeDeclaration | None = None
    grading_lines: Lines = field(default_factory=dict)
    declarations: dict[str, tuple[Declaration[BaseModel], ...]] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)  # ids whose files are faulty, by folder
    findings: list[Finding] = field(default_factory=list)
    columns: dict[tuple[str, int], int] = field(default_factory=dict)  # first column of a file's line

    @property
    def name(self) -> str:
        """Field and name, as the folders say them."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def all(self) -> list[Declaration[BaseModel]]:
        """Every declaration, in the order of the parts."""
        return [item for items in self.declarations.values() for item in items]

    def fault(self, file: Path, line: int, rule: str, zh: str, en: str) -> None:
        """Note a finding."""
        self.findings.append(finding(file, line, rule, zh, en))

    def ids(self, folder: str, key: str) -> set[str]:
        """What it declares in a folder; a faulty file is named already, what refers to it is no fault as well."""
        return {str(getattr(item.value, key)) for item in self.declarations.get(folder, ())} | set(
            self.broken.get(folder, ())
        )
