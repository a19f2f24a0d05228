"""`shuzhi forms`: check form files, and put the official suite of JSON Schema to the engine. Needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="表单：检查、测试。 Forms: check, test.")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]
MOST_NAMED = 20


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="表单文件。 Form files.")],
    *,
    as_json: Json = False,
) -> None:
    """检查表单文件，列出每一处错误。 Check form files; every fault, exit code 1 if any."""
    from shuzhi.support.forms.parts import read_form

    findings = [finding for file in files for finding in read_form(file)[2]]
    if as_json:
        told = [
            {"file": each.file, "line": each.line, "rule": each.rule, **each.message.model_dump()}
            for each in findings
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for each in findings:
            print(f"{each.file}:{each.line} {each.rule} {each.message.zh}\n    {each.message.en}")
        found = f"{len(findings)} 处错误 {len(findings)} faults" if findings else "没有发现错误。 No faults."
        print(found, file=sys.stderr)
    raise typer.Exit(1 if findings else 0)


@app.command()
def suite(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="JSON Schema 官方测试集的文件夹。 The suite's folder."
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """运行 JSON Schema 2020-12 官方测试集。 Run the official suite; exit code 1 if a required case fails."""
    from shuzhi.support.forms.suite import run_suite

    reports = run_suite(folder)
    if as_json:
        told = {name: report.as_dict() for name, report in reports.items()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        titles = {"required": "必过用例 required", "formats": "可选格式 optional formats"}
        for name, report in reports.items():
            print(f"{titles[name]}: {report.passed} / {report.cases}（{report.files} 个文件 files）")
            for each in report.failed[:MOST_NAMED]:
                print(f"    未通过 failed: {each}")
    raise typer.Exit(1 if reports["required"].failed else 0)
