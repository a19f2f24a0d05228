"""What lies in a pack and belongs nowhere: nothing is passed over in silence, and nothing hides there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from shuzhi.foundation.parts import Finding
from shuzhi.packs.engines import PARTS
from shuzhi.packs.faults import finding

FREE_FOLDERS = frozenset({"samples", "boundaries"})
OWN = frozenset({"pack.yaml", "grade.yaml"})
# What samples and a pack's own folder hold: data and notes to read, never a program.
NOTES = frozenset({".md", ".txt", ""})
DATA = frozenset(
    {
        *(".csv", ".tsv", ".tab", ".xlsx", ".xls", ".json", ".jsonl", ".geojson", ".xml", ".parquet"),
        *(
            ".sqlite",
            ".db",
            ".png",
            ".jpg",
            ".jpeg",
            ".pdf",
            ".docx",
            ".zip",
            ".gz",
            ".yml",
            ".yaml",
            ".html",
        ),
    }
)
MANIFESTS = frozenset({"pack.yaml", "pack.yml", "pack.json"})
SHALLOW, RIGHT, DEEP = 1, 2, 3
"""How many folders deep a pack may lie, wrongly and rightly."""


def check_folder(folder: Path, files: Collection[Path]) -> Iterator[Finding]:
    """Folders and files of a pack that no part reads, and names that are one on another system."""
    known = FREE_FOLDERS | {part.folder for part in PARTS}
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink() and entry.name not in known:
            zh = f"应用包里没有名为“{entry.name}”的部件"
            yield finding(entry, 1, "unknown-folder", zh, f"a pack has no part named “{entry.name}”")
    for file in sorted(files):
        yield from _misplaced(file.relative_to(folder), file)
    yield from _clashing(files)


def _misplaced(place: Path, file: Path) -> Iterator[Finding]:
    if len(place.parts) == 1:
        if place.name not in OWN and place.suffix not in NOTES | {".csv"}:
            zh, en = f"应用包里没有 {place.name} 的位置", f"a pack has no place for {place.name}"
            yield finding(file, 1, "stray-file", zh, en)
    elif place.parts[0] in FREE_FOLDERS:
        if place.suffix.lower() not in DATA | NOTES:
            zh, en = f"{place.suffix} 不是样例数据", f"{place.suffix} files are no samples"
            yield finding(file, 1, "stray-file", zh, en)
    elif len(place.parts) > RIGHT and place.parts[0] in {part.folder for part in PARTS}:
        zh = f"{place.parts[0]} 里不能再有文件夹，此文件不会被读取"
        yield finding(
            file, 1, "stray-folder", zh, f"{place.parts[0]} holds no folders: nobody reads this file"
        )


def _clashing(files: Collection[Path]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for file in sorted(files):
        other = first.setdefault(str(file).lower(), file)
        if other != file:
            zh = f"与 {other.name} 只差大小写，在有的系统上是同一个文件"
            en = f"it differs from {other.name} by case only: on some systems they are one file"
            yield finding(file, 1, "name-case", zh, en)


def astray(roots: Iterable[Path]) -> Iterator[Finding]:
    """Packs that nobody would find below the roots: not two folders deep, or with a manifest of another name."""
    for root in roots:
        for depth in (SHALLOW, DEEP):
            yield from _misplaced_packs(root.glob("/".join(["*"] * depth + ["pack.yaml"])))
        yield from _misnamed(root.glob("*/*/*"))


def astray_below(paths: Iterable[Path]) -> Iterator[Finding]:
    """The same for folders that somebody names: a pack, a field of packs, or a folder of fields."""
    for path in paths:
        for depth in ("*", "*/*", "*/*/*"):
            yield from _misnamed(path.glob(depth))
        yield from _misplaced_packs(path.glob("*/*/*/pack.yaml"))


def _misplaced_packs(files: Iterable[Path]) -> Iterator[Finding]:
    for file in sorted(files):
        if not (file.parents[1] / "pack.yaml").is_file():  # else it lies in a pack, which says so itself
            zh, en = "应用包应在“领域/名称”两层文件夹里", "a pack lies two folders deep: field/name"
            yield finding(file, 1, "pack-place", zh, en)


def _misnamed(files: Iterable[Path]) -> Iterator[Finding]:
    for file in sorted(files):
        meant = file.name.lower() in MANIFESTS and file.name != "pack.yaml"
        if meant and not (file.parent / "pack.yaml").is_file():
            zh, en = f"应名为 pack.yaml，不是 {file.name}", f"this must be called pack.yaml, not {file.name}"
            yield finding(file, 1, "manifest-name", zh, en)
