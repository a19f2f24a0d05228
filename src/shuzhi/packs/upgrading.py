"""What bringing a pack to another state does (升级预演): told before it is done, part by part; done in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from shuzhi.foundation.parts import Change, Declaration, Installation, Part
from shuzhi.foundation.words import Words
from shuzhi.packs.engines import PARTS
from shuzhi.packs.queries import Installed
from shuzhi.packs.types import Pack
from shuzhi.support.workflow.processes.queries import cases_naming

Snapshot = dict[str, dict[str, Any]]
"""What a pack declares, by folder and id, as JSON."""
SAID = {
    "added": Words(zh="新增", en="new"),
    "changed": Words(zh="有改动", en="changed"),
    "removed": Words(zh="不再有", en="gone"),
}


@dataclass(frozen=True)
class Report:
    """What an upgrade would do."""

    pack: str
    installed: str | None
    offered: str
    changes: tuple[Change, ...]

    @property
    def refusals(self) -> tuple[Change, ...]:
        """The changes that can't be done; one is enough for nothing to be done."""
        return tuple(change for change in self.changes if change.refuses)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "pack": self.pack,
            "from": self.installed,
            "to": self.offered,
            "refused": bool(self.refusals),
            "changes": [
                {
                    "part": f"{one.folder}/{one.id}",
                    "kind": one.kind,
                    "said": one.said.model_dump(),
                    "touches": one.touches,
                    "refuses": one.refuses,
                }
                for one in self.changes
            ],
        }


@dataclass(frozen=True)
class Pair:
    """One declared thing before and after, either of which may be nothing."""

    part: Part
    id: str
    old: BaseModel | None
    new: Declaration[BaseModel] | None

    @property
    def value(self) -> BaseModel | None:
        """What it is afterwards."""
        return self.new.value if self.new else None


def snapshot(pack: Pack) -> Snapshot:
    """What a pack declares, to be kept with its installation."""
    found: Snapshot = {}
    for part in PARTS:
        for item in pack.declarations[part.folder]:
            text = _as_json(item.value)
            if text is not None:
                found.setdefault(part.folder, {})[str(getattr(item.value, part.key))] = json.loads(text)
    return found


def report(pack: Pack, installed: Installed | None) -> Report:
    """What bringing the node to this state of the pack would do; nothing is changed."""
    pairs = changed_pairs(pack, installed.declared if installed else {})
    changes = [change for pair in pairs for change in _told(pair)]
    before = installed.manifest.version if installed else None
    return Report(pack.id, before, pack.manifest.version, tuple(changes))


def changed_pairs(pack: Pack, before: Mapping[str, Mapping[str, Any]] | None) -> list[Pair]:
    """What differs from what was installed, in the order of the parts."""
    return [pair for part in PARTS for pair in _pairs(part, pack, (before or {}).get(part.folder, {}))]


def retired_pairs(before: Mapping[str, Mapping[str, Any]] | None) -> list[Pair]:
    """Everything that a pack had declared, as if all of it went; what was installed last goes first."""
    pairs = [
        Pair(part, name, _parsed(part, value), None)
        for part in PARTS
        for name, value in (before or {}).get(part.folder, {}).items()
    ]
    return pairs[::-1]


def retire(pairs: list[Pair], installation: Installation) -> None:
    """Take what goes out of use, the last part first."""
    for pair in reversed(pairs):
        if pair.new is None and pair.old is not None and pair.part.retire:
            pair.part.retire(pair.old, installation)


def migrate(pairs: list[Pair], installation: Installation) -> None:
    """Let the rooms move what runs on the former state to the one that is installed now."""
    for pair in pairs:
        if pair.new is not None and pair.old is not None and pair.part.migrate:
            pair.part.migrate(pair.old, pair.value, installation)


def _pairs(part: Part, pack: Pack, before: Mapping[str, Any]) -> Iterator[Pair]:
    after = {str(getattr(item.value, part.key)): item for item in pack.declarations[part.folder]}
    for name in sorted(before.keys() | after.keys()):
        item = after.get(name)
        text = _as_json(item.value) if item else None
        if name in before and text is not None and json.loads(text) == before[name]:
            continue
        yield Pair(part, name, _parsed(part, before[name]) if name in before else None, item)


def told_of(pair: Pair) -> list[Change]:
    """What a room says of a pair, or that it is new, changed or gone."""
    return list(_told(pair))


def _told(pair: Pair) -> Iterator[Change]:
    kind = "added" if pair.old is None else "changed" if pair.new else "removed"
    found = list(pair.part.dry_run(pair.old, pair.value)) if pair.part.dry_run else []
    found += _stood_on(pair)
    yield from found or [Change(pair.part.folder, pair.id, kind, SAID[kind])]  # type: ignore[arg-type]


def _stood_on(pair: Pair) -> Iterator[Change]:
    """Forms and rules that running cases still come to can't go: the case would stand still before them."""
    key = {"forms": "form", "rules": "rules"}.get(pair.part.folder)
    if key is None or pair.old is None:
        return
    running = cases_naming(key, pair.id)
    if running and pair.new is None:
        said = Words(
            zh="在办办件还要用它，办结后才能移除",
            en="running cases still come to it: it can go once they have ended",
        )
        yield Change(pair.part.folder, pair.id, "removed", said, running, refuses=True)
    elif running:
        said = Words(
            zh="在办办件走到这一步时用新版", en="running cases use the new version when they come to it"
        )
        yield Change(pair.part.folder, pair.id, "changed", said, running)


def _as_json(value: BaseModel) -> str | None:
    try:
        return value.model_dump_json(by_alias=True)
    except (UnicodeError, ValueError):
        return None  # content that is no text is compared by the pack's digest alone


def _parsed(part: Part, value: Any) -> BaseModel | None:
    try:
        return part.schema.model_validate(value)
    except ValidationError:
        return None  # an earlier release of the product declared it otherwise: it is installed anew
