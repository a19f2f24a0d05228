"""`shuzhi audit`: verify the audit log, seal what waits."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="审计日志 / the audit log")


@app.command()
def verify(
    *,
    head: Annotated[
        str | None, typer.Option("--head", help="先前记下的链头，须仍在链上 / a head noted earlier")
    ] = None,
) -> None:
    """逐条复算审计链 / recompute every entry and link; exit code 1 with the place where it is broken."""
    open_rooms()
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.errors import AuditBroken

    try:
        found = audit.verify(known_head=head)
    except AuditBroken as error:
        print(json.dumps({"verified": False, **error.as_dict()}, ensure_ascii=False))
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
    print(json.dumps({"sealed": total, "head": audit.head()}))
