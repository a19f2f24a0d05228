"""`shuzhi consents`: data accounts, consents recorded at a counter, and outside systems that may record them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import Actor, system
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="授权。 Consents.")
Clerk = Annotated[str, typer.Option("--account", help="经办人账号。 The clerk's account.")]
Scheme = Annotated[str, typer.Option(help="标识种类，如 uscc、resident_id。 The kind of identifier.")]
Value = Annotated[str, typer.Option(help="标识。 The identifier.")]
Evidence = Annotated[str, typer.Option(help="凭据，如签字授权书编号。 What proves it.")]


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def agreements() -> None:
    """列出可授权的事项。 List what can be agreed to."""
    from shuzhi.business.market import queries

    for each in queries.agreements(active_only=False):
        print(f"{each.id}\t{each.version}\t{each.title.zh}\t{'、'.join(each.receivers)}")


@app.command()
def bind(username: str, *, scheme: Scheme, value: Value, evidence: Evidence, account: Clerk) -> None:
    """开立数据账户。 Bind an account to a person or firm."""
    from shuzhi.business.market import services

    services.bind_account(
        username=username, scheme=scheme, value=value, evidence=evidence, by=_clerk(account), at=now()
    )
    print(f"已绑定 {username}。 Bound.")


@app.command()
def record(
    agreement: str,
    *,
    scheme: Scheme,
    value: Value,
    evidence: Evidence,
    account: Clerk,
    receiver: Annotated[list[str], typer.Option(help="接收部门。 The offices; repeatable.")],
    field: Annotated[list[str], typer.Option(help="数据项。 The fields; repeatable.")],
    days: Annotated[int, typer.Option(help="天数。 For how many days.")] = 30,
) -> None:
    """代办授权。 Record a consent that somebody gave at the counter."""
    from shuzhi.business.market import queries, services
    from shuzhi.business.market.services.consents import Choice

    clerk, at = _clerk(account), now()
    choice = Choice(queries.agreement(agreement).revision, tuple(receiver), tuple(field), days)
    given = services.record_for(
        agreement=agreement,
        scheme=scheme,
        value=value,
        choice=choice,
        by=clerk,
        at=at,
        evidence=evidence,
    )
    print(given.id)


@app.command()
def withdraw(consent: str, *, evidence: Evidence, account: Clerk) -> None:
    """代办撤回。 Withdraw a consent that somebody withdrew at the counter."""
    from shuzhi.business.market import services

    services.withdraw_consent(consent=consent, by=_clerk(account), at=now(), evidence=evidence)
    print(f"已撤回 {consent}。 Withdrawn.")


@app.command()
def client(
    name: str,
    *,
    office: Annotated[str, typer.Option(help="所属部门。 The office it belongs to.")],
    scope: Annotated[
        list[str], typer.Option(help="权限：org、admin、consumer、individual、auditor。 Repeatable.")
    ],
    out: Annotated[str, typer.Option(help="令牌写入的文件。 The file for its token.")],
) -> None:
    """登记外部系统，令牌只此一次。 Admit an outside system; its token is written once."""
    from pathlib import Path

    from shuzhi.business.market import services

    token = services.admit_client(
        name=name, office=office, scopes=tuple(scope), by=system("console"), at=now()
    )
    file = Path(out)
    file.touch(mode=0o600)
    file.write_text(json.dumps({"token": token}), "utf-8")
    print(f"已登记 {name}。 Admitted.")


@app.command("end-client")
def end_client(name: str) -> None:
    """停用外部系统。 Refuse an outside system from now on."""
    from shuzhi.business.market import services

    services.end_client(name=name, by=system("console"), at=now())
    print(f"已停用 {name}。 Ended.")


def _clerk(username: str) -> Actor:
    from shuzhi.support.identity import queries as identity
    from shuzhi.support.identity.errors import NoSuchAccount

    found = identity.actor(username)
    if found is None:
        raise NoSuchAccount(username=username)
    return found
