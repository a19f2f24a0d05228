"""What lies in a pack's folder, looked at before anything is opened: a pack may come from anybody."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shuzhi.foundation.parts import Finding
from shuzhi.packs.faults import finding

MOST_FILES = 5_000
MOST_FILE_BYTES = 64_000_000
MOST_BYTES = 256_000_000
DEEPEST_FOLDER = 8


@dataclass(frozen=True)
class Contents:
    """The plain files of a folder, and what else is in it."""

    files: frozenset[Path]
    findings: tuple[Finding, ...]
    is_whole: bool = True  # whether everything was looked at

    def within(self, folder: Path) -> list[Path]:
        """The plain files right in a folder, by name."""
        return sorted(file for file in self.files if file.parent == folder)


def look(folder: Path) -> Contents:
    """Every plain file below a folder. Links, devices, pipes, and what is too much are findings and are not opened."""
    if folder.is_symlink():
        return Contents(frozenset(), (_linked(folder),), is_whole=False)
    files: set[Path] = set()
    findings: list[Finding] = []
    size = 0
    for entry in _entries(folder, findings):
        size += entry.stat(follow_symlinks=False).st_size
        files.add(Path(entry.path))
        if len(files) > MOST_FILES or size > MOST_BYTES:
            zh = f"应用包过大：最多 {MOST_FILES} 个文件、{MOST_BYTES // 1_000_000} MB"
            en = f"the pack is too large: at most {MOST_FILES} files and {MOST_BYTES // 1_000_000} MB"
            findings.append(finding(folder, 1, "pack-too-large", zh, en))
            return Contents(frozenset(), tuple(findings), is_whole=False)
    return Contents(frozenset(files), tuple(findings))


def _entries(folder: Path, findings: list[Finding]) -> Iterator[os.DirEntry[str]]:
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            findings.append(
                finding(
                    here, 1, "unreadable", f"读不出：{error.strerror}", f"cannot be read: {error.strerror}"
                )
            )
            continue
        for entry in entries:
            if fault := _fault(entry, depth):
                findings.append(fault)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), depth + 1))
            else:
                yield entry


def _fault(entry: os.DirEntry[str], depth: int) -> Finding | None:
    facts = entry.stat(follow_symlinks=False)
    place = Path(entry.path)
    if not entry.name.isprintable():
        return finding(
            place,
            1,
            "name-unreadable",
            "文件名含有不可见字符",
            "the name has characters that cannot be shown",
        )
    if stat.S_ISLNK(facts.st_mode):
        return _linked(place)
    if stat.S_ISDIR(facts.st_mode):
        zh, en = f"文件夹超过 {DEEPEST_FOLDER} 层", f"folders nest deeper than {DEEPEST_FOLDER}"
        return finding(place, 1, "folder-too-deep", zh, en) if depth >= DEEPEST_FOLDER else None
    if not stat.S_ISREG(facts.st_mode):
        return finding(place, 1, "no-file", "不是普通文件", "this is no plain file")
    if facts.st_size > MOST_FILE_BYTES:
        zh = f"文件超过 {MOST_FILE_BYTES // 1_000_000} MB"
        return finding(
            place, 1, "file-too-large", zh, f"the file has more than {MOST_FILE_BYTES // 1_000_000} MB"
        )
    return None


def _linked(place: Path) -> Finding:
    return finding(place, 1, "link", "应用包里不能有符号链接", "a pack holds no symbolic links")
