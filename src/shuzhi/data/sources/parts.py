from __future__ import annotations

from codecs import lookup
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
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
        yield from _check_sample(declaration)
        yield from _check_fields(declaration, known)
        yield from _check_kind(declaration)


def _check_path(declaration: Declaration[SourceDeclaration]) -> Iterator[Finding]:
    path = declaration.value.path
    if path is None:
        if declaration.value.kind is Kind.FILE and declaration.value.root is not Root.GIVEN:
            yield _finding(declaration, "source", "path-missing", "缺少 path", "a path is missing")
        return
    if _is_outside(path):
        yield _finding(
            declaration,
            "path",
            "path-outside",
            "path 应为相对路径，不含 .. 和反斜杠",
            "the path must be relative, without .. or backslashes",
        )


def _is_outside(path: str) -> bool:
    absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    return absolute or "\\" in path or ".." in PurePosixPath(path).parts


def _check_sample(declaration: Declaration[SourceDeclaration]) -> Iterator[Finding]:
    """A file that the pack brings along is there, under the very name, and of a kind that is read."""
    source = declaration.value
    if source.path is None or source.root is not Root.SAMPLES:
        return
    folder = declaration.file.parents[1] / "samples"
    if _is_outside(source.path) or (folder / source.path).is_file():
        return
    names = [str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()]
    near = [name for name in names if name.lower() == source.path.lower()] or get_close_matches(
        source.path, names, 1
    )
    zh, en = (f"，是否想写“{near[0]}”", f"; did you mean “{near[0]}”?") if near else ("", "")
    yield _finding(
        declaration,
        "path",
        "sample-missing",
        f"samples 里没有 {source.path}{zh}",
        f"there is no {source.path} in samples{en}",
    )


def _check_fields(declaration: Declaration[SourceDeclaration], known: Known) -> Iterator[Finding]:
    """What goes by a key has one; the column that grows is a field; the encoding is one that Python reads."""
    source, dataset = declaration.value, known.value("datasets", declaration.value.dataset)
    if dataset is not None:
        fields = {field.id for field in dataset.fields}
        if source.kind is Kind.FILE and source.watermark is not None and source.watermark not in fields:
            zh, en = f"数据集没有字段 {source.watermark}", f"the data set has no field {source.watermark}"
            yield _finding(declaration, "watermark", "watermark-unknown", zh, en)
        if source.mode is Mode.DELETE and not dataset.key:
            zh, en = "删除归集要求数据集有主键", "a batch of deletions needs a data set with a key"
            yield _finding(declaration, "mode", "source-without-key", zh, en)
    encoding = source.options.encoding
    if encoding is not None and not _is_encoding(encoding):
        zh, en = f"没有编码 {encoding}", f"there is no encoding {encoding}"
        yield _finding(declaration, "options", "encoding-unknown", zh, en)


def _is_encoding(name: str) -> bool:
    try:
        return bool(lookup(name))
    except LookupError:
        return False


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
