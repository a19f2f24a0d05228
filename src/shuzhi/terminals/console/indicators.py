"""`shuzhi indicators`: compute them, show one with what it counts."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="指标 / indicators")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


@app.command()
def compute(*, as_json: Json = False) -> None:
    """计算今天的全部指标 / compute every indicator for today."""
    open_rooms()
    from shuzhi.business.indicators import services

    values = services.compute_all(by=system("console"), at=now())
    if as_json:
        print(json.dumps({value.indicator: value.as_dict() for value in values}, ensure_ascii=False))
        return
    for value in values:
        print(f"{value.indicator}  {value.numerator} / {value.denominator}  {value.percent}  {value.day}")


@app.command()
def show(
    indicator: Annotated[str, typer.Argument(help="K12 …")],
    *,
    as_json: Json = False,
) -> None:
    """查看一个指标：定义、数值、计入的和缺少的 / one indicator: definition, value, what it counts, what is missing."""
    open_rooms()
    from shuzhi.business.indicators import queries

    declared = queries.indicator(indicator)
    found = queries.opened(indicator)
    if as_json:
        latest = found.value.as_dict() if found else None
        names = ("counted", "missing", "undecidable") if found else ()
        lists = {name: list(getattr(found, name)) for name in names}
        print(json.dumps({**declared.model_dump(mode="json"), "latest": latest, **lists}, ensure_ascii=False))
        return
    print(f"{declared.indicator} {declared.title.zh} {declared.title.en}")
    print(f"{declared.definition.zh}\n{declared.definition.en}")
    if found is None:
        print("还没有计算 / not computed yet")
        return
    value = found.value
    print(f"{value.numerator} / {value.denominator}  {value.percent}  {value.day}")
    for item in found.missing:
        print(f"  − {item}")
    for item in found.undecidable:
        print(f"  ? {item}  年度日历尚未公布，无法判断是否及时 / no published calendar yet")
