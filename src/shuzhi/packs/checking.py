"""Checks of packs against one another: who declares what, and whether a pack says that it needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from shuzhi.foundation.parts import Declaration, Finding, Known, Part
from shuzhi.packs import grading, needing, wording
from shuzhi.packs.engines import PARTS
from shuzhi.packs.faults import finding
from shuzhi.packs.reading import Read
from shuzhi.packs.systems import systems
from shuzhi.pillars.policy.parts import check_basis
from shuzhi.pillars.policy.types import LawDeclaration


def check_together(read: Sequence[Read]) -> Iterator[Finding]:
    """Every fault that one pack alone does not show."""
    known = _known(read)
    yield from _check_manifests(read, known)
    yield from needing.check_needs(read)
    yield from grading.check_grades(read)
    yield from wording.check_words(read)
    yield from _check_bases(read)
    reach = _Reach(read)
    for part in PARTS:
        gathered = [item for each in read for item in each.declarations[part.folder]]
        yield from _repeated(part, gathered)
        found = list(_asked(part, part.check, gathered, known))
        yield from found
        yield from _not_needed(part, reach, {(each.file, each.line, each.rule) for each in found})


def _known(read: Iterable[Read], *, narrow: Callable[[str, Read], bool] = lambda *_: True) -> Known:
    packs = list(read)
    ids: dict[str, frozenset[str]] = {}
    declared: dict[str, Mapping[str, Any]] = {}
    for part in PARTS:
        some = [each for each in packs if narrow(part.folder, each)]
        ids[part.folder] = frozenset(name for each in some for name in each.ids(part.folder, part.key))
        items = [item.value for each in some for item in each.declarations.get(part.folder, ())]
        declared[part.folder] = {str(getattr(value, part.key)): value for value in items}
    return Known(ids=ids, declared=declared)


def _asked(
    part: Part, check: Callable[..., Iterable[Finding]], items: Sequence[Declaration[Any]], known: Known
) -> Iterator[Finding]:
    """A part's own findings; a check that breaks on what somebody wrote is a finding, not the end."""
    try:
        yield from check(items, known)
    except Exception as error:  # noqa: BLE001 - the other parts are still to be checked
        file = items[0].file.parent if items else Path(part.folder)
        zh, en = f"无法检查：{type(error).__name__}", f"could not be checked: {type(error).__name__}"
        yield finding(file, 1, "check-broken", zh, en)


class _Reach:
    """The packs that each pack may refer to, and what those declare."""

    def __init__(self, read: Sequence[Read]) -> None:
        self.read = read
        self.closures = needing.closures(read)
        self._known: dict[str, Known] = {}

    def narrow(self, each: Read) -> Known | None:
        """What a pack may refer to; nothing where that is everything."""
        reached = self.closures[each.name]
        if len(reached) == len(self.read):
            return None
        if each.name not in self._known:
            self._known[each.name] = _known(self.read, narrow=_within(reached))
        return self._known[each.name]


def _not_needed(part: Part, reach: _Reach, found: set[tuple[str, int, str]]) -> Iterator[Finding]:
    """What is there, but in a pack that this one does not name among its needs."""
    for each in reach.read:
        own = each.declarations[part.folder]
        known = reach.narrow(each) if own else None
        if known is None:
            continue
        for fault in _asked(part, part.check, own, known):
            if (fault.file, fault.line, fault.rule) not in found:
                yield needing.not_needed(fault, reach.read, reach.closures[each.name])


def _within(reached: frozenset[str]) -> Callable[[str, Read], bool]:
    return lambda folder, other: folder in needing.OF_THE_NODE or other.name in reached


def _check_manifests(read: Sequence[Read], known: Known) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for each in read:
        file = each.folder / "pack.yaml"
        if each.name in first:
            zh, en = f"{each.name} 已在 {first[each.name]}", f"{each.name} is already at {first[each.name]}"
            yield finding(file, 1, "pack-twice", zh, en)
        first.setdefault(each.name, each.folder)
        if each.manifest and not known.has("offices", each.manifest.owner):
            line = each.manifest_lines.get(("owner",), 1)
            zh, en = f"没有部门 {each.manifest.owner}", f"no office {each.manifest.owner}"
            yield finding(file, line, "owner-unknown", zh, en)
        yield from _check_systems(each)
        yield from _check_shown(each)


def _check_systems(read: Read) -> Iterator[Finding]:
    named = read.manifest.systems if read.manifest else ()
    for index, system in enumerate(named):
        line = read.manifest_lines.get(("systems", index), 1)
        if system not in systems():
            zh, en = f"系统清单里没有 {system}", f"the table of systems has no {system}"
            yield finding(read.folder / "pack.yaml", line, "system-unknown", zh, en)
        if system in named[:index]:
            zh, en = f"系统 {system} 重复", f"the system {system} stands twice"
            yield finding(read.folder / "pack.yaml", line, "system-twice", zh, en)


def _check_shown(read: Read) -> Iterator[Finding]:
    """A scenario shows systems that its pack says it makes work."""
    named = set(read.manifest.systems) if read.manifest else set()
    for item in read.declarations["scenarios"]:
        for index, system in enumerate(getattr(item.value, "systems", ())):
            if named and system not in named and system in systems():
                zh = f"场景点名 {system}，pack.yaml 的 systems 却没有写"
                en = f"the scenario names {system}, which the systems of pack.yaml do not"
                yield finding(item.file, item.line("systems", index), "system-unclaimed", zh, en)


def _check_bases(read: Sequence[Read]) -> Iterator[Finding]:
    laws = [item.value for each in read for item in each.declarations["laws"]]
    known = [law for law in laws if isinstance(law, LawDeclaration)]
    for each in read:
        stated = each.manifest.basis if each.manifest else ()
        line = each.manifest_lines.get(("basis",), 1)
        yield from check_basis(known, stated, file=each.folder / "pack.yaml", line=line)
        for item in each.all:
            bases = getattr(item.value, "basis", ())
            yield from check_basis(known, bases, file=item.file, line=item.line("basis"))


def _repeated(part: Part, items: list[Declaration[BaseModel]]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for item in items:
        name = str(getattr(item.value, part.key))
        name = f"{item.pack} {name}" if part.local else name
        if name in first:
            zh, en = f"{name} 已在 {first[name]} 中声明", f"{name} is already declared in {first[name]}"
            yield finding(item.file, item.line(part.key), "id-twice", zh, en)
        first.setdefault(name, item.file)
