"""Loading and checking packs. Every fault of every pack is collected; nothing stops at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shuzhi.foundation.parts import Declaration, Finding, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.packs import yaml
from shuzhi.packs.engines import PARTS
from shuzhi.packs.types import Manifest, Pack
from shuzhi.pillars.policy.parts import check_basis
from shuzhi.pillars.policy.types import LawDeclaration

FREE_FOLDERS = frozenset({"samples", "scenarios", "boundaries"})
MANIFEST = "pack.yaml"

Schema = TypeVar("Schema", bound=BaseModel)


def find_packs(roots: Iterable[Path]) -> list[Path]:
    """Every folder below the roots that holds a `pack.yaml`, in the order of their names."""
    return sorted(file.parent for root in roots for file in root.glob(f"*/*/{MANIFEST}"))


def load_packs(folders: Iterable[Path]) -> tuple[list[Pack], list[Finding]]:
    """Load packs and check them, each by itself and all against one another."""
    packs: list[Pack] = []
    findings: list[Finding] = []
    for folder in folders:
        pack, faults = load_pack(folder)
        findings += faults
        if pack is not None:
            packs.append(pack)
    findings += _check_together(packs)
    return packs, sorted(findings)


def load_pack(folder: Path) -> tuple[Pack | None, list[Finding]]:
    """Load one pack's manifest and declarations."""
    manifest, _, findings = _read(folder / MANIFEST, Manifest)
    if manifest is None:
        return None, findings
    expected = f"{folder.parent.name}/{folder.name}"
    if manifest.pack != expected:
        findings.append(
            _finding(
                folder / MANIFEST, 1, "pack-path", f"pack 应写作 {expected}", f"pack must say {expected}"
            )
        )
    declarations = {}
    for part in PARTS:
        declarations[part.folder], faults = _read_part(folder, part, manifest.pack)
        findings += faults
    findings += _unknown_folders(folder)
    return Pack(manifest=manifest, folder=folder, declarations=declarations), findings


def _read_part(
    folder: Path, part: Part, pack: str
) -> tuple[tuple[Declaration[BaseModel], ...], list[Finding]]:
    found: list[Declaration[BaseModel]] = []
    findings: list[Finding] = []
    for file in sorted((folder / part.folder).glob("*.yaml")):
        value, lines, faults = _read(file, part.schema)
        findings += faults
        if value is None:
            continue
        found.append(Declaration(pack=pack, file=file, value=value, lines=lines))
        if getattr(value, part.key) != file.stem:
            findings.append(
                _finding(
                    file,
                    lines.get((part.key,), 1),
                    "file-name",
                    f"文件名应与 {part.key} 相同",
                    f"the file must be named after its {part.key}",
                )
            )
    return tuple(found), findings


def _read(
    file: Path, schema: type[Schema]
) -> tuple[Schema | None, dict[tuple[str | int, ...], int], list[Finding]]:
    document = yaml.read(file)
    findings = [_finding(file, fault.line, "yaml", fault.zh, fault.en) for fault in document.faults]
    if document.value is None or document.faults:
        return None, document.lines, findings
    try:
        return schema.model_validate(document.value), document.lines, findings
    except ValidationError as error:
        return None, document.lines, [*findings, *_schema_findings(file, document, error)]


def _schema_findings(file: Path, document: yaml.Document, error: ValidationError) -> Iterator[Finding]:
    for fault in error.errors():
        where = ".".join(str(step) for step in fault["loc"])
        yield _finding(
            file,
            _nearest_line(document.lines, fault["loc"]),
            f"schema-{fault['type']}",
            f"{where or '文件'}：{fault['msg']}",
            f"{where or 'file'}: {fault['msg']}",
        )


def _nearest_line(lines: dict[tuple[str | int, ...], int], path: tuple[Any, ...]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _unknown_folders(folder: Path) -> Iterator[Finding]:
    known = FREE_FOLDERS | {part.folder for part in PARTS}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name not in known:
            yield _finding(
                entry,
                1,
                "unknown-folder",
                f"应用包里没有名为“{entry.name}”的部件",
                f"a pack has no part named “{entry.name}”",
            )


def _check_together(packs: list[Pack]) -> Iterator[Finding]:
    gathered = {
        part.folder: [item for pack in packs for item in pack.declarations[part.folder]] for part in PARTS
    }
    ids = {
        part.folder: [str(getattr(item.value, part.key)) for item in gathered[part.folder]] for part in PARTS
    }
    known = Known(ids={folder: frozenset(names) for folder, names in ids.items()})
    yield from _check_bases(packs)
    for part in PARTS:
        yield from _repeated(part, gathered[part.folder])
        yield from part.check(gathered[part.folder], known)


def _check_bases(packs: list[Pack]) -> Iterator[Finding]:
    laws = [item.value for pack in packs for item in pack.declarations["laws"]]
    known = [law for law in laws if isinstance(law, LawDeclaration)]
    for pack in packs:
        yield from check_basis(known, pack.manifest.basis, file=pack.folder / MANIFEST, line=1)
        for item in (item for items in pack.declarations.values() for item in items):
            bases = getattr(item.value, "basis", ())
            yield from check_basis(known, bases, file=item.file, line=item.line("basis"))


def _repeated(part: Part, items: list[Declaration[BaseModel]]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for item in items:
        name = str(getattr(item.value, part.key))
        if name in first:
            yield _finding(
                item.file,
                item.line(part.key),
                "id-twice",
                f"{name} 已在 {first[name]} 中声明",
                f"{name} is already declared in {first[name]}",
            )
        first.setdefault(name, item.file)


def _finding(file: Path, line: int, rule: str, zh: str, en: str) -> Finding:
    return Finding(file=str(file), line=line, rule=rule, message=Words(zh=zh, en=en))
