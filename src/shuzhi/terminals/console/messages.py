"""`shuzhi messages`: systems that take part, what waits, and a gateway to try with."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="消息。 Messages.")


@app.command()
def waiting() -> None:
    """列出待投递数量。 How many deliveries are due, by lane."""
    open_rooms()
    from shuzhi.support.messages import queries

    print(json.dumps(queries.waiting(at=now()), ensure_ascii=False))


@app.command()
def deliver(*, seconds: Annotated[int, typer.Option(help="最多多少秒。 For how long.")] = 50) -> None:
    """立即投递。 Deliver what is due, now."""
    open_rooms()
    from datetime import timedelta

    from shuzhi.support.messages.dispatching.dispatcher import Dispatcher

    print(Dispatcher(clock=now).run(until=now() + timedelta(seconds=seconds)))


@app.command()
def client(name: str, *, office: Annotated[str, typer.Option(help="所属部门。 Its office.")]) -> None:
    """登记发信系统，密钥只显示一次。 Admit a system that sends mail through us; its key is shown once."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.messages import services

    print(services.admit_client(name=name, office=office, by=system("console"), at=now()))


@app.command()
def hook(name: str, url: str) -> None:
    """登记接收系统，密钥只显示一次。 Admit a system that is told by callback; its secret is shown once."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.messages import services

    print(services.admit_hook(hook=name, url=url, by=system("console"), at=now()))


@app.command()
def sandbox(
    *,
    port: Annotated[int, typer.Option(help="端口。 Port.")] = 8090,
    a_second: Annotated[int, typer.Option(help="每秒上限。 Requests a second.")] = 100,
) -> None:
    """运行短信沙箱。 Run an SMS gateway that sends nothing to anybody."""
    from shuzhi.foundation.settings import settings
    from shuzhi.support.messages import sandbox as trying
    from shuzhi.support.messages.channels.sms import secret_of

    chosen = settings()
    receipts = f"http://{chosen.web_host}:{chosen.web_port}/messages/receipts/sms"
    gateway = trying.Gateway(secret_of(chosen.home), receipts, a_second)
    server = trying.serve(gateway, port=port)
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{port}", flush=True)
    while True:
        time.sleep(1)
        gateway.send_receipts()
