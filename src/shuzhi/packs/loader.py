"""Loading and checking packs. Every fault of every pack is collected; nothing stops at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shuzhi.foundation.parts import Declaration, Finding, Known, Part
from shuzhi.packs import yaml
from shuzhi.packs.engines import PARTS
from shuzhi.packs.faults import finding, schema_findings
from shuzhi.packs.types import Manifest, Pack
from shuzhi.pillars.policy.parts import check_basis
from shuzhi.pillars.policy.types import LawDeclaration

FREE_FOLDERS = frozenset({"samples", "scenarios", "boundaries"})
MANIFEST = "pack.yaml"

Schema = TypeVar("Schema", bound=BaseModel)
Declarations = tuple[Declaration[BaseModel], ...]


@dataclass
class _Read:
    """A folder as it was read; without a manifest it is no pack, but its other faults count all the same."""

    folder: Path
    manifest: Manifest | None
    manifest_lines: dict[tuple[str | int, ...], int]
    declarations: dict[str, Declarations] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)  # ids whose files are faulty, by folder
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"


def find_packs(roots: Iterable[Path]) -> list[Path]:
    """Every folder below the roots that holds a `pack.yaml`, in the order of their names."""
    return sorted(file.parent for root in roots for file in root.glob(f"*/*/{MANIFEST}"))


def load_packs(folders: Iterable[Path]) -> tuple[list[Pack], list[Finding]]:
    """Load packs and check them, each by itself and all against one another."""
    read = [_read_folder(folder) for folder in folders]
    findings = [*(fault for each in read for fault in each.findings), *_check_together(read)]
    packs = [Pack(each.manifest, each.folder, each.declarations) for each in read if each.manifest]
    return packs, sorted(findings)


def load_pack(folder: Path) -> tuple[Pack | None, list[Finding]]:
    """Load one pack's manifest and declarations, without the checks that need other packs."""
    read = _read_folder(folder)
    pack = Pack(read.manifest, folder, read.declarations) if read.manifest else None
    return pack, read.findings


def _read_folder(folder: Path) -> _Read:
    manifest, lines, findings = _read_file(folder / MANIFEST, Manifest)
    read = _Read(folder, manifest, lines, findings=findings)
    if manifest is not None and manifest.pack != read.name:
        zh, en = f"pack 应写作 {read.name}", f"pack must say {read.name}"
        findings.append(finding(folder / MANIFEST, lines.get(("pack",), 1), "pack-path", zh, en))
    for part in PARTS:
        _read_part(read, part)
    findings += _unknown_folders(folder)
    return read


def _read_part(read: _Read, part: Part) -> None:
    found: list[Declaration[BaseModel]] = []
    read.broken[part.folder] = []
    for file in sorted((read.folder / part.folder).glob("*")):
        if file.suffix != part.ending:
            read.findings += _stray(file, part)
            continue
        value, lines, faults = part.read(file) if part.read else _read_file(file, part.schema)
        read.findings += faults
        if value is None:
            read.broken[part.folder].append(file.stem)
            continue
        found.append(Declaration(pack=read.name, file=file, value=value, lines=lines))
        if str(getattr(value, part.key)) != file.stem:
            zh, en = f"文件名应与 {part.key} 相同", f"the file must be named after its {part.key}"
            read.findings.append(finding(file, lines.get((part.key,), 1), "file-name", zh, en))
    read.declarations[part.folder] = tuple(found)


def _read_file(
    file: Path, schema: type[Schema]
) -> tuple[Schema | None, dict[tuple[str | int, ...], int], list[Finding]]:
    document = yaml.read(file)
    findings = [finding(file, fault.line, "yaml", fault.zh, fault.en) for fault in document.faults]
    if document.value is None or document.faults:
        return None, document.lines, findings
    try:
        return schema.model_validate(document.value), document.lines, findings
    except ValidationError as error:
        return None, document.lines, list(schema_findings(file, document, error))


def _stray(file: Path, part: Part) -> Iterator[Finding]:
    if file.suffix not in part.beside:
        zh = f"{part.folder} 里只放 {part.ending} 文件"
        yield finding(file, 1, "stray-file", zh, f"{part.folder} holds {part.ending} files only")


def _unknown_folders(folder: Path) -> Iterator[Finding]:
    known = FREE_FOLDERS | {part.folder for part in PARTS}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name not in known:
            zh = f"应用包里没有名为“{entry.name}”的部件"
            yield finding(entry, 1, "unknown-folder", zh, f"a pack has no part named “{entry.name}”")


def _check_together(read: Sequence[_Read]) -> Iterator[Finding]:
    gathered = {
        part.folder: [item for each in read for item in each.declarations[part.folder]] for part in PARTS
    }
    known = Known(ids={part.folder: frozenset(_ids(part, gathered, read)) for part in PARTS})
    yield from _check_manifests(read, known)
    yield from _check_bases(read)
    for part in PARTS:
        yield from _repeated(part, gathered[part.folder])
        yield from part.check(gathered[part.folder], known)


def _ids(
    part: Part, gathered: Mapping[str, list[Declaration[BaseModel]]], read: Sequence[_Read]
) -> Iterator[str]:
    # A faulty file is named already: what refers to it must not be called a fault as well.
    yield from (str(getattr(item.value, part.key)) for item in gathered[part.folder])
    yield from (name for each in read for name in each.broken[part.folder])


def _check_manifests(read: Sequence[_Read], known: Known) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for each in read:
        file = each.folder / MANIFEST
        if each.name in first:
            zh, en = f"{each.name} 已在 {first[each.name]}", f"{each.name} is already at {first[each.name]}"
            yield finding(file, 1, "pack-twice", zh, en)
        first.setdefault(each.name, each.folder)
        if each.manifest and not known.has("offices", each.manifest.owner):
            line = each.manifest_lines.get(("owner",), 1)
            zh, en = f"没有部门 {each.manifest.owner}", f"no office {each.manifest.owner}"
            yield finding(file, line, "owner-unknown", zh, en)


def _check_bases(read: Sequence[_Read]) -> Iterator[Finding]:
    laws = [item.value for each in read for item in each.declarations["laws"]]
    known = [law for law in laws if isinstance(law, LawDeclaration)]
    for each in read:
        stated = each.manifest.basis if each.manifest else ()
        line = each.manifest_lines.get(("basis",), 1)
        yield from check_basis(known, stated, file=each.folder / MANIFEST, line=line)
        for item in (item for items in each.declarations.values() for item in items):
            bases = getattr(item.value, "basis", ())
            yield from check_basis(known, bases, file=item.file, line=item.line("basis"))


def _repeated(part: Part, items: list[Declaration[BaseModel]]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for item in items:
        name = str(getattr(item.value, part.key))
        if name in first:
            zh, en = f"{name} 已在 {first[name]} 中声明", f"{name} is already declared in {first[name]}"
            yield finding(item.file, item.line(part.key), "id-twice", zh, en)
        first.setdefault(name, item.file)
