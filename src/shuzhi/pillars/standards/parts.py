from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.standards import codelists
from shuzhi.pillars.standards.errors import CodeListBroken
from shuzhi.pillars.standards.types import CodeListDeclaration


def install_codelist(declaration: Declaration[CodeListDeclaration], installation: Installation) -> None:
    """Code lists are read from the packs themselves; what was read before is forgotten."""
    del declaration, installation
    codelists.shipped_code_lists.cache_clear()


def check_codelists(
    declarations: Sequence[Declaration[CodeListDeclaration]], known: Known
) -> Iterable[Finding]:
    """The files that a list names are there; no code stands twice in a version."""
    del known
    for declaration in declarations:
        outside = list(_check_names(declaration))
        yield from outside or _check_files(declaration)
        yield from _check_codes(declaration)


def _check_names(declaration: Declaration[CodeListDeclaration]) -> Iterator[Finding]:
    """A list reads files that lie beside it, and nothing else on the machine."""
    named: list[tuple[tuple[str | int, ...], str | None]] = [(("crosswalk",), declaration.value.crosswalk)]
    named += [(("versions", at), one.file) for at, one in enumerate(declaration.value.versions)]
    for path, name in named:
        if name is not None and (
            name != PurePath(name).name or (declaration.file.parent / name).is_symlink()
        ):
            zh, en = f"文件 {name} 不在代码表旁边", f"the file {name} does not lie beside the list"
            yield _finding(declaration, path, "codelist-file", zh, en)


def _check_files(declaration: Declaration[CodeListDeclaration]) -> Iterator[Finding]:
    try:
        codelists.load(declaration.file)
    except CodeListBroken as error:
        yield _finding(declaration, (), "codelist-broken", error.message_zh, str(error))


def _check_codes(declaration: Declaration[CodeListDeclaration]) -> Iterator[Finding]:
    for at, version in enumerate(declaration.value.versions):
        seen: set[str] = set()
        for index, code in enumerate(version.codes):
            if code.code in seen:
                path = ("versions", at, "codes", index)
                yield _finding(
                    declaration,
                    path,
                    "code-twice",
                    f"代码 {code.code} 重复",
                    f"code {code.code} stands twice",
                )
            seen.add(code.code)
        yield from _check_parents(declaration, at, seen)


def _check_parents(
    declaration: Declaration[CodeListDeclaration], at: int, codes: set[str]
) -> Iterator[Finding]:
    """A code lies under a code of the same version; a version has one name."""
    versions = declaration.value.versions
    for index, code in enumerate(versions[at].codes):
        if code.parent and (code.parent not in codes or code.parent == code.code):
            path = ("versions", at, "codes", index, "parent")
            zh, en = f"没有上级代码 {code.parent}", f"there is no code {code.parent} above it"
            yield _finding(declaration, path, "code-parent-unknown", zh, en)
        if code.zh is not None and not code.zh.strip():
            path = ("versions", at, "codes", index, "zh")
            zh, en = f"代码 {code.code} 没有中文名称", f"the code {code.code} has no Chinese name"
            yield _finding(declaration, path, "words-empty", zh, en)
    if versions[at].version in {one.version for one in versions[:at]}:
        zh, en = f"版本 {versions[at].version} 重复", f"the version {versions[at].version} stands twice"
        yield _finding(declaration, ("versions", at), "version-twice", zh, en)


def _finding(
    declaration: Declaration[CodeListDeclaration], path: tuple[str | int, ...], rule: str, zh: str, en: str
) -> Finding:
    line = declaration.line(*path)
    return Finding(file=str(declaration.file), line=line, rule=rule, message=Words(zh=zh, en=en))


CODELISTS = Part(
    folder="codelists",
    schema=CodeListDeclaration,
    key="id",
    install=install_codelist,
    check=check_codelists,
    beside=(".csv",),
)
