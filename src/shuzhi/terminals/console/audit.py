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
