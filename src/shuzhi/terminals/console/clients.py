"""`shuzhi clients`: other systems that let people sign in with their account of this node."""

from __future__ import annotations

from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(
    no_args_is_help=True, help="接入应用。 Applications that people sign in to with accounts of this node."
)
Name = Annotated[str, typer.Argument(help="应用的名称。 The client's id.")]
RUNNER = system("console")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def register(
    client: Name,
    *,
    title: Annotated[str, typer.Option(help="中文名称。 The title in Chinese.")],
    redirect_uri: Annotated[
        list[str], typer.Option(help="回跳地址，可重复。 Where it returns to; repeatable.")
    ],
    title_en: Annotated[str, typer.Option(help="英文名称。 The title in English.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="openid、profile、identity。 Scopes.")] = None,
    public: Annotated[bool, typer.Option(help="不能保管密钥的应用。 It can keep no secret.")] = False,
) -> None:
    """登记或变更接入应用，显示一次密钥。 Register a client, or change it; prints its secret once."""
    from shuzhi.support.identity.openid import clients, tokens

    secret = clients.register(
        client=client, title=Words(zh=title, en=title_en or title), redirect_uris=redirect_uri,
        scopes=scope or ["openid", "profile"], public=public, by=RUNNER, at=now(),
    )  # fmt: skip
    typer.echo(f"{tokens.issuer()}/.well-known/openid-configuration")
    if secret:
        typer.echo(f"密钥，只显示这一次。 The secret, shown this once: {secret}")


@app.command("list")
def list_clients() -> None:
    """列出接入应用。 Every client in use."""
    from shuzhi.support.identity.openid import clients

    for each in clients.clients():
        typer.echo(f"{each.id}\t{each.title_zh}\t{' '.join(each.scopes)}\t{' '.join(each.redirect_uris)}")


@app.command()
def remove(client: Name) -> None:
    """停用接入应用，立即生效。 Take a client out of use, at once."""
    from shuzhi.support.identity.openid import clients

    clients.remove(client=client, by=RUNNER, at=now())
    typer.echo("已停用。 Out of use.")
