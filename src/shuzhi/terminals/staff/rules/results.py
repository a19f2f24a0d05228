"""What came of a replay, in figures and by name as far as the reader may see names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.types import Replay
from shuzhi.terminals.design.types import Column, Fact, Row, Said, Table
from shuzhi.terminals.staff.rules.forms import MADE_UP, made_up

ANSWERS = {
    "yes": Said("符合", "qualifies"),
    "no": Said("不符合", "does not"),
    "unknown": Said("无法判断", "can't be told"),
}
COUNTS = (
    Column("answer", Said("结论", "Answer")),
    Column("old", Said("改动前", "Before"), "number"),
    Column("new", Said("改动后", "After"), "number"),
    Column("more", Said("变化", "Change"), "number"),
)
CHANGES = (
    Column("id", Said("对象（已按您的权限脱敏）", "Row (masked as your rights have it)"), "code"),
    Column("from", Said("改动前", "Before")),
    Column("to", Said("改动后", "After")),
    Column("cost", Said("花费变化", "Change in cost"), "number"),
)
MOVES = (
    Column("move", Said("从哪到哪", "From what to what")),
    Column("rows", Said("多少", "How many"), "number"),
)


def result_parts(found: Replay) -> dict[str, object]:
    """The parts of the page; nothing while there is no result."""
    result: Any = found.result
    order = found.order
    facts = [
        Fact(
            Said("改动", "Change"),
            found.file_name or order.digest or Said("同一规则，换一天", "The same rules on another day"),
        ),
        Fact(Said("对谁", "Over whom"), _population(order.population)),
        Fact(Said("行数", "Rows"), found.rows or None),
        Fact(Said("改动前按", "Before: as of"), order.old_day),
        Fact(Said("改动后按", "After: as of"), order.new_day),
        Fact(Said("谁推演的", "By"), found.by),
        Fact(Said("时间", "At"), found.asked_at),
    ]
    if not result:
        return {"facts": facts, "result": None}
    return {
        "facts": facts,
        "result": result,
        "headline": _headline(result),
        "counts": _counts(result),
        "moves": _moves(result),
        "changes": _changes(result),
    }


def _population(population: str) -> object:
    title = made_up().title
    return Said(title.zh, title.en) if population == MADE_UP else population


def _headline(result: Mapping[str, Any]) -> list[Fact]:
    more, rows = result["more"], result["rows"]
    share = f"{100 * abs(more) / rows:.1f}%" if rows else "—"
    facts = [
        Fact(
            Said("符合的数量变化", "Change in those who qualify"),
            Said(f"{more:+,d}（占 {rows:,d} 行的 {share}）", f"{more:+,d} ({share} of {rows:,d} rows)"),
        ),
        Fact(Said("结论变了的", "Rows whose answer changes"), f"{result['changed']:,d}"),
    ]
    if result["cost"]:
        cost = result["cost"]
        said = f"{_amount(cost['old'])} → {_amount(cost['new'])}"
        more_cost = _amount(cost["more"], signed=True)
        facts.append(
            Fact(Said("花费", "Cost"), Said(f"{said}（变化 {more_cost}）", f"{said} (change {more_cost})"))
        )
    return facts


def _amount(value: Any, *, signed: bool = False) -> str:
    number = Decimal(str(value))
    return format(number, "+,f" if signed else ",f")


def _counts(result: Mapping[str, Any]) -> Table:
    rows = [
        Row(
            {
                "answer": title,
                "old": result["old"][name],
                "new": result["new"][name],
                "more": f"{result['new'][name] - result['old'][name]:+,d}",
            }
        )
        for name, title in ANSWERS.items()
    ]
    return Table(id="counts", caption=Said("前后对比", "Before and after"), columns=COUNTS, rows=rows)


def _moves(result: Mapping[str, Any]) -> Table:
    rows = []
    for each in result["moves"]:
        old, new = ANSWERS[each["from"]], ANSWERS[each["to"]]
        rows.append(Row({"move": Said(f"{old.zh} → {new.zh}", f"{old.en} → {new.en}"), "rows": each["rows"]}))
    return Table(
        id="moves",
        caption=Said("怎么变的", "How they change"),
        columns=MOVES,
        rows=rows,
        empty=Said("没有一行的结论变了。", "No row's answer changes."),
    )


def _changes(result: Mapping[str, Any]) -> Table:
    return Table(
        id="changes",
        caption=Said(
            f"谁变了（前 {len(result['changes'])} 个）", f"Who changes (the first {len(result['changes'])})"
        ),
        columns=CHANGES,
        rows=[
            Row(
                {
                    "id": each["id"],
                    "from": ANSWERS[each["from"]],
                    "to": ANSWERS[each["to"]],
                    "cost": _amount(each["cost"], signed=True) if result["cost"] else "",
                }
            )
            for each in result["changes"]
        ],
        empty=Said("没有一行的结论变了。", "No row's answer changes."),
    )
