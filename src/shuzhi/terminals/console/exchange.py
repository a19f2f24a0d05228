"""`shuzhi exchange`: call an interface of the gateway from the command line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.client import ExchangeClient, StoredCredential
from shuzhi.foundation.errors import PlatformError
from shuzhi.terminals.console import asking, intersection, nodes

POLL_SECONDS = 2.0

app = typer.Typer(no_args_is_help=True, help="调用共享接口 / call shared interfaces")
intersection.app.command()(asking.remote)
intersection.app.command()(asking.served)
app.add_typer(intersection.app, name="intersect")
app.add_typer(nodes.app, name="nodes")


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
    with _said_on_failure():
        kept = StoredCredential.read(credential)
        kept = StoredCredential(kept.key_id, kept.secret, gateway or kept.gateway)
        with ExchangeClient(kept, algorithm=signing.SHA256 if sha256 else signing.SM3) as client:
            answer = client.call(interface, **values)
    print(json.dumps(answer, ensure_ascii=False, indent=2))


@app.command()
def file(
    interface: Annotated[str, typer.Argument(help="接口编号 / the interface's id")],
    parameters: Annotated[list[str] | None, typer.Argument(help="参数，写作 名称=值 / as name=value")] = None,
    *,
    credential: Annotated[Path, typer.Option("--credential", help="密钥文件 / the credential file")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件 / the file to write")],
    job: Annotated[int | None, typer.Option("--job", help="已有任务编号 / a job ordered before")] = None,
    wait: Annotated[int, typer.Option("--wait", min=0, help="最多等待秒数 / seconds to wait")] = 600,
) -> None:
    """申请批量文件，等其生成后领取并核对 / order a file, wait for it, collect and check it; exit code 2: not ready yet."""
    values = dict(_pair(text) for text in parameters or ())
    with _said_on_failure(), ExchangeClient(StoredCredential.read(credential)) as client:
        number = job or int(client.call(interface, **values)["job"])
        until = time.monotonic() + wait
        while (told := client.fetch(interface, job=number, into=out)) is not None:
            if told["state"] == "failed" or time.monotonic() > until:
                print(json.dumps(told, ensure_ascii=False), file=sys.stderr)
                raise typer.Exit(1 if told["state"] == "failed" else 2)
            time.sleep(POLL_SECONDS)
    print(json.dumps({"job": number, "file": str(out), "bytes": out.stat().st_size}, ensure_ascii=False))


@contextmanager
def _said_on_failure() -> Iterator[None]:
    try:
        yield
    except PlatformError as error:
        print(json.dumps(error.as_dict(), ensure_ascii=False), file=sys.stderr)
        raise typer.Exit(1) from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        message = f"{text}：应写作 名称=值 / write name=value"
        raise typer.BadParameter(message)
    return name, value
