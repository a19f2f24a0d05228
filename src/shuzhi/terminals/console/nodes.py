"""`shuzhi exchange nodes`: other nodes that serve interfaces to this one, or call those of this one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="对端节点 / other nodes")


@app.command()
def show() -> None:
    """输出本节点的声明，交给对方放入其应用包 peers/ / this node's declaration, for the other side's pack; YAML."""
    open_rooms()
    from shuzhi.data.exchange import services

    with said_on_failure():
        told = services.own_declaration()
    for name, value in told.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")


@app.command("list")
def list_nodes() -> None:
    """列出对端节点 / the other nodes; JSON lines."""
    open_rooms()
    from shuzhi.data.exchange import queries

    for peer in queries.peers():
        told = peer.declaration.model_dump(mode="json", include={"node", "tier", "address", "office", "keys"})
        print(json.dumps(told | {"trusted": peer.trusted}, ensure_ascii=False))


@app.command()
def admit(
    node: Annotated[str, typer.Argument(help="对端节点 / the other node")],
    *,
    subscription: Annotated[
        int, typer.Option("--subscription", help="代表部门的订阅编号 / its office's subscription")
    ],
) -> None:
    """让对端节点凭其密钥使用一项已批准的订阅，输出密钥编号 / let a node call by a granted subscription; prints the key id."""
    open_rooms()
    from shuzhi.data.exchange import services
    from shuzhi.pillars.security.types import system

    with said_on_failure():
        key = services.register_node_key(subscription=subscription, node=node, by=system("console"), at=now())
    print(json.dumps({"key_id": key.key_id, "interface": key.interface}))


@app.command()
def route(
    interface: Annotated[
        str, typer.Argument(help="由对端提供的接口 / the interface that another node serves")
    ],
    *,
    key: Annotated[
        str, typer.Option("--key", help="对方给出的密钥编号 / the key id that the other side printed")
    ],
) -> None:
    """登记本节点在对方的密钥编号，打开通路 / note under which key the other node knows this one."""
    open_rooms()
    from shuzhi.data.exchange import services
    from shuzhi.pillars.security.types import system

    with said_on_failure():
        services.set_route_key(interface=interface, key_id=key, by=system("console"), at=now())


@app.command()
def distrust(
    node: Annotated[str, typer.Argument(help="对端节点 / the other node")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="理由 / why")],
) -> None:
    """停止与对端节点的一切调用，立即生效 / end all calls with a node, at once."""
    _trust(node, is_trusted=False, reason=reason)


@app.command()
def trust(
    node: Annotated[str, typer.Argument(help="对端节点 / the other node")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="理由 / why")],
) -> None:
    """恢复与对端节点的调用 / take up calls with a node again."""
    _trust(node, is_trusted=True, reason=reason)


@app.command()
def calls(
    *,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="条数 / how many")] = 20,
) -> None:
    """列出对端应答过的调用及其回执状态 / calls that other nodes answered, and whether they are proven; JSON lines."""
    open_rooms()
    from shuzhi.data.exchange import queries

    for call in queries.routed_calls(most=most):
        told = {
            "call": call.call,
            "interface": call.interface,
            "node": call.node,
            "status": call.status,
            "state": call.state,
            "answered_at": call.answered_at.isoformat(),
            "answer_digest": call.answer_digest,
        }
        print(json.dumps(told, ensure_ascii=False))


@app.command()
def check(
    answer: Annotated[Path, typer.Argument(help="接口答复的 JSON 文件 / an answer, as JSON")],
) -> None:
    """核对答复所附各节点的签名 / check each node's signature under an answer; exit code 1 unless all are right."""
    open_rooms()
    from shuzhi.data.exchange import queries
    from shuzhi.data.exchange.routing.proofs import Verdict, check_proof

    known = {peer.id: peer.declaration.keys for peer in queries.peers()}
    found = check_proof(json.loads(answer.read_text("utf-8")), lambda node: known.get(node, ()))
    for one in found:
        print(json.dumps({"node": one.node, "verdict": one.verdict}))
    if not found or any(one.verdict is not Verdict.RIGHT for one in found):
        raise typer.Exit(1)


def _trust(node: str, *, is_trusted: bool, reason: str) -> None:
    open_rooms()
    from shuzhi.data.exchange import services
    from shuzhi.pillars.security.types import system

    with said_on_failure():
        services.trust_peer(node=node, is_trusted=is_trusted, by=system("console"), at=now(), reason=reason)


@contextmanager
def said_on_failure() -> Iterator[None]:
    """A refusal as JSON on the error output, and exit code 1."""
    try:
        yield
    except PlatformError as error:
        typer.echo(json.dumps(error.as_dict(), ensure_ascii=False), err=True)
        raise typer.Exit(1) from None
