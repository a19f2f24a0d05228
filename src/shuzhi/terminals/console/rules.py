"""`shuzhi rules`: check rule files, ask a decision, run the public test kit. Needs no node and no database."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError

if TYPE_CHECKING:
    from shuzhi.support.decisions.dmn.tck.report import Report
    from shuzhi.support.decisions.queries import Answer
    from shuzhi.support.decisions.types import Fault

app = typer.Typer(no_args_is_help=True, help="规则：检查、求值、测试。 Rules: check, run, test.")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]
Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, help="规则文件（DMN）。 Rule files.")
]


@app.command()
def check(files: Files, *, as_json: Json = False) -> None:
    """检查规则文件，列出每一处错误。 Check rule files together; every fault of every cell, exit code 1 if any."""
    faults = _faults(files)
    if as_json:
        _print_json([each.as_dict() for each in faults])
    else:
        for each in faults:
            print(
                f"{each.place.said('zh')}：{each.message.zh}\n    {each.place.said('en')}: {each.message.en}"
            )
        found = f"{len(faults)} 处错误 {len(faults)} faults" if faults else "没有发现错误。 No faults."
        print(found, file=sys.stderr)
    raise typer.Exit(1 if faults else 0)


def _faults(files: list[Path]) -> tuple[Fault, ...]:
    from shuzhi.support.decisions.errors import RuleFileRefused
    from shuzhi.support.decisions.queries import read_rulebook, unreadable

    readable, refused = [], []
    for file in files:
        try:
            read_rulebook([file])
            readable.append(file)
        except RuleFileRefused as error:
            refused.append(unreadable(error))
    return (*refused, *(read_rulebook(readable).faults if readable else ()))


@app.command()
def run(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="规则文件。 The rule file.")],
    *,
    decision: Annotated[str, typer.Option(help="决策、服务或函数的名称。 Its name.")],
    given: Annotated[
        str,
        typer.Option("--input", help="输入：JSON，或 @文件。 The inputs as JSON, or @file, or - for stdin."),
    ] = "{}",
    also: Annotated[
        list[Path] | None, typer.Option("--import", help="所引用的文件。 Files it imports.")
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="说明理由。 Explain the answer.")] = False,
    as_of: Annotated[
        str | None, typer.Option(help="按哪一天，默认今天。 As of this day, by default today.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="空值须有理由。 Each null needs a reason.")
    ] = False,
    as_json: Json = False,
) -> None:
    """求值。 Ask a decision; exit code 1 when it can't be evaluated, 2 when the rule is wrong."""
    from shuzhi.support.decisions.queries import read_rulebook

    at = now()
    day = _day(as_of) if as_of else day_of(at)
    rules = read_rulebook([file], beside=also or _beside(file))
    answer = rules.decide(decision, _inputs(given), as_of=day, at=at, strict=strict, trace=True)
    _say(answer, trace=trace, as_json=as_json)
    raise typer.Exit({"value": 0, "not_evaluable": 1, "error": 2}[answer.status.value])


def _beside(file: Path) -> list[Path]:
    """Other rule files of the folder that can be read: one of them may be imported."""
    from shuzhi.support.decisions.queries import read_rulebook

    found = []
    for other in sorted(file.parent.glob("*.dmn")):
        if other.resolve() == file.resolve():
            continue
        try:
            read_rulebook([other])
        except PlatformError:
            continue
        found.append(other)
    return found


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter("2026-01-31", param_hint="--as-of") from None


def _inputs(given: str) -> dict[str, Any]:
    if given == "-":
        given = sys.stdin.read()
    elif given.startswith("@"):
        given = Path(given[1:]).read_text(encoding="utf-8")
    try:
        read = json.loads(given, parse_float=Decimal, parse_int=Decimal)
    except (json.JSONDecodeError, RecursionError) as error:
        raise typer.BadParameter(f"JSON：{error}", param_hint="--input") from None
    if not isinstance(read, dict):
        raise typer.BadParameter('{"名称": 值}', param_hint="--input")
    return read


def _say(answer: Answer, *, trace: bool, as_json: bool) -> None:
    from shuzhi.support.decisions.queries import explained, reason

    if as_json:
        document = answer.as_dict()
        if not trace:
            document.pop("trace", None)
        _print_json(document)
        return
    _print_json(answer.as_dict()["value"])
    print(f"{reason(answer).zh}\n{reason(answer).en}", file=sys.stderr)
    if trace and answer.trace is not None:
        words = explained(answer.trace)
        print(f"{words.zh}\n\n{words.en}", file=sys.stderr)


@app.command()
def tck(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="测试集目录。 The kit's folder.")
    ],
    *,
    failures: Annotated[
        bool, typer.Option("--failures", help="列出未通过的用例。 List what failed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """运行公开测试集（DMN TCK）。 Run the public test kit; figures for all cases and for those that expect a value."""
    from shuzhi.support.decisions.dmn.tck.report import report_of
    from shuzhi.support.decisions.dmn.tck.running import run_kit

    report = report_of(run_kit(folder, at=now()))
    if as_json:
        _print_json(report.as_dict(failures=failures))
    else:
        _print_report(report, failures=failures)


def _print_report(report: Report, *, failures: bool) -> None:
    if failures:
        for each in report.failures:
            print(f"✗ {each.name}\n    {each.reason}")
    for name, (everything, valued) in report.folders.items():
        print(f"{everything}  {valued}  {name}")
    for title, count in (
        ("二级 level 2", report.level2),
        ("非空用例 non-null", report.non_null),
        ("全部 all", report.all),
        ("不合标准 non-compliant", report.non_compliant),
    ):
        print(f"{count}  {title}")


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
