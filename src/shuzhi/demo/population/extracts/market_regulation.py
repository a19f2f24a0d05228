"""Market regulation (市场监管局): the registration of firms, as GBK CSV, and what changes on the second day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import Weighted, happens, pick, stream
from shuzhi.demo.population.damage import (
    damage_code,
    damage_date,
    halfwidth_brackets,
    is_blocking,
    spaced,
)
from shuzhi.demo.population.firms import all_firms, draw_phone
from shuzhi.demo.population.places import draw_address
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Firm
from shuzhi.demo.population.writers import Cell, DelimitedWriter, Unquoted

COLUMNS = (
    "企业名称", "统一社会信用代码", "成立日期", "核准日期", "企业类型", "行业代码", "注册资本", "经营范围", "登记状态", "住所",
    "法定代表人", "联系电话", "数据性质",
)  # fmt: skip
DELETED_COLUMNS = ("统一社会信用代码", "企业名称", "撤销日期", "撤销原因", "数据性质")

FIRMS = Shape("firms", "market-regulation/firms.csv", "csv", "gbk")
CHANGES = Shape("firms-changes", "market-regulation/firms-changes.csv", "csv", "gbk")
CORRECTIONS = Shape("firms-corrections", "market-regulation/firms-corrections.csv", "csv", "gbk")
DELETIONS = Shape("firms-deletions", "market-regulation/firms-deletions.csv", "csv", "gbk")

_NAME_ERRORS = Weighted({"": 0.947, "name_missing": 0.004, "name_halfwidth": 0.035, "name_spaces": 0.014})
_PLACE_ERRORS = Weighted(
    {"": 0.84, "division_former": 0.12, "address_short": 0.032, "address_missing": 0.008}
)
_CAPITAL_ERRORS = Weighted(
    {"": 0.8, "capital_absent": 0.05, "capital_unit": 0.146, "capital_unreadable": 0.004}
)
_PHONE_ERRORS = Weighted({"": 0.957, "phone_missing": 0.035, "phone_wrong": 0.008})
_REPEATS = Weighted({"": 0.982, "duplicate_exact": 0.008, "duplicate_near": 0.01})
_FATES = Weighted(
    {"": 0.954, "renamed": 0.012, "capital": 0.012, "moved": 0.006, "cancelled": 0.01, "deleted": 0.006}
)
_REPAIRS = Weighted({"": 0.4, "corrected": 0.6})
_COMMA, _UNQUOTED = 0.03, 0.13
_DELETE_REASONS = ("冒用他人身份证取得登记，依法撤销", "重复登记", "提交虚假材料取得登记，依法撤销")


def open_registrations(shape: Shape, folder: Path, truth: TruthWriter, *, title: str) -> Sink:
    """An extract of registrations, ready to take rows."""
    columns = DELETED_COLUMNS if shape is DELETIONS else COLUMNS
    return Sink(
        shape,
        DelimitedWriter(
            folder / shape.path,
            title=f"杭州市市场监督管理局{title}【{LABEL}】",
            columns=columns,
            encoding="gbk",
            delimiter=",",
            newline="\r\n",
        ),
        truth,
    )


def write_registration(sink: Sink, seed: int, firm: Firm, today: date) -> None:
    """One firm's row with its errors, and now and then the row again."""
    cells, fact = registration(seed, firm, today)
    row = sink.add(cells, fact)
    chance = stream(seed, "repeat", firm.entity)
    repeat = "" if fact.blocking else _REPEATS.draw(chance)
    if repeat == "duplicate_exact":
        sink.repeat_later(cells, fact, row=row, error=repeat)
    elif repeat == "duplicate_near":
        near = clean_cells(replace(firm, phone=draw_phone(chance)), name=halfwidth_brackets(firm.name))
        sink.repeat_later(near, Fact(entity=firm.entity, key=firm.uscc), row=row, error=repeat)


def registration(seed: int, firm: Firm, today: date) -> tuple[tuple[Cell, ...], Fact]:
    """One firm's row of the first day and the truth about it, from the firm alone."""
    chance = stream(seed, "registration", firm.entity)
    name, name_error = _damage_name(chance, firm.name)
    code, code_error = damage_code(chance, firm.uscc)
    founded, date_error = damage_date(chance, firm.founded, today)
    capital, capital_error = _damage_capital(chance, firm)
    address, place_error = _damage_address(chance, firm)
    phone, phone_error = _damage_phone(chance, firm.phone)
    scope, scope_error = _damage_scope(chance, firm.scope)
    made = (name_error, code_error, date_error, capital_error, place_error, phone_error, scope_error)
    errors = tuple(error for error in made if error)
    cells = (
        name, code, founded, firm.approved.isoformat(), firm.kind, firm.industry, capital, scope, firm.status, address,
        firm.representative, phone, LABEL,
    )  # fmt: skip
    return cells, Fact(entity=firm.entity, key=firm.uscc, errors=errors, blocking=is_blocking(errors))


def clean_cells(firm: Firm, *, name: str | None = None) -> tuple[Cell, ...]:
    """One firm's row without errors."""
    return (
        name or firm.name, firm.uscc, firm.founded.isoformat(), firm.approved.isoformat(), firm.kind, firm.industry,
        capital_text(firm), firm.scope, firm.status, firm.address.text(), firm.representative, firm.phone, LABEL,
    )  # fmt: skip


