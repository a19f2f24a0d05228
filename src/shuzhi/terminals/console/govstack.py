"""`shuzhi govstack`: outside systems that call the building blocks' contracts, and samples for trying them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import Role
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="GovStack 接口。 GovStack's contracts.")


@app.command()
def client(
    name: str,
    *,
    office: Annotated[str, typer.Option(help="所属部门。 Its office.")],
    grant: Annotated[
        list[str], typer.Option(help="授权，如 registries.read:MCTS。 What it may do; repeatable.")
    ],
    role: Annotated[list[Role] | None, typer.Option(help="其操作员的岗位。 Its operators' post.")] = None,
) -> None:
    """登记外部系统，令牌只显示一次。 Admit an outside system; its token is shown once."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.mediator import services

    print(
        services.admit_client(
            name=name, office=office, grants=grant, roles=role or (), by=system("console"), at=now()
        )
    )


@app.command()
def end_client(name: str) -> None:
    """停用外部系统。 Refuse an outside system from now on."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.mediator import services

    services.end_client(name=name, by=system("console"), at=now())


@app.command()
def clients() -> None:
    """列出外部系统。 List the outside systems."""
    open_rooms()
    from shuzhi.support.mediator import queries

    for each in queries.clients():
        told = {
            "client": each.id,
            "office": each.office,
            "grants": each.grants,
            "ended": each.ended_at is not None,
        }
        print(json.dumps(told, ensure_ascii=False))


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="样例文件。 A test-data.json of a building block.")],
    *,
    client: Annotated[str, typer.Option(help="以哪个外部系统的名义。 In which system's name.")],
) -> None:
    """导入样例：台账、服务、申请、协议。 Load samples: ledgers, services, applications, policies and agreements."""
    open_rooms()
    from shuzhi.business.market.govstack import loading as agreements
    from shuzhi.business.registration import loading as registration
    from shuzhi.data.ledgers import loading as ledgers
    from shuzhi.pillars.security.types import system
    from shuzhi.support.mediator import queries

    samples = json.loads(file.read_text("utf-8"))
    known = next((each for each in queries.clients() if each.id == client), None)
    if known is None:
        raise typer.BadParameter(client)
    by, at = system("console"), now()
    loaded = ledgers.load_samples(samples=samples, office=known.office, by=by, at=at)
    told = {"databases": loaded.databases, "records": loaded.records, "uses": loaded.uses}
    told |= registration.load_samples(samples=samples, client=known, by=by, at=at)
    told |= agreements.load_samples(samples=samples, office=known.office, by=by, at=at)
    print(json.dumps(told))
