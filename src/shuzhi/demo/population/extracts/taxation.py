"""Taxation (税务局): the register of taxpayers, as a workbook with titles and a merged header of two rows."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import Weighted, day_between, happens, stream
from shuzhi.demo.population.damage import damage_code, halfwidth_brackets, is_blocking, other_date
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Firm
from shuzhi.demo.population.workbook import WorkbookWriter
from shuzhi.demo.population.writers import Cell

GROUPS = (
    ("基本信息", ("纳税人识别号", "纳税人名称", "主管税务机关")),
    ("登记信息", ("税务登记日期", "纳税人类型", "纳税人状态")),
    ("纳税信用", ("评价年度", "信用级别")),
    ("", ("数据性质",)),
)
TAXPAYERS = Shape("taxpayers", "taxation/taxpayers.xlsx", "xlsx")

_NAME_ERRORS = Weighted({"": 0.54, "name_halfwidth": 0.4, "name_absent": 0.05, "name_spaces": 0.01})
_TYPES = Weighted({"小规模纳税人": 0.72, "一般纳税人": 0.28})
_STALE = 0.6


def open_taxpayers(folder: Path, truth: TruthWriter, day: date) -> Sink:
    """The workbook, ready to take rows."""
    titles = (f"杭州市税务局纳税人登记信息表【{LABEL}】", f"截止日期：{day:%Y年%m月%d日}")
    writer = WorkbookWriter(folder / TAXPAYERS.path, sheet="演示数据-纳税人", titles=titles, groups=GROUPS)
    return Sink(TAXPAYERS, writer, truth)


def write_taxpayer(sink: Sink, seed: int, firm: Firm, today: date) -> None:
    """One firm's row, if the tax office knows the firm: it forgets most of those struck off."""
    chance = stream(seed, "taxpayer", firm.entity)
    if not happens(chance, 0.3 if firm.status == "注销" else 0.93):
        return
    code, code_error = damage_code(chance, firm.uscc)
    name, name_errors = _damage_name(chance, firm)
    errors = tuple(error for error in (code_error, *name_errors) if error)
    registered, date_error = _registered(chance, firm, today)
    errors = (*errors, date_error) if date_error else errors
    status = "注销" if firm.status == "注销" else "非正常" if firm.status.startswith("吊销") else "正常"
    office = f"国家税务总局杭州市{firm.address.town.district_name}税务局"
    cells = (
        code,
        name,
        office,
        registered,
        _TYPES.draw(chance),
        status,
        today.year - 1,
        firm.tax_class,
        LABEL,
    )
    sink.add(cells, Fact(entity=firm.entity, key=firm.uscc, errors=errors, blocking=is_blocking(errors)))


def _damage_name(chance: Random, firm: Firm) -> tuple[str, tuple[str, ...]]:
    stale = firm.renamed and happens(chance, _STALE)
    name = firm.other_name if stale else firm.name
    before = ("name_stale",) if stale else ()
    match error := _NAME_ERRORS.draw(chance):
        case "name_absent":
            return "", (error,)
        case "name_halfwidth" if "（" in name:
            return halfwidth_brackets(name), (*before, error)
        case "name_spaces":
            return f" {name}  ", (*before, error)
    return name, before


def _registered(chance: Random, firm: Firm, today: date) -> tuple[Cell, str]:
    """The day of tax registration, mostly a date cell, sometimes text."""
    day = min(day_between(chance, firm.founded, firm.founded + timedelta(days=60)), today)
    if happens(chance, 0.1):
        return other_date(chance, day), "date_format"
    return day, ""
