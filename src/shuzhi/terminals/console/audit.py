"""`shuzhi audit`: verify the audit log, seal what waits."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="审计日志 / the audit log")


@app.command()
def verify(
    *,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", help="先前记下的树头（根或签名文件），须仍在日志中 / a head noted earlier: root or file"
        ),
    ] = None,
) -> None:
    """逐条复算审计日志 / recompute every entry, hash and signature; exit code 1, naming all that does not fit."""
    open_rooms()
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.errors import AuditBroken

    try:
        found = audit.verify(known_head=_read_head(head), progress=_progress())
    except AuditBroken as error:
        findings = [finding.as_dict() for finding in error.findings]
        print(json.dumps({"verified": False, **error.as_dict(), "findings": findings}, ensure_ascii=False))
        print(f"{error.message_zh}\n{error}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(json.dumps(asdict(found)))


@app.command()
def seal() -> None:
    """立即封存待封条目 / seal what waits, now."""
    open_rooms()
    from shuzhi.pillars.security import audit

    total = 0
    while sealed := audit.seal(at=now()):
        total += sealed
    newest = audit.head()
    print(json.dumps({"sealed": total, "head": newest.root if newest else None}))


def _read_head(given: str | None) -> str | None:
    """A head's text from its file; a root as it was typed."""
    file = Path(given) if given else None
    return file.read_text("utf-8") if file and file.is_file() else given


def _progress() -> Callable[[int, int], None] | None:
    """A line on the terminal that counts up, for logs that take their time."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        print(f"\r{done:,} / {total:,}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show


@app.command()
def head(
    *, out: Annotated[Path | None, typer.Option("--out", help="写入文件 / write it to a file")] = None
) -> None:
    """输出最新的已签名树头，请另行保存 / the newest signed head, to be kept elsewhere."""
    open_rooms()
    from shuzhi.pillars.security import audit

    newest = audit.head()
    if newest is None:
        print("日志尚无已封存的条目。 Nothing is sealed yet.", file=sys.stderr)
        raise typer.Exit(1)
    _write(newest.note.encode(), out)


@app.command()
def receipt(
    name: Annotated[
        str, typer.Argument(help="请求编号，或记录名如 b3.12 / a request id, or an entry such as b3.12")
    ],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="写入文件 / write it to a file")] = None,
) -> None:
    """出具一条记录的回执 / the receipt of one entry: content, proof, signed head."""
    open_rooms()
    from shuzhi.pillars.security.log import receipts
    from shuzhi.pillars.security.types import system

    _write(receipts.as_json(receipts.receipt(name, by=system("console"), at=now())), out)


@app.command()
def consistency(
    *,
    old: Annotated[int, typer.Option("--old", help="旧树头的条数 / size of the older head")],
    new: Annotated[int | None, typer.Option("--new", help="新树头的条数 / size of the newer head")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写入文件 / write it to a file")] = None,
) -> None:
    """证明新日志以旧日志开头 / prove that the newer log begins with the older one."""
    open_rooms()
    from shuzhi.pillars.security.log import receipts

    _write(receipts.as_json(receipts.consistency(old, new)), out)


@app.command()
def export(*, out: Annotated[Path, typer.Option("--out", help="文件夹 / folder")]) -> None:
    """导出整条日志及离线查验程序 / the whole log, with the program that verifies it anywhere."""
    open_rooms()
    from shuzhi.pillars.security.log import exporting

    print(json.dumps(asdict(exporting.export(out, progress=_progress()))))


@app.command("who-saw")
def who_saw(
    *,
    uscc: Annotated[str | None, typer.Option("--uscc", help="统一社会信用代码 / USCC")] = None,
    resident: Annotated[
        str | None, typer.Option("--id", help="公民身份号码 / resident identity number")
    ] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="基础库记录编号 / id in a register")] = None,
    page: Annotated[int, typer.Option("--page", min=1)] = 1,
) -> None:
    """谁看过某人、某企业的数据，为何、依据什么 / who saw someone's data, why and on what basis; JSON lines."""
    from shuzhi.pillars.security import subjects

    given = {subjects.USCC: uscc, subjects.RESIDENT: resident, subjects.ENTITY: entity}
    asked = [(scheme, value) for scheme, value in given.items() if value]
    if len(asked) != 1:
        raise typer.BadParameter("--uscc, --id, --entity: 三者取一 / exactly one")
    open_rooms()
    from shuzhi.pillars.security import services
    from shuzhi.pillars.security.types import system

    ((scheme, value),) = asked
    for act in services.ask_who_saw(scheme=scheme, value=value, by=system("console"), at=now(), page=page):
        print(json.dumps({**asdict(act), "at": act.at.isoformat()}, ensure_ascii=False))


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        print(content.decode().rstrip("\n"))
    else:
        out.write_bytes(content)
        print(f"{out}", file=sys.stderr)
