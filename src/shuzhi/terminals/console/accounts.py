"""`shuzhi accounts`: opening accounts, the first administrator's among them; passwords for the first time; closing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import Role, system
from shuzhi.terminals.console.opening import open_rooms

if TYPE_CHECKING:
    from shuzhi.support.identity.accounts import Listed

app = typer.Typer(no_args_is_help=True, help="账号。 Accounts.")
Username = Annotated[str, typer.Argument(help="账号。 The account's name.")]
RUNNER = system("console")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command("open")
def open_new(
    username: Username,
    *,
    person: Annotated[str, typer.Option(help="姓名。 The person's name.")],
    role: Annotated[list[Role], typer.Option(help="角色，可重复。 A role; repeatable.")],
    office: Annotated[str, typer.Option(help="部门编号；办事人不填。 The office; none for residents.")] = "",
) -> None:
    """开立账号，显示一次性密码。 Open an account; prints its password for the first time."""
    from shuzhi.support.identity import accounts

    password = accounts.open_new(
        username=username, person=person, office=office or None, roles=frozenset(role), by=RUNNER, at=now()
    )
    _say(username, password)


@app.command("password")
def renew(username: Username) -> None:
    """给一个新的一次性密码。 Give a new password for the first time; sessions end."""
    from shuzhi.support.identity import accounts

    _say(username, accounts.renew_password(username=username, by=RUNNER, at=now()))


@app.command("reset-second-factor")
def reset(username: Username) -> None:
    """解除二次验证。 Take away a second factor whose phone and codes are lost."""
    from shuzhi.support.identity import second_factor

    second_factor.reset(username=username, by=RUNNER, at=now())
    print(f"已解除 {username} 的二次验证。 Taken away.")


@app.command()
def close(username: Username) -> None:
    """关闭账号。 Close an account; its sessions end."""
    from shuzhi.support.identity import accounts

    accounts.close(username=username, by=RUNNER, at=now())
    print(f"已关闭 {username}。 Closed.")


@app.command()
def reopen(username: Username) -> None:
    """重新启用账号。 Take a closed account into use again."""
    from shuzhi.support.identity import accounts

    _say(username, accounts.reopen(username=username, by=RUNNER, at=now()))


@app.command("list")
def listing(
    *,
    text: Annotated[str, typer.Option(help="姓名或账号。 Part of a name.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """列出账号。 List accounts."""
    from shuzhi.support.identity import accounts

    pages = range(1, -(-accounts.count(by=RUNNER, text=text) // accounts.PAGE) + 1)
    found = [each for page in pages for each in accounts.listed(by=RUNNER, text=text, page=page)]
    if as_json:
        print(json.dumps([_told(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        roles = "、".join(role.value for role in each.roles)
        state = "" if each.is_active else "\t已关闭 closed"
        print(f"{each.username}\t{each.person}\t{each.office or '—'}\t{roles}{state}")


def _told(found: Listed) -> dict[str, object]:
    return {
        "username": found.username,
        "person": found.person,
        "office": found.office,
        "roles": [role.value for role in found.roles],
        "active": found.is_active,
        "second_factor": found.has_second_factor,
    }


def _say(username: str, password: str) -> None:
    print(f"{username}\t{password}")
    typer.echo(
        "一次性密码只显示这一次，首次登录时须更换。 Shown this once; another one is chosen at the first sign-in.",
        err=True,
    )
