"""`shuzhi inbox`: what waits for a person."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from shuzhi.foundation.clock import day_of, now
from shuzhi.terminals.console.opening import open_rooms

if TYPE_CHECKING:
    from shuzhi.support.workflow.types import InboxRow


def inbox(
    account: Annotated[str, typer.Argument(help="账号。 The person's account.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """列出某账号的待办，最急的在前。 List what waits for an account, the most urgent first."""
    open_rooms()
    from shuzhi.support.identity.queries import actor
    from shuzhi.support.workflow import queries

    reader = actor(account)
    if reader is None:
        typer.echo(f"没有账号 {account}。\nThere is no account {account}.", err=True)
        raise typer.Exit(1)
    at = now()
    rows = queries.inbox(actor=reader, today=day_of(at), at=at)
    if as_json:
        sys.stdout.write(json.dumps([_facts(row) for row in rows], ensure_ascii=False, indent=2) + "\n")
        return
    for row in rows:
        due = row.dossier.due_on.isoformat() if row.dossier.due_on else "—"
        offers = "、".join(offer.title.zh for offer in row.offers)
        typer.echo(f"{row.dossier.id}\t{row.light}\t{due}\t{row.dossier.title.zh}\t{offers}")
    typer.echo(f"{len(rows)} 件待办 · {len(rows)} waiting", err=True)


def _facts(row: InboxRow) -> dict[str, object]:
    dossier = row.dossier
    return {
        "dossier": dossier.id,
        "loop": dossier.loop,
        "subject": dossier.subject,
        "title": dossier.title.model_dump(),
        "state": dossier.state,
        "due_on": dossier.due_on.isoformat() if dossier.due_on else None,
        "days_left": row.days_left,
        "light": row.light.value,
        "actions": [offer.id for offer in row.offers],
    }
