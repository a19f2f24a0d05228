"""Loading and checking packs. Every fault of every pack is collected; nothing stops at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shuzhi.foundation.parts import Declaration, Finding, Part
from shuzhi.packs import advice, checking, tidiness, walking, yaml
from shuzhi.packs.engines import PARTS
from shuzhi.packs.faults import finding, schema_findings, shown
from shuzhi.packs.reading import Read
from shuzhi.packs.types import GradeDeclaration, Manifest, Pack

MANIFEST = "pack.yaml"
GRADE = "grade.yaml"

Schema = TypeVar("Schema", bound=BaseModel)


def find_packs(roots: Iterable[Path]) -> list[Path]:
    """Every folder below the roots that holds a `pack.yaml`, or parts of a pack, in the order of their names."""
    parts = {part.folder for part in PARTS}
    return sorted(
        {
            folder
            for root in roots
            for folder in root.glob("*/*")
            if (folder / MANIFEST).is_file()
            or (folder.is_dir() and any((folder / part).is_dir() for part in parts))
        }
    )


def find_astray(roots: Iterable[Path], named: Iterable[Path] = ()) -> list[Finding]:
    """What looks like a pack and would be passed over, below roots and below folders that somebody names."""
    return _finished([*tidiness.astray(roots), *tidiness.astray_below(named)], {})


def load_packs(folders: Iterable[Path]) -> tuple[list[Pack], list[Finding]]:
    """Load packs and check them, each by itself and all against one another."""
    read = [_read_folder(folder) for folder in folders]
    findings = [*(fault for each in read for fault in each.findings), *checking.check_together(read)]
    columns = {place: column for each in read for place, column in each.columns.items()}
    return [pack for each in read if (pack := _pack(each))], _finished(findings, columns)


def load_pack(folder: Path) -> tuple[Pack | None, list[Finding]]:
    """Load one pack's manifest and declarations, without the checks that need other packs."""
    read = _read_folder(folder)
    return _pack(read), _finished(read.findings, read.columns)


def _pack(read: Read) -> Pack | None:
    if read.manifest is None:
        return None
    return Pack(read.manifest, read.folder, read.declarations, read.grading)


def _finished(findings: Iterable[Finding], columns: dict[tuple[str, int], int]) -> list[Finding]:
    """In order, each once by what it says, with column and advice."""
    return [
        replace(
            each,
            column=each.column or columns.get((each.file, each.line), 1),
            advice=each.advice or advice.for_rule(each.rule),
        )
        for each in sorted({(each, each.message.zh): each for each in findings}.values())
    ]


def _read_folder(folder: Path) -> Read:
    contents = walking.look(folder)
    read = Read(folder, findings=list(contents.findings))
    if folder / MANIFEST in contents.files:
        read.manifest, read.manifest_lines = _read_into(read, folder / MANIFEST, Manifest)
    elif contents.is_whole and not (folder / MANIFEST).is_symlink():
        read.findings.append(
            finding(folder, 1, "manifest-missing", "缺少 pack.yaml", "there is no pack.yaml")
        )
    if folder / GRADE in contents.files:
        read.grading, read.grading_lines = _read_into(read, folder / GRADE, GradeDeclaration)
    if read.manifest is not None and read.manifest.pack != read.name:
        zh, en = f"pack 应写作 {read.name}", f"pack must say {read.name}"
        read.fault(folder / MANIFEST, read.manifest_lines.get(("pack",), 1), "pack-path", zh, en)
    for part in PARTS:
        _read_part(read, part, contents.within(folder / part.folder))
    read.findings += tidiness.check_folder(folder, contents.files)
    return read


def _read_part(read: Read, part: Part, files: Sequence[Path]) -> None:
    found: list[Declaration[BaseModel]] = []
    read.broken[part.folder] = []
    for file in files:
        if file.suffix != part.ending:
            read.findings += _stray(file, part)
            continue
        value, lines = _read_declaration(read, file, part)
        if value is None:
            read.broken[part.folder].append(file.stem)
            continue
        found.append(Declaration(pack=read.name, file=file, value=value, lines=lines))
        if str(getattr(value, part.key)) != file.stem:
            zh, en = f"文件名应与 {part.key} 相同", f"the file must be named after its {part.key}"
            read.fault(file, lines.get((part.key,), 1), "file-name", zh, en)
    read.declarations[part.folder] = tuple(found)


def _read_declaration(
    read: Read, file: Path, part: Part
) -> tuple[BaseModel | None, dict[tuple[str | int, ...], int]]:
    if part.read is None:
        return _read_into(read, file, part.schema)
    if hidden := list(yaml.hidden_in(file)):
        read.findings += [finding(file, one.line, "hidden", one.zh, one.en, one.column) for one in hidden]
        return None, {}
    value, lines, faults = part.read(file)
    read.findings += faults
    return value, lines


def _read_into(
    read: Read, file: Path, schema: type[Schema]
) -> tuple[Schema | None, dict[tuple[str | int, ...], int]]:
    """A YAML file as its schema; its faults, and the columns of its lines, go to what is read."""
    document = yaml.read(file)
    read.findings += [
        finding(file, fault.line, fault.rule, fault.zh, fault.en, fault.column) for fault in document.faults
    ]
    for path, line in document.lines.items():
        read.columns.setdefault((shown(file), line), document.columns[path])
    if document.value is None or document.faults:
        return None, document.lines
    try:
        return schema.model_validate(document.value), document.lines
    except ValidationError as error:
        read.findings += schema_findings(file, document, error)
        return None, document.lines


def _stray(file: Path, part: Part) -> Iterator[Finding]:
    if file.suffix not in part.beside:
        zh = f"{part.folder} 里只放 {part.ending} 文件"
        yield finding(file, 1, "stray-file", zh, f"{part.folder} holds {part.ending} files only")
