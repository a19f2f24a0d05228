"""`rules/*.dmn`: rule files of a pack. They may import one another, and those of packs that the pack says it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel

from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Lines, Part
from shuzhi.foundation.words import Words
from shuzhi.support.decisions import queries, services
from shuzhi.support.decisions.errors import RuleFileRefused
from shuzhi.support.decisions.queries import Rulebook, read_rulebook, unreadable
from shuzhi.support.decisions.types import Fault, RulesDeclaration

_PACK = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
LARGEST_MANIFEST = 100_000
DEEP = 3
"""Folders above a rule file of a pack: rules, the pack, its field, and where packs are."""


def read_rules(file: Path) -> tuple[BaseModel | None, Lines, list[Finding]]:
    """A rule file with those beside it that it imports; all faults of all cells."""
    try:
        book = _rulebook(file)
    except RuleFileRefused as error:
        return None, {}, [_finding(file, unreadable(error))]
    absent = [_absent(file, each) for each in _needed(file) if not (each / "pack.yaml").is_file()]
    if book.faults or absent:
        return None, {}, [*absent, *(_finding(file, fault) for fault in book.faults)]
    imported = [Path(name) for name in book.imports]
    files = tuple((name, each.read_bytes()) for name, each in _names(file, imported))
    return RulesDeclaration(rules=file.stem, digest=book.digest, files=files), {}, []


def _names(file: Path, imported: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Each file by its name; one of another pack with the pack before it, for names are only a pack's own."""
    yield file.name, file
    for each in imported:
        yield each.name if each.parent == file.parent else f"{_pack_of(each)}/{each.name}", each


def _pack_of(file: Path) -> str:
    return "/".join(file.parts[-4:-2])


def _rulebook(file: Path) -> Rulebook:
    return read_rulebook([file], beside=list(_readable_beside(file)))


def _needed(file: Path) -> list[Path]:
    """The folders of the packs that the file's pack says it needs, `field/name` among its `needs`."""
    if len(file.parents) <= DEEP:
        return []
    manifest = file.parents[1] / "pack.yaml"
    try:
        fit = manifest.is_file() and not manifest.is_symlink() and manifest.stat().st_size <= LARGEST_MANIFEST
        written = yaml.safe_load(manifest.read_text("utf-8")) if fit else {}
    except (OSError, UnicodeError, yaml.YAMLError, ValueError, RecursionError):
        return []  # the pack's own checks say what is wrong with it
    needs = written.get("needs") if isinstance(written, dict) else []
    written = needs if isinstance(needs, list) else []
    named = [each.partition(" >=")[0] for each in written if isinstance(each, str)]
    named = [each for each in named if _PACK.fullmatch(each)]
    return [file.parents[3] / each for each in named]


def _readable_beside(file: Path) -> Iterator[Path]:
    """The pack's other rule files, then those of the packs it needs; an unreadable one is named in its own turn."""
    others = [each for each in sorted(file.parent.glob("*.dmn")) if each != file]
    for folder in _needed(file):
        others += sorted((folder / "rules").glob("*.dmn"))
    for other in others:
        try:
            read_rulebook([other])
        except RuleFileRefused:
            continue
        yield other


def _absent(file: Path, folder: Path) -> Finding:
    name = "/".join(folder.parts[-2:])
    message = Words(zh=f"没有所需的应用包 {name}", en=f"the pack {name}, which is needed, is not there")
    return Finding(
        file=str(file.parents[1] / "pack.yaml"), line=1, rule="rules-pack-missing", message=message
    )


def _finding(file: Path, fault: Fault) -> Finding:
    place = fault.place
    where = f"{place.said('zh')}：", f"{place.said('en')}: "
    message = fault.message.model_copy(
        update={"zh": where[0] + fault.message.zh, "en": where[1] + fault.message.en}
    )
    return Finding(file=str(file), line=max(place.line, 1), rule=f"rules-{fault.code}", message=message)


def install_rules(declaration: Declaration[RulesDeclaration], installation: Installation) -> None:
    """Make the files the current ones."""
    services.install_rules(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def dry_run_rules(old: RulesDeclaration | None, new: RulesDeclaration | None) -> Iterator[Change]:
    """New questions are answered by what is in force; what was decided is explained by what was then."""
    if old is None or (new is not None and new.digest == old.digest):
        return
    if new is None:
        said = Words(
            zh="不再据此决定，已作决定仍可解释",
            en="nothing is decided by them any more; what was can be explained",
        )
        yield Change("rules", old.rules, "removed", said)
        return
    said = Words(
        zh="此后按新规则决定，已作决定仍按原规则解释",
        en="decisions follow the new rules from now on; earlier ones are explained by the old",
    )
    yield Change("rules", old.rules, "changed", said)
    before, after = queries.decisions_of(old), queries.decisions_of(new)
    if gone := sorted(before.keys() - after.keys()):
        zh, en = f"不再有决策 {'、'.join(gone)}", f"no decision {', '.join(gone)} any more"
        yield Change("rules", old.rules, "changed", Words(zh=zh, en=en))
    for name in sorted(before.keys() & after.keys()):
        if asked := sorted(set(after[name]) - set(before[name])):
            zh, en = f"{name} 还要知道 {'、'.join(asked)}", f"{name} needs {', '.join(asked)} as well"
            yield Change("rules", old.rules, "changed", Words(zh=zh, en=en))


def retire_rules(old: RulesDeclaration, installation: Installation) -> None:
    """Decide nothing more by them; what was decided can still be explained."""
    services.retire_rules(rules=old.rules, by=installation.by, at=installation.at)


RULES = Part(
    folder="rules",
    schema=RulesDeclaration,
    key="rules",
    install=install_rules,
    dry_run=dry_run_rules,
    retire=retire_rules,
    ending=".dmn",
    read=read_rules,
)
