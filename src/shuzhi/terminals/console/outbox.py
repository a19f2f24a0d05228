"""`shuzhi outbox`: events that could not be delivered."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="发件箱。 Outbox.")


@app.command()
def dead() -> None:
    """列出无法投递的消息。 List the events that could not be delivered, one JSON line each; exit code 1 if any."""
    open_rooms()
    from shuzhi.foundation.outbox import queries

    letters = queries.dead_letters()
    for letter in letters:
        print(json.dumps(asdict(letter), ensure_ascii=False, default=str))
    raise typer.Exit(1 if letters else 0)


@app.command()
def retry(number: int) -> None:
    """重新投递一条消息。 Let a dead letter be tried again."""
    open_rooms()
    from shuzhi.foundation.outbox import services
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.types import system

    moment = now()
    if not services.retry_dead(message=number, at=moment):
        raise typer.Exit(1)
    audit.record("outbox.retried", target=f"message/{number}", by=system("console"), at=moment)
