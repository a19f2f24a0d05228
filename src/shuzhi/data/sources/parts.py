from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from shuzhi.data.sources import queries, services
from shuzhi.data.sources.types import Kind, Mode, Root, SourceDeclaration
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install_source(declaration: Declaration[SourceDeclaration], installation: Installation) -> None:
    """Register the source."""
    services.register_source(
        declaration=declaration.value, by=installation.by, at=installation.at, pack=installation.pack
    )


def check_sources(declarations: Sequence[Declaration[SourceDeclaration]], known: Known) -> Iterable[Finding]:
    """A source names a data set and an office that packs declare, and a place that can be read."""
    for declaration in declarations:
        source = declaration.value
        if not known.has("datasets", source.dataset):
            yield _finding(
                declaration,
                "dataset",
                "dataset-unknown",
                f"没有数据集 {source.dataset}",
                f"no data set {source.dataset}",
            )
        if not known.has("offices", source.office):
            yield _finding(
                declaration,
                "office",
                "office-unknown",
                f"没有部门 {source.office}",
                f"no office {source.office}",
            )
        yield from _check_path(declaration)
        yield from _check_kind(declaration)


def _check_path(declaration: Declaration[SourceDeclaration]) -> Iterator[Finding]:
    path = declaration.value.path
    if path is None:
        if declaration.value.kind is Kind.FILE and declaration.value.root is not Root.GIVEN:
            yield _finding(declaration, "source", "path-missing", "缺少 path", "a path is missing")
        return
    outside = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute() or "\\" in path
    if outside or ".." in PurePosixPath(path).parts:
        yield _finding(
            declaration,
            "path",
            "path-outside",
            "path 应为相对路径，不含 .. 和反斜杠",
            "the path must be relative, without .. or backslashes",
        )


def _check_kind(declaration: Declaration[SourceDeclaration]) -> Iterator[Finding]:
    source = declaration.value
    if source.kind is Kind.SQL and (
        source.table is None or (source.connection is None) == (source.path is None)
    ):
        yield _finding(
            declaration,
            "kind",
            "sql-incomplete",
            "数据库源应写明 table，以及 connection（密钥名）或 path（SQLite 文件）之一",
            "a database source needs its table, and either a connection (a secret's name) or a path (an SQLite file)",
        )
    if source.kind is Kind.SQL and source.mode is Mode.INCREMENTAL and source.watermark is None:
        yield _finding(
            declaration,
            "mode",
            "watermark-missing",
            "增量归集应写明 watermark",
            "incremental collecting needs a watermark",
        )


def _finding(declaration: Declaration[SourceDeclaration], key: str, rule: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file), line=declaration.line(key), rule=rule, message=Words(zh=zh, en=en)
    )


def dry_run_source(old: SourceDeclaration | None, new: SourceDeclaration | None) -> Iterator[Change]:
    """Batches that wait are finished before their source changes or goes."""
    if old is None:
        return
    waiting = [each for each in queries.waiting_batches() if each.source == old.source]
    if waiting:
        said = Words(
            zh="还有批次未归集完，请先归集", en="batches are still to be collected: collect them first"
        )
        yield Change("sources", old.source, "changed" if new else "removed", said, len(waiting), refuses=True)
    elif new is None:
        count = len(queries.batches(source=old.source))
        said = Words(zh="停用数据源，已收批次保留", en="the source goes out of use, its batches stay")
        yield Change("sources", old.source, "removed", said, count)


def retire_source(old: SourceDeclaration, installation: Installation) -> None:
    """Take nothing more from it."""
    services.retire_source(source=old.source, by=installation.by, at=installation.at)


SOURCES = Part(
    folder="sources",
    schema=SourceDeclaration,
    key="source",
    install=install_source,
    check=check_sources,
    dry_run=dry_run_source,
    retire=retire_source,
)
