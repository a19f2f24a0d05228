"""`shuzhi registers`: build registers and look records up."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="基础库。 Registers.")


@app.command()
def build(register: Annotated[str, typer.Argument(help="legal-entity")]) -> None:
    """生成基础库。 Bring a register up to its sources."""
    open_rooms()
    from shuzhi.data.registers import services
    from shuzhi.pillars.security.types import system

    report = services.build_register(register=register, by=system("console"), at=now())
    print(json.dumps(report.as_dict(), ensure_ascii=False))


@app.command()
def show(register: str, scheme: str, value: str) -> None:
    """按标识查一条记录。 Show the record that an identifier names, masked above L1, each value with its source."""
    open_rooms()
    from shuzhi.data.registers import queries
    from shuzhi.data.registers.showing import shown_record
    from shuzhi.pillars.security.types import system

    found = queries.find(register, scheme, value)
    seen = found and shown_record(found, queries.declaration(register), by=system("console"), at=now())
    if seen is None:
        raise typer.Exit(1)
    print(json.dumps(asdict(seen), ensure_ascii=False, default=str, indent=2))
