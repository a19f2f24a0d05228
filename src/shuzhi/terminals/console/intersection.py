"""`shuzhi exchange intersect`: two offices find the keys that both hold, by files or directly."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from shuzhi.data.exchange.intersection import answer_question, ask_question, finish_question
from shuzhi.data.exchange.intersection.direct import Certificates, Line, intersect_directly
from shuzhi.data.exchange.intersection.errors import HeavyBackendMissing, NoKeys, NoSuchColumn
from shuzhi.data.exchange.intersection.protocol import (
    Answer,
    Question,
    Reveal,
    Secret,
    from_bytes,
    to_bytes,
)
from shuzhi.data.linkage.types import Normalise
from shuzhi.data.sources.reading import open_table
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.standards.spreadsheets import neutralise

app = typer.Typer(no_args_is_help=True, help="隐私求交 / find the keys that two offices both hold")

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")
Keys = Annotated[Path, typer.Argument(help="含键值列的表格文件 / a table with the keys")]
Column = Annotated[str, typer.Option("--column", help="键值所在列 / the column that holds them")]
Compare = Annotated[
    Normalise, typer.Option("--compare", help="比对前的规整方式 / how keys are made comparable")
]
Out = Annotated[Path, typer.Option("--out", help="写入的文件 / the file to write")]
Kept = Annotated[
    Path, typer.Option("--secret", help="自留的密钥文件，不得外传 / the secret: it never leaves here")
]
Given = Annotated[Path | None, typer.Option(help="双向认证证书 / for a line between machines")]


def refusals_told(command: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """A refusal as two sentences and exit code 1."""

    @wraps(command)
    def told(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
        try:
            return command(*args, **kwargs)
        except PlatformError as error:
            typer.echo(f"{error.message_zh}\n{error} [{error.code}]", err=True)
        except OSError as error:
            typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(1)

    return told


@app.command()
@refusals_told
def ask(
    keys: Keys,
    *,
    column: Column,
    out: Out,
    secret: Kept,
    compare: Compare = Normalise.UPPER,
    size: Annotated[bool, typer.Option("--size", help="只问数量 / ask only how many")] = False,
) -> None:
    """第一步（提问方）：盲化自己的键值 / step 1, the asker: blind one's keys."""
    reveal = Reveal.SIZE if size else Reveal.MEMBERS
    question, own = ask_question(read_keys(keys, column), compare=compare, reveal=reveal, processes=cores())
    _write_private(secret, to_bytes(own))
    out.write_bytes(to_bytes(question))
    typer.echo(
        f"已盲化 {len(own.keys)} 个键值，请将 {out} 交给对方 / {len(own.keys)} keys; send {out}", err=True
    )


@app.command()
@refusals_told
def answer(
    question: Annotated[Path, typer.Argument(help="对方的提问文件 / the question")],
    keys: Keys,
    *,
    column: Column,
    out: Out,
    only_size: Annotated[
        bool, typer.Option("--only-size", help="只让对方知道数量 / show the size only")
    ] = False,
) -> None:
    """第二步（答复方）：再次盲化 / step 2, the answerer: blind again, and add one's own."""
    asked = from_bytes(question.read_bytes(), Question)
    most = Reveal.SIZE if only_size else Reveal.MEMBERS
    given = answer_question(asked, read_keys(keys, column), most=most, processes=cores())
    out.write_bytes(to_bytes(given))
    typer.echo(f"请将 {out} 交还提问方 / send {out} back", err=True)


@app.command()
@refusals_told
def finish(
    given: Annotated[Path, typer.Argument(help="对方的答复文件 / the answer")],
    *,
    secret: Kept,
    out: Annotated[Path | None, typer.Option("--out", help="交集写入的 CSV / the CSV to write")] = None,
) -> None:
    """第三步（提问方）：得出交集 / step 3, the asker: the keys that both hold."""
    own = from_bytes(secret.read_bytes(), Secret)
    count, members = finish_question(own, from_bytes(given.read_bytes(), Answer), processes=cores())
    if out is not None and own.reveal is Reveal.MEMBERS:
        write_members(out, members)
    typer.echo(f"双方共有 {count} 个 / {count} in both")


@app.command()
@refusals_told
def direct(
    keys: Keys,
    *,
    column: Column,
    rank: Annotated[
        int, typer.Option("--rank", min=0, max=1, help="0 得到结果，1 不得 / 0 learns the result")
    ],
    party: Annotated[
        list[str], typer.Option("--party", help="双方地址，依次两个 / host:port of rank 0, then of 1")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="交集写入的 CSV / the CSV to write")] = None,
    compare: Compare = Normalise.UPPER,
    certificate: Given = None,
    private_key: Given = None,
    authority: Given = None,
) -> None:
    """百万级键值：双方直连（需 make spu）/ for millions of keys, both connected directly (after make spu)."""
    if len(party) != 2:  # noqa: PLR2004  (two parties)
        raise typer.BadParameter("须给出两个 --party / give --party twice")
    papers = None
    if certificate and private_key and authority:
        papers = Certificates(certificate, private_key, authority)
    line = Line(rank, (party[0], party[1]), papers)
    members = intersect_directly(read_keys(keys, column), line=line, python=_spu_python(), compare=compare)
    if members is None:
        typer.echo("已完成，结果归对方 / done; the other party has the result", err=True)
        return
    if out is not None:
        write_members(out, members)
    typer.echo(f"双方共有 {len(members)} 个 / {len(members)} in both")


def read_keys(file: Path, column: str) -> list[str]:
    with open_table(file) as table:
        if column not in table.columns:
            raise NoSuchColumn(where=file.name, column=column, columns="、".join(table.columns))
        place = table.columns.index(column)
        found = [
            str(row.values[place])
            for row in table.rows()
            if not row.problem and row.values[place] is not None
        ]
    if not found:
        raise NoKeys(where=f"{file.name}: {column}")
    return found


def _write_private(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def write_members(out: Path, members: list[str]) -> None:
    """Whole or not at all."""
    half = out.with_name(out.name + ".part")
    with half.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key"])
        writer.writerows([neutralise(member)] for member in members)
    half.replace(out)


def _spu_python() -> Path:
    """The interpreter of SPU's environment: the one set, else the one that `make spu` made beside ours."""
    python = settings().spu_python or Path(sys.prefix).with_name(".venv-spu") / "bin" / "python"
    if not python.is_file():
        raise HeavyBackendMissing(reason=f"{python.name}: not found")
    return python


def cores() -> int:
    return os.cpu_count() or 1
