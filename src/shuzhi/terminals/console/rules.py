"""`shuzhi rules`: check rule files, ask a decision, run the public test kit. Needs no node and no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    from shuzhi.support.decisions.sql.whatif import Comparison
    from shuzhi.support.decisions.types import Fault

app = typer.Typer(no_args_is_help=True, help="规则：检查、求值、测试。 Rules: check, run, test.")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="输入=列名。 Which column is which input.")
]
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
def batch(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="规则文件。 The rule file.")],
    *,
    decision: Annotated[str, typer.Option(help="决策的名称。 Its name.")],
    table: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="数据表（Parquet）。 The table.")],
    out: Annotated[Path, typer.Option(help="结果（Parquet）。 Where the answers go.")],
    as_of: Annotated[str | None, typer.Option(help="按哪一天，默认今天。 As of this day.")] = None,
    eligibility: Annotated[
        bool,
        typer.Option(
            "--eligibility", help="判断资格：是、否、不明及所缺。 Yes, no, unknown, what is missing."
        ),
    ] = False,
    output: Annotated[str, typer.Option(help="由哪个输出判断资格。 The output that tells it.")] = "",
    column: Columns = None,
    memory: Annotated[str, typer.Option(help="内存上限。 Limit of memory.")] = "2GB",
) -> None:
    """批量决策：整张表一次算完。 Decide a whole table in one query; exit code 1 if the rule has no meaning in SQL."""
    from shuzhi.support.decisions.queries import read_rulebook
    from shuzhi.support.decisions.sql.query import Asked
    from shuzhi.support.decisions.sql.running import decide_table

    at = now()
    asked = Asked(_day(as_of) if as_of else day_of(at), at, _columns(column), eligibility, output)
    with _refusing():
        rules = read_rulebook([file], beside=_beside(file))
        done = decide_table(rules, decision, table=table, out=out, asked=asked, memory=memory)
    _print_json(done.as_dict())


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="现行规则。 The rule now.")],
    new: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="修改后的规则。 The rule changed.")
    ],
    *,
    decision: Annotated[str, typer.Option(help="决策的名称。 Its name.")],
    table: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="对象（Parquet）。 The population.")
    ],
    as_of: Annotated[str | None, typer.Option(help="按哪一天，默认今天。 As of this day.")] = None,
    new_as_of: Annotated[str | None, typer.Option(help="新规则按哪一天。 The new one's day.")] = None,
    output: Annotated[str, typer.Option(help="由哪个输出判断资格。 The output that tells it.")] = "",
    cost: Annotated[str, typer.Option(help="金额输出。 The output that is the cost.")] = "",
    identity: Annotated[str, typer.Option("--id", help="标识列，默认第一列。 The column of ids.")] = "",
    most: Annotated[int, typer.Option(min=0, help="最多列出多少个。 How many changes to list.")] = 20,
    column: Columns = None,
    as_json: Json = False,
) -> None:
    """规则推演：多少人因修改而符合、谁变了、多花多少。 What a changed rule does to a population."""
    from shuzhi.support.decisions.queries import read_rulebook
    from shuzhi.support.decisions.sql.whatif import Question, compare_rules

    day = _day(as_of) if as_of else day_of(now())
    later = _day(new_as_of) if new_as_of else day
    question = Question(decision, day, later, _columns(column), output, cost, identity, most)
    with _refusing():
        rules = [read_rulebook([each], beside=_beside(each)) for each in (old, new)]
        found = compare_rules(rules[0], rules[1], question, table=table)
    if as_json:
        _print_json(found.as_dict())
    else:
        _say_comparison(found)


def _say_comparison(found: Comparison) -> None:
    print(f"符合 qualify: {found.old['yes']} → {found.new['yes']} ({found.more:+})")
    print(f"不明 unknown: {found.old['unknown']} → {found.new['unknown']}")
    if found.old_cost is not None and found.new_cost is not None:
        print(f"金额 cost: {found.old_cost} → {found.new_cost} ({found.new_cost - found.old_cost:+})")
    print(f"变化 changed: {found.changed} / {found.rows}")
    for each in found.changes:
        print(f"  {each.identity}  {each.before} → {each.after}  {each.cost:+}")


def _columns(written: list[str] | None) -> dict[str, str]:
    """Which column is which input, from `输入=column`."""
    pairs = [each.partition("=") for each in written or ()]
    if any(not name or not column for name, _, column in pairs):
        raise typer.BadParameter("输入=column", param_hint="--column")
    return {name: column for name, _, column in pairs}


@contextmanager
def _refusing() -> Iterator[None]:
    """Every fault of a refused rule told, one a line."""
    from shuzhi.support.decisions.errors import RulesFaulty

    try:
        yield
    except RulesFaulty as refused:
        for each in refused.faults:
            print(f"{each.place.said('zh')}：{each.message.zh}", file=sys.stderr)
            print(f"    {each.place.said('en')}: {each.message.en}", file=sys.stderr)
        raise typer.Exit(1) from None


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
