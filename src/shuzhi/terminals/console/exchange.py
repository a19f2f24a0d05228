"""`shuzhi exchange`: call an interface of the gateway from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.client import ExchangeClient, StoredCredential
from shuzhi.foundation.errors import PlatformError
from shuzhi.terminals.console import intersection

app = typer.Typer(no_args_is_help=True, help="调用共享接口 / call shared interfaces")
app.add_typer(intersection.app, name="intersect")


@app.callback()
def main() -> None:
    """调用共享接口 / call shared interfaces."""


@app.command()
def call(
    interface: Annotated[str, typer.Argument(help="接口编号 / the interface's id")],
    parameters: Annotated[list[str] | None, typer.Argument(help="参数，写作 名称=值 / as name=value")] = None,
    *,
    credential: Annotated[Path, typer.Option("--credential", help="密钥文件 / the credential file")],
    gateway: Annotated[str | None, typer.Option("--gateway", help="网关地址 / another gateway")] = None,
    sha256: Annotated[bool, typer.Option("--sha256", help="用 HMAC-SHA256 签名，默认 HMAC-SM3")] = False,
) -> None:
    """签名并调用一个接口，输出 JSON / sign and call an interface; prints JSON, exit code 1 when refused."""
    values = dict(_pair(text) for text in parameters or ())
    try:
        kept = StoredCredential.read(credential)
        kept = StoredCredential(kept.key_id, kept.secret, gateway or kept.gateway)
        with ExchangeClient(kept, algorithm=signing.SHA256 if sha256 else signing.SM3) as client:
            answer = client.call(interface, **values)
    except PlatformError as error:
        print(json.dumps(error.as_dict(), ensure_ascii=False), file=sys.stderr)
        raise typer.Exit(1) from None
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        message = f"{text}：应写作 名称=值 / write name=value"
        raise typer.BadParameter(message)
    return name, value
