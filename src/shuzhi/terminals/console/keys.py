"""`shuzhi keys`: which keys this node has, and new ones in their place."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="密钥 / keys")


@app.command("list")
def list_keys() -> None:
    """列出密钥（不含密钥本身） / the keys, without their secrets; JSON lines."""
    from shuzhi.pillars.security.crypto import node

    for key in node.keyring().list_keys():
        told = {
            "purpose": key.purpose,
            "id": key.id,
            "algorithm": key.algorithm,
            "state": key.state,
            "made_at": key.made_at.isoformat(),
            "master": key.wrapped.master,
            "public": key.public.hex() if key.public else None,
        }
        print(json.dumps(told, ensure_ascii=False))


@app.command()
def rotate(
    purpose: Annotated[
        str | None, typer.Argument(help="用途，如 exchange、audit / a purpose such as exchange or audit")
    ] = None,
    *,
    master: Annotated[
        bool,
        typer.Option("--master", help="换主密钥，重新包裹全部密钥 / a new master key; wrap every key anew"),
    ] = False,
) -> None:
    """换新密钥，并把旧密钥加密的内容改用新密钥 / a new key; what the earlier one sealed is sealed anew."""
    if master == (purpose is not None):
        raise typer.BadParameter("PURPOSE 与 --master 二者取一 / either PURPOSE or --master")
    open_rooms()
    from shuzhi.pillars.security import services
    from shuzhi.pillars.security.types import system

    by, at = system("console"), now()
    if purpose is None:
        print(json.dumps({"wrapped": services.rotate_master(by=by, at=at)}))
        return
    key = services.rotate_key(purpose=purpose, by=by, at=at)
    print(
        json.dumps(
            {
                "active": key.id,
                "algorithm": key.algorithm,
                "resealed": services.finish_rotations(by=by, at=at),
            }
        )
    )
