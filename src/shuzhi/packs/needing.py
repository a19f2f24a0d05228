"""What packs need (依赖): rooms by name, other packs by id and least version; nothing needs itself, however far round."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

from shuzhi.foundation.parts import Finding
from shuzhi.foundation.words import Words
from shuzhi.packs.engines import PARTS
from shuzhi.packs.faults import finding
from shuzhi.packs.reading import Read
from shuzhi.packs.types import NEED, is_at_least

# What a node declares for all its packs: whichever node it is, its offices are there.
OF_THE_NODE = frozenset({"offices", "nodes", "laws"})
STOREYS = ("shuzhi.pillars", "shuzhi.support", "shuzhi.data", "shuzhi.business")


@cache
def rooms() -> frozenset[str]:
    """The names of the rooms that this build has."""
    return frozenset(
        found.name
        for storey in STOREYS
        for found in pkgutil.iter_modules(import_module(storey).__path__)
        if found.ispkg
    )


def closures(read: Sequence[Read]) -> dict[str, frozenset[str]]:
    """The packs that each pack may refer to: itself, what it needs, and what that needs."""
    wanted = {
        each.name: {need.pack for need in each.manifest.needed_packs} if each.manifest else set()
        for each in read
    }
    ground = frozenset(name for name in wanted if is_ground(name))
    return {name: closure(name, wanted) | ground for name in wanted}


def is_ground(name: str) -> bool:
    """Whether every pack stands on this one without saying so: the laws, standards and loops of the product."""
    return name.startswith("platform/")


def closure(name: str, wanted: Mapping[str, set[str]]) -> frozenset[str]:
    """A pack with everything it needs, near and far."""
    found, waiting = {name}, [name]
    while waiting:
        more = wanted.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return frozenset(found)


def check_needs(read: Sequence[Read]) -> Iterator[Finding]:
    """Rooms and packs that are needed are there, in a version that suffices, and not in a circle."""
    packs = {each.name: each for each in read}
    wanted = {
        each.name: {need.pack for need in each.manifest.needed_packs} if each.manifest else set()
        for each in read
    }
    for each in read:
        for index in range(len(each.manifest.needs) if each.manifest else 0):
            for rule, zh, en in _all_wrong(each, index, packs, wanted):
                line = each.manifest_lines.get(("needs", index), 1)
                yield finding(each.folder / "pack.yaml", line, rule, zh, en)


def _all_wrong(
    each: Read, index: int, packs: Mapping[str, Read], wanted: Mapping[str, set[str]]
) -> Iterator[tuple[str, str, str]]:
    assert each.manifest is not None
    needs = each.manifest.needs
    written = needs[index]
    named = [need.partition(" ")[0] for need in needs]
    if not re.fullmatch(NEED, written):
        zh, en = f"读不懂“{written}”", f"“{written}” is no need"
        yield "need-unreadable", zh, en
        return
    if named[index] in named[:index]:
        yield "need-twice", f"{named[index]} 写了两次", f"{named[index]} stands twice"
    yield from _wrong(each, written, packs, wanted)


def _wrong(
    each: Read, written: str, packs: Mapping[str, Read], wanted: Mapping[str, set[str]]
) -> Iterator[tuple[str, str, str]]:
    name, _, least = written.partition(" >=")
    if "/" not in name:
        if name not in rooms():
            yield "need-unknown", f"没有名为 {name} 的平台能力", f"the platform has no room {name}"
        return
    if name not in packs:
        yield "need-unknown", f"没有应用包 {name}", f"there is no pack {name}"
        return
    manifest = packs[name].manifest
    if manifest is not None and least and not is_at_least(manifest.version, least):
        yield (
            "need-version",
            f"{name} 的版本是 {manifest.version}，需要 {least} 以上",
            f"{name} has version {manifest.version}; {least} or later is needed",
        )
    if each.name in closure(name, wanted):
        yield "need-circle", f"{each.name} 与 {name} 互相依赖", f"{each.name} and {name} need each other"


def not_needed(fault: Finding, read: Sequence[Read], reached: frozenset[str]) -> Finding:
    """A fault that is one only because the pack does not say what it needs."""
    named = [part for part in PARTS if part.folder not in OF_THE_NODE and not part.local]
    words = set(re.findall(r"[A-Za-z0-9-]+", fault.message.en))
    others = [
        each.name
        for each in read
        if each.name not in reached and any(words & each.ids(part.folder, part.key) for part in named)
    ]
    name = others[0] if others else "…"
    return replace(
        fault,
        rule="need-missing",
        message=Words(
            zh=f"用到了 {name} 的内容，但 pack.yaml 的 needs 没有写它（{fault.message.zh}）",
            en=f"this uses what {name} declares, which the needs of pack.yaml do not name ({fault.message.en})",
        ),
        advice=None,
    )
