"""Human resources (人社局): how many persons each employer insures, as JSON lines, often without the employer's code.

The place is given with its town: 余杭区 alone would mean two of today's districts.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import Weighted, happens, stream
from shuzhi.demo.population.damage import damage_code, halfwidth_brackets, is_blocking
from shuzhi.demo.population.firms import INDIVIDUAL
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Firm
from shuzhi.demo.population.writers import Cell, JsonLinesWriter

COLUMNS = ("单位编号", "单位名称", "统一社会信用代码", "参保区划", "参保月份", "参保人数", "数据性质")
INSURED = Shape("insured", "human-resources/insured.jsonl", "jsonl")

_NAME_ERRORS = Weighted(
    {"": 0.79, "name_halfwidth": 0.15, "name_short": 0.03, "name_spaces": 0.02, "name_missing": 0.01}
)
_STALE, _CODE_ABSENT, _NUMBER_TEXT = 0.3, 0.15, 0.006


def open_insured(folder: Path, truth: TruthWriter) -> Sink:
    """The file, ready to take rows."""
    return Sink(INSURED, JsonLinesWriter(folder / INSURED.path, columns=COLUMNS), truth)


def write_insured(sink: Sink, seed: int, firm: Firm, today: date) -> None:
    """One employer's last full month, if the firm is alive and insures anyone."""
    chance = stream(seed, "insured", firm.entity)
    if firm.status != "存续" or not happens(chance, 0.3 if firm.kind == INDIVIDUAL else 0.85):
        return
    name, errors = _damage_name(chance, firm)
    code, code_error = _damage_code(chance, firm.uscc)
    heads: Cell = firm.headcount
    if happens(chance, _NUMBER_TEXT):
        heads, errors = f"{heads}人", (*errors, "number_text")
    errors = (*errors, code_error) if code_error else errors
    serial = int(firm.entity.removeprefix("firm-"))
    employer = f"3301{(serial * 7919 + seed) % 10**8:08d}"
    month = f"{today.replace(day=1) - timedelta(days=1):%Y%m}"
    town = firm.address.town
    cells = (employer, name, code, town.district_name + town.name, month, heads, LABEL)
    sink.add(cells, Fact(entity=firm.entity, key=firm.uscc, errors=errors, blocking=is_blocking(errors)))


def _damage_code(chance: Random, code: str) -> tuple[str | None, str]:
    """Employers registered long ago have no code here: such rows must be matched by name and place."""
    if happens(chance, _CODE_ABSENT):
        return None, "code_absent"
    typed, error = damage_code(chance, code)
    return (None, "code_absent") if error == "code_missing" else (typed, error)


def _damage_name(chance: Random, firm: Firm) -> tuple[str, tuple[str, ...]]:
    stale = firm.renamed and happens(chance, _STALE)
    name = firm.other_name if stale else firm.name
    before = ("name_stale",) if stale else ()
    match error := _NAME_ERRORS.draw(chance):
        case "name_missing":
            return "", (error,)
        case "name_halfwidth" if "（" in name:
            return halfwidth_brackets(name), (*before, error)
        case "name_short" if name.startswith("杭州"):
            return name.removeprefix("杭州市").removeprefix("杭州"), (*before, error)
        case "name_spaces":
            return f"{name[:2]} {name[2:]}", (*before, error)
    return name, before
