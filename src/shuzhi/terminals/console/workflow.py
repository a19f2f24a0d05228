"""`shuzhi workflow`: check BPMN files, export loops, move running cases to a new definition."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(help="流程。 Loops and processes.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="BPMN 文件。 BPMN files.")], *, as_json: Json = False
) -> None:
    """检查流程图，列出不能运行之处。 Name every element of BPMN files that can't run; exit code 1 if there is any."""
    from shuzhi.support.workflow.processes.declaring import Looked, calls, look_at
    from shuzhi.support.workflow.processes.outlook import callable_files
    from shuzhi.support.workflow.processes.wording import fault

    def look(file: Path) -> Looked:
        try:
            content = file.read_bytes()
            called = [*callable_files(file), *files] if calls(content) else []
            beside = [(str(each), each.read_bytes()) for each in called if each != file and each.is_file()]
        except OSError as error:
            zh, en = f"无法读取文件：{error}", f"the file can't be read: {error}"
            return Looked([fault("file-unreadable", 1, "", zh, en)], [])
        return look_at(content, beside)

    _print_whatever()
    looked = [(str(file), look(file)) for file in files]
    found = [(name, each) for name, seen in looked for each in seen.faults]
    if as_json:
        rows = [
            {
                "file": f,
                "line": each.line,
                "rule": each.rule,
                "element": each.element,
                "message": each.message.model_dump(),
            }
            for f, each in found
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        for name, seen in looked:
            for each in seen.faults:
                typer.echo(f"{name}:{each.line}: {each.rule}: {each.message.zh}\n    {each.message.en}")
            runs = "、".join(seen.runs)
            typer.echo(
                f"{name}: " + (f"可以运行 runs: {runs}" if runs else "没有流程可以运行 · no process runs")
            )
    typer.echo(f"{len(files)} 个文件，{len(found)} 处不能运行 · {len(found)} elements can't run", err=True)
    raise typer.Exit(1 if found else 0)


def _print_whatever() -> None:
    """A terminal that can't show a letter gets its number; a name in an odd script is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@app.command()
def export(
    loop: Annotated[str, typer.Argument(help="闭环编号。 The loop's id.")],
    *,
    to: Annotated[Path | None, typer.Option(help="写入文件。 Write to a file.")] = None,
) -> None:
    """将闭环导出为 BPMN。 Export a loop as BPMN 2.0 with its drawing."""
    open_rooms()
    from shuzhi.support.workflow import queries
    from shuzhi.support.workflow.processes.exporting import loop_as_bpmn

    content = loop_as_bpmn(queries.loop(loop))
    if to is None:
        sys.stdout.write(content.decode())
    else:
        to.write_bytes(content)
        typer.echo(f"已写入 {to} · written", err=True)


@app.command()
def migrate(
    process: Annotated[str, typer.Argument(help="流程编号。 The process's id.")],
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="真正迁移；不加则只演练。 Do it; a dry run otherwise.")
    ] = False,
    as_json: Json = False,
) -> None:
    """将在办件迁移到现行流程。 Move running cases to the definition in force; exit code 1 if some can't."""
    open_rooms()
    from shuzhi.foundation.clock import now
    from shuzhi.pillars.security.types import system
    from shuzhi.support.workflow.processes import migrating

    report = (
        migrating.migrate_cases(process=process, by=system("console"), at=now())
        if apply
        else migrating.plan_migration(process=process)
    )
    groups = [
        {
            "definition": group.definition,
            "standing": list(group.standing),
            "cases": group.cases,
            "reasons": [each.model_dump() for each in group.reasons],
        }
        for group in report.groups
    ]
    facts = {
        "process": process,
        "target": report.target,
        "can": report.can,
        "cannot": report.cannot,
        "moved": report.moved,
        "failed": [{"case": case, "why": why.model_dump()} for case, why in report.failed],
        "groups": groups,
    }
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        for group in report.groups:
            why = "；".join(each.zh for each in group.reasons) or "可迁移 can move"
            typer.echo(f"{group.cases}\t{group.definition}\t{'、'.join(group.standing)}\t{why}")
    word = f"已迁移 {report.moved}" if apply else "演练 dry run"
    typer.echo(
        f"{word} · 可迁移 can {report.can} · 不能 cannot {report.cannot} · 失败 failed {len(report.failed)}",
        err=True,
    )
    raise typer.Exit(1 if report.cannot or report.failed else 0)
