"""The command line (命令行): `shuzhi VERB`. Each verb imports what it needs when it runs.

The rooms' own verbs are mounted in `_mount_rooms`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.errors import PlatformError
from shuzhi.node import ending

app = typer.Typer(
    name="shuzhi",
    help="数治：运行一个数字政府节点。 Shuzhi: run a node of a digital government.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]


def main() -> None:
    """Run a verb; a refusal is a message in both languages and exit code 1, never a traceback."""
    try:
        _mount_rooms()
        app()
    except ending.Ended as ended:
        say("已中断；再次运行同一命令即可继续。 Interrupted; run the same command again to go on.")
        sys.exit(ended.code)
    except PlatformError as error:
        say(error.message_zh)
        say(str(error))
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the particulars go to a log, the person gets a sentence
        from shuzhi.node.misfortunes import misfortune

        say(misfortune(error))
        sys.exit(1)


def say(text: str) -> None:
    """Speak to the person; standard output stays free for results."""
    print(text, file=sys.stderr, flush=True)


# A room's console is a module of terminals.console with a typer `app`; its name is the verb.
ROOMS = (
    "accounts",
    "archive",
    "audit",
    "batches",
    "benefits",
    "classification",
    "clients",
    "consents",
    "market",
    "credentials",
    "exchange",
    "exports",
    "forms",
    "govstack",
    "hotline",
    "indicators",
    "messages",
    "secops",
    "opendata",
    "keys",
    "outbox",
    "packs",
    "payments",
    "quality",
    "registers",
    "rules",
    "security",
    "sources",
    "workflow",
)


def _mount_rooms() -> None:
    """The verbs of the room that is asked for; all of them where none is, so that help is whole."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    if asked in ROOMS:
        app.add_typer(import_module(f"shuzhi.terminals.console.{asked}").app, name=asked)
        return
    for room in ROOMS:
        console = import_module(f"shuzhi.terminals.console.{room}")
        app.add_typer(console.app, name=room)
    # One verb without further words.
    app.command("inbox")(import_module("shuzhi.terminals.console.inbox").inbox)


@app.command()
def up(
    *,
    only: Annotated[
        list[str] | None, typer.Option(help="只启动这些程序。 Only these programs; repeatable.")
    ] = None,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="后台运行，就绪后返回。 Run in the background; return when ready."),
    ] = False,
) -> None:
    """启动节点。 Start the node: database, web, gateway, worker; Ctrl-C ends all."""
    from shuzhi.foundation.settings import settings
    from shuzhi.node.supervisor import bringing_up

    names = tuple(only or ())
    if detach:
        bringing_up.up_detached(settings(), only=names, say=say)
    else:
        bringing_up.up(settings(), only=names, say=say)


@app.command()
def stop() -> None:
    """停止节点。 End everything that runs under SHUZHI_HOME."""
    from shuzhi.node.supervisor.announcing import adopt_running
    from shuzhi.node.supervisor.stopping import stop_node

    ended = stop_node(adopt_running().home)
    say(f"已停止 Stopped: {', '.join(ended)}" if ended else "没有在运行的进程。 Nothing was running.")


@app.command()
def status(*, as_json: Json = False) -> None:
    """查看节点状态。 Show the node's processes; exit code 1 when it is not ready."""
    import msgspec

    from shuzhi.node.supervisor.announcing import adopt_running
    from shuzhi.node.supervisor.status import node_status
    from shuzhi.node.supervisor.tables import status_table

    found = node_status(adopt_running())
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        print(status_table(found))
    raise typer.Exit(0 if found.ready else 1)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="up, database, web, gateway, worker, migrate")] = "web",
    *,
    lines: Annotated[int, typer.Option(help="最后几行。 How many of the last lines.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="持续输出。 Go on as lines come.")] = False,
) -> None:
    """查看日志。 Show a process's log."""
    from shuzhi.node.supervisor.announcing import adopt_running
    from shuzhi.node.supervisor.logs import show_log

    show_log(adopt_running().home, name, lines=lines, follow=follow, out=sys.stdout)


@app.command()
def doctor(
    *,
    as_json: Json = False,
    list_settings: Annotated[
        bool, typer.Option("--settings", help="列出全部设置。 List every setting with its value.")
    ] = False,
) -> None:
    """检查本机。 Say what is wrong with this machine and how to mend it; exit code 1 when something blocks."""
    from shuzhi.node.doctor import examine, report
    from shuzhi.node.supervisor.announcing import adopt_running

    chosen = adopt_running()
    if list_settings:
        print(report.settings_text(chosen, as_json=as_json))
        return
    findings = examine(chosen)
    print(report.findings_text(findings, as_json=as_json))
    raise typer.Exit(1 if any(finding.blocks for finding in findings) else 0)


@app.command()
def demo(
    *,
    sources: Annotated[
        Path | None,
        typer.Option(help="另有真实文件的文件夹。 Folder of real files that do not ship."),
    ] = None,
    serve: Annotated[bool, typer.Option(help="完成后启动节点。 Serve the node afterwards.")] = True,
    as_json: Json = False,
) -> None:
    """演示主流程。 Run the main job on the demonstration's files, then serve it."""
    from shuzhi.node.demonstrating import demonstrate

    demonstrate(sources=sources, serve=serve, as_json=as_json, say=say)


@app.command()
def migrate() -> None:
    """升级数据库表结构。 Bring the database's tables up to date."""
    from shuzhi.foundation import database
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()
    bring_up_to_date(verbosity=1)


@app.command()
def worker() -> None:
    """运行后台任务。 Run background jobs."""
    from shuzhi.node.serving import work

    work()


@app.command(hidden=True)
def serve(name: Annotated[str, typer.Argument(help="web, gateway")]) -> None:
    """Serve the web or the gateway; the supervisor runs this."""
    from shuzhi.node.serving import serve as serve_process

    if name not in ("web", "gateway"):
        raise typer.BadParameter(name)
    serve_process("web" if name == "web" else "gateway")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, hidden=True)
def manage(context: typer.Context) -> None:
    """Run a Django management command, for developers."""
    from django.core.management import execute_from_command_line

    from shuzhi.foundation import database
    from shuzhi.node.migrating import as_owner
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()
    with as_owner():
        execute_from_command_line([str(Path(sys.argv[0])), *context.args])
