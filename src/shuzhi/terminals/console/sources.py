"""`shuzhi sources`: look at a department's file, and write it out as it is read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from shuzhi.data.sources.reading.converting import convert_file
from shuzhi.data.sources.reading.errors import UnreadableFile
from shuzhi.data.sources.reading.profiling import profile_file
from shuzhi.data.sources.reading.types import Limits, Problem, Profile, ReadOptions
from shuzhi.foundation.errors import PlatformError

app = typer.Typer(no_args_is_help=True, help="查看与转换来源文件 / look at and convert source files")

WIDTH_OF_FILES = 160

File = Annotated[Path, typer.Argument(help="文件 / the file")]
Table = Annotated[
    str | None, typer.Option("--table", help="工作表、数据表或数组的名称 / sheet, table or array")
]
Encoding = Annotated[str | None, typer.Option("--encoding", help="指定编码 / fix the encoding")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="指定分隔符 / fix the delimiter")]
HeaderRow = Annotated[int | None, typer.Option("--header-row", min=1, help="指定表头行 / fix the header row")]


@app.command()
def profile(
    file: File,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")] = False,
    table: Table = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header_row: HeaderRow = None,
) -> None:
    """探查文件：格式、编码、表头、列、问题 / say what a file is and what its columns hold."""
    try:
        found = profile_file(file, options=_options(table, encoding, delimiter, header_row))
    except Exception as error:  # noqa: BLE001  (a hostile file ends in a message, whatever it did)
        _refuse(file, error)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(found)


@app.command()
def convert(
    file: File,
    *,
    out: Annotated[Path, typer.Option("--out", help="写入的 CSV / the CSV to write")],
    table: Table = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header_row: HeaderRow = None,
) -> None:
    """转换为 UTF-8 CSV；有问题的行另存 / write the rows as UTF-8 CSV; broken rows go to a file of their own."""
    try:
        done = convert_file(file, out, options=_options(table, encoding, delimiter, header_row))
    except Exception as error:  # noqa: BLE001  (a hostile file ends in a message, whatever it did)
        _refuse(file, error)
    typer.echo(f"已写入 {done.rows} 行 / {done.rows} rows written: {done.out}", err=True)
    if done.apart:
        typer.echo(f"有问题的 {done.broken} 行另存 / {done.broken} broken rows: {done.apart}", err=True)


def _options(
    table: str | None, encoding: str | None, delimiter: str | None, header_row: int | None
) -> ReadOptions:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
    mark = named.get(delimiter, delimiter) if delimiter else None
    if mark is not None and (len(mark) != 1 or mark in '"\r\n\0'):
        raise typer.BadParameter("分隔符须为一个字符 / a delimiter is one character")
    return ReadOptions(table=table, encoding=encoding, delimiter=mark, header_row=header_row, limits=Limits())


def _refuse(file: Path, error: Exception) -> NoReturn:
    """One message in both languages on standard error, and exit code 1."""
    if not isinstance(error, PlatformError):
        reason = getattr(error, "strerror", None) or type(error).__name__
        error = UnreadableFile(file=file.name, format="file", reason=reason)
    typer.echo(f"{error.message_zh}\n{error} [{error.code}]", err=True)
    raise typer.Exit(1)


def _show(found: Profile) -> None:
    from rich.console import Console
    from rich.table import Table as Lines

    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES)
    facts = [
        found.format,
        found.encoding,
        found.table,
        f"表头第 {found.header_row} 行" if found.header_row else None,
    ]
    console.print(" · ".join(fact for fact in facts if fact), f"· {found.rows} 行 / rows", markup=False)
    lines = Lines(
        "列 / column",
        "类型 / type",
        "含义 / meaning",
        "空 / nulls",
        "不同 / distinct",
        "有误 / faults",
        "个人信息 / personal",
    )
    for column in found.columns:
        personal = "、".join(column.personal_kinds)
        cells = (
            column.name,
            column.type,
            column.semantic or "",
            str(column.nulls),
            str(column.distinct),
            str(column.faults),
            personal,
        )
        lines.add_row(*(cell.replace("[", "\\[") for cell in cells))
    console.print(lines)
    keys = "、".join(key[0] for key in found.candidate_keys) or "—"
    near = "、".join(key.columns[0] for key in found.near_keys) or "—"
    console.print(f"候选主键 / keys: {keys} · 近似主键 / near keys: {near}", markup=False)
    for code, count in found.problem_counts.items():
        console.print(f"{code}: {count}", markup=False)
    for problem in found.problems[:20]:
        console.print(f"  {_place(problem)}{problem.message_zh} / {problem.message}", markup=False)


def _place(problem: Problem) -> str:
    row = f"第 {problem.row} 行 " if problem.row is not None else ""
    return f"{row}[{problem.column}] " if problem.column else row


if __name__ == "__main__":
    app()
