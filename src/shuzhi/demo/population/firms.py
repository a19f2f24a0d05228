"""One firm after another, each from its own number alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from shuzhi.demo.population.chance import Weighted, day_between, happens, pick, stream
from shuzhi.demo.population.codes import uscc
from shuzhi.demo.population.names import FARMS, SHOPS, TRADES, Trade, draw_brand, draw_given, draw_surname
from shuzhi.demo.population.places import district_code, draw_address
from shuzhi.demo.population.types import Address, Firm

COMPANY = "有限责任公司（自然人投资或控股）"
SOLE = "有限责任公司（自然人独资）"
SHARES = "股份有限公司（非上市）"
PROPRIETOR = "个人独资企业"
INDIVIDUAL = "个体工商户"
FARMERS = "农民专业合作社"
BRANCH = "有限责任公司分公司"

KINDS = Weighted(
    {COMPANY: 0.52, SOLE: 0.20, SHARES: 0.03, PROPRIETOR: 0.05, INDIVIDUAL: 0.12, FARMERS: 0.03, BRANCH: 0.05}
)
STATUSES = Weighted({"存续": 0.88, "注销": 0.08, "吊销，未注销": 0.04})
TAX_CLASSES = Weighted({"A": 0.12, "B": 0.5, "M": 0.26, "C": 0.08, "D": 0.04})

_CAPITALS = Weighted(
    {
        3: 4,
        10: 14,
        30: 8,
        50: 22,
        100: 20,
        200: 9,
        300: 6,
        500: 8,
        534: 1,
        1000: 6,
        2000: 3,
        5000: 2,
        10800: 1,
    }
)
_CURRENCIES = Weighted({"人民币": 0.97, "美元": 0.02, "港元": 0.006, "欧元": 0.004})
_FIRST_YEARS = Weighted({1984: 2, 1994: 6, 2000: 10, 2006: 14, 2012: 24, 2017: 24, 2021: 20})


_COMPANY_NAMES = Weighted(
    {
        "杭州{brand}{trade}有限公司": 0.55,
        "杭州{short}{brand}{trade}有限公司": 0.2,
        "{brand}{trade}（杭州）有限公司": 0.15,
        "浙江{brand}{trade}有限公司": 0.1,
    }
)
_NAMES = {
    COMPANY: _COMPANY_NAMES,
    SOLE: _COMPANY_NAMES,
    SHARES: Weighted({"杭州{brand}{trade}股份有限公司": 0.7, "浙江{brand}{trade}股份有限公司": 0.3}),
    PROPRIETOR: Weighted(
        {
            f"杭州{{short}}{{brand}}{{trade}}{end}": share
            for end, share in (("厂", 1), ("经营部", 1), ("工作室", 1))
        }
    ),
    INDIVIDUAL: Weighted(
        {"杭州市{district}{brand}{trade}": 0.8, "杭州市{district}{brand}{trade}（个体工商户）": 0.2}
    ),
    FARMERS: Weighted({"杭州{short}{brand}{trade}": 1.0}),
    BRANCH: Weighted({"{province}{brand}{trade}有限公司杭州分公司": 1.0}),
}


def firm(seed: int, number: int, day: date) -> Firm:
    """The firm with one number, as it is on a day. The same seed, number and day give the same firm."""
    chance = stream(seed, "firm", number)
    kind, address = KINDS.draw(chance), draw_address(chance, business=True)
    trade = {INDIVIDUAL: SHOPS, FARMERS: FARMS}.get(kind, TRADES).draw(chance)
    founded = _draw_founded(chance, day)
    has_capital = kind != BRANCH and not (kind == INDIVIDUAL and happens(chance, 0.5))
    return Firm(
        entity=f"firm-{number:07d}",
        name=_draw_name(chance, kind, trade, address),
        other_name=_draw_name(chance, kind, trade, address),
        renamed=happens(chance, 0.07),
        uscc=uscc(
            kind={INDIVIDUAL: "92", FARMERS: "93"}.get(kind, "91"),
            division=district_code(address.town, founded),
            serial=number,
            seed=seed,
        ),
        kind=kind,
        industry=trade.industry,
        founded=founded,
        approved=day_between(chance, founded, day - timedelta(days=1)),
        capital=_CAPITALS.draw(chance) if has_capital else None,
        currency=_CURRENCIES.draw(chance) if kind == COMPANY else "人民币",
        scope=trade.scope + _draw_scope_end(chance),
        status=STATUSES.draw(chance),
        address=address,
        representative=draw_representative(chance),
        phone=draw_phone(chance),
        headcount=int(chance.lognormvariate(2.0, 1.1)) + 1,
        tax_class=TAX_CLASSES.draw(chance),
    )


def all_firms(seed: int, stop: int, day: date, *, first: int = 0) -> Iterator[Firm]:
    """The firms numbered from `first` to `stop`, without `stop`, one at a time."""
    return (firm(seed, number, day) for number in range(first, stop))


def draw_representative(chance: Random) -> str:
    """The name of a firm's invented legal representative (法定代表人)."""
    sex = "男" if happens(chance, 0.7) else "女"
    return draw_surname(chance) + draw_given(chance, sex=sex, year=int(1955 + chance.random() * 45))


def draw_phone(chance: Random) -> str:
    """A telephone number of a shape that exists in a range that was never assigned: 154, or 0571-2000."""
    if happens(chance, 0.75):
        return f"154{int(chance.random() * 10**8):08d}"
    return f"0571-2000{int(chance.random() * 10**4):04d}"


def _draw_founded(chance: Random, day: date) -> date:
    first = date(_FIRST_YEARS.draw(chance), 1, 1)
    last = min(first.replace(year=first.year + 6), day) - timedelta(days=30)
    return day_between(chance, min(first, last), last)


def _draw_name(chance: Random, kind: str, trade: Trade, address: Address) -> str:
    """Division, brand, trade and form (行政区划、字号、行业、组织形式), in the orders that the rules allow."""
    district = address.town.district_name
    return (
        _NAMES[kind]
        .draw(chance)
        .format(
            brand=draw_brand(chance),
            trade=trade.word,
            district=district,
            short=district[:2],
            province=pick(chance, ("浙江", "上海", "江苏")),
        )
    )


def _draw_scope_end(chance: Random) -> str:
    if happens(chance, 0.35):
        return "（依法须经批准的项目，经相关部门批准后方可开展经营活动）。"
    return "。"