def capital_text(firm: Firm) -> str:
    """The capital as the register writes it: 534(万元人民币); nothing where the kind of firm has none."""
    if firm.capital is None:
        return ""
    return (
        f"{firm.capital}(万元人民币)" if firm.currency == "人民币" else f"{firm.capital}(万{firm.currency})"
    )


def second_day(seed: int, count: int, day: date) -> Iterator[tuple[str, Firm, Firm]]:
    """What becomes of each firm on the next day: (fate, firm before, firm after).

    Fates: `corrected` for a row that could not be accepted on the first day and now is repaired; `renamed`, `capital`,
    `moved`, `cancelled`; `deleted`; and `new` for firms founded on the day.
    """
    tomorrow = day + timedelta(days=1)
    for firm in all_firms(seed, count, day):
        chance = stream(seed, "second-day", firm.entity)
        _, fact = registration(seed, firm, day)
        fates = _REPAIRS if fact.blocking else _FATES
        if fate := fates.draw(chance):
            yield fate, firm, _after(chance, fate, firm, tomorrow)
    for firm in all_firms(seed, count + count // 100 + 1, day, first=count):
        yield "new", firm, replace(firm, founded=day, approved=tomorrow, status="存续", renamed=False)


def write_fate(sinks: dict[str, Sink], seed: int, fate: str, firm: Firm, day: date) -> None:
    """One firm's row of the second day, in the file that its fate belongs to."""
    fact = Fact(entity=firm.entity, key=firm.uscc)
    if fate == "deleted":
        reason = pick(stream(seed, "deletion", firm.entity), _DELETE_REASONS)
        cells = (firm.uscc, firm.name, (day + timedelta(days=1)).isoformat(), reason, LABEL)
        sinks[DELETIONS.extract].add(cells, replace(fact, op="delete"))
    else:
        sinks[(CORRECTIONS if fate == "corrected" else CHANGES).extract].add(clean_cells(firm), fact)


def _after(chance: Random, fate: str, firm: Firm, tomorrow: date) -> Firm:
    match fate:
        case "renamed":
            return replace(firm, name=firm.other_name, other_name=firm.name, renamed=True, approved=tomorrow)
        case "capital":
            return replace(firm, capital=(firm.capital or 50) * 2, approved=tomorrow)
        case "moved":
            return replace(firm, address=draw_address(chance, business=True), approved=tomorrow)
        case "cancelled":
            return replace(firm, status="注销", approved=tomorrow)
    return firm


def _damage_name(chance: Random, name: str) -> tuple[str, str]:
    match error := _NAME_ERRORS.draw(chance):
        case "name_missing":
            return "", error
        case "name_halfwidth" if "（" in name:
            return halfwidth_brackets(name), error
        case "name_spaces":
            return spaced(chance, name), error
    return name, ""


def _damage_address(chance: Random, firm: Firm) -> tuple[str, str]:
    former = firm.address.town.former_district
    match error := _PLACE_ERRORS.draw(chance):
        case "division_former" if former:
            city = "" if former.endswith("市") else "杭州市"
            return firm.address.text(city=city, district=former), error
        case "address_short":
            return firm.address.text(city=""), error
        case "address_missing":
            return "", error
    return firm.address.text(city="浙江省杭州市" if happens(chance, 0.3) else "杭州市"), ""


def _damage_capital(chance: Random, firm: Firm) -> tuple[str, str]:
    error, amount = _CAPITAL_ERRORS.draw(chance), firm.capital
    if amount is None:
        return ("N/A", "capital_absent") if error == "capital_absent" else ("", "")
    if error == "capital_unit" and firm.currency == "人民币":
        return pick(chance, _other_capitals(amount)), error
    if error == "capital_absent":
        return "N/A", error
    if error == "capital_unreadable":
        return pick(chance, ("以章程记载为准", "详见批准证书", "按章程约定缴纳")), error
    return capital_text(firm), ""


def _other_capitals(amount: int) -> tuple[str, ...]:
    return (
        f"{amount}万人民币", f"{amount}万元人民币", f"{amount}.0万人民币元", f"{amount:,}(万元人民币)", f"{amount}(万)",
        f"{amount * 10_000}元", f"{amount * 10_000:,}元人民币", f"{amount}万元",
    )  # fmt: skip


def _damage_phone(chance: Random, phone: str) -> tuple[str, str]:
    match error := _PHONE_ERRORS.draw(chance):
        case "phone_missing":
            return "", error
        case "phone_wrong":
            return phone[:-1], error
    return phone, ""


def _damage_scope(chance: Random, scope: str) -> tuple[str, str]:
    """Some scopes hold an ASCII comma; a careless export of it leaves the quotes away."""
    if not happens(chance, _COMMA):
        return scope, ""
    comma = scope.replace("；", ",", 1).replace("、", ",", 1 if "；" not in scope else 0)
    return (Unquoted(comma), "ragged") if happens(chance, _UNQUOTED) else (comma, "")
