"""`rules/*.dmn`: rule files of a pack. Files of one pack may import one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from shuzhi.foundation.parts import Declaration, Finding, Installation, Lines, Part
from shuzhi.support.decisions import services
from shuzhi.support.decisions.errors import RuleFileRefused
from shuzhi.support.decisions.queries import Rulebook, read_rulebook, unreadable
from shuzhi.support.decisions.types import Fault, RulesDeclaration


def read_rules(file: Path) -> tuple[BaseModel | None, Lines, list[Finding]]:
    """A rule file with those beside it that it imports; all faults of all cells."""
    try:
        book = _rulebook(file)
    except RuleFileRefused as error:
        return None, {}, [_finding(file, unreadable(error))]
    if book.faults:
        return None, {}, [_finding(file, fault) for fault in book.faults]
    names = (file, *(Path(name) for name in book.imports))
    files = tuple((each.name, each.read_bytes()) for each in names)
    return RulesDeclaration(rules=file.stem, digest=book.digest, files=files), {}, []


def _rulebook(file: Path) -> Rulebook:
    return read_rulebook([file], beside=list(_readable_beside(file)))


def _readable_beside(file: Path) -> Iterator[Path]:
    """The pack's other rule files; an unreadable one is named in its own turn."""
    for other in sorted(file.parent.glob("*.dmn")):
        if other == file:
            continue
        try:
            read_rulebook([other])
        except RuleFileRefused:
            continue
        yield other


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


RULES = Part(
    folder="rules",
    schema=RulesDeclaration,
    key="rules",
    install=install_rules,
    ending=".dmn",
    read=read_rules,
)
