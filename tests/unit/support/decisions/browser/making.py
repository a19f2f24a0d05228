"""Typed FEEL expressions over a few variables, and data for them, from a seeded source of chance.

Thousands are wanted at once for one process of Node; that is why they are drawn here and not by hypothesis.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

VARIABLES = {
    "n": "number",
    "注册 资本": "number",
    "k": "number",
    "s": "string",
    "行业": "string",
    "b": "boolean",
    "c": "boolean",
    "成立日": "date",
    "e": "date",
    "t": "time",
    "m": "moment",
    "d": "days",
    "ns": "numbers",
    "firm": "firm",
}
WORDS = ["", "a", "ab", "B", "制造", "制造业", "😀x", "zz", 'q"\n', "2024-02-30", "12.50"]
ZONE = dt.timezone(dt.timedelta(hours=8))


class Maker:
    """Draws texts of FEEL and rows of data."""

    def __init__(self, seed: int) -> None:
        """The same seed draws the same cases."""
        self.random = Random(seed)

    def one(self, *options: Any) -> Any:
        """One of several."""
        return self.random.choice(options)

    def row(self) -> dict[str, Any]:
        """A value, a null, a value of another type, or nothing for each variable."""
        made = {name: self.value(kind) for name, kind in VARIABLES.items()}
        for name in VARIABLES:
            chance = self.random.random()
            if chance < 0.08:
                made[name] = None
            elif chance < 0.11:
                made[name] = self.value(self.one(*VARIABLES.values()))
            elif chance < 0.13:
                del made[name]
        return made

    def value(self, kind: str) -> Any:  # noqa: PLR0911 - one a kind
        """A value of a kind."""
        r = self.random
        match kind:
            case "number":
                number = Decimal(r.randint(-5000, 50_000)).scaleb(-r.randint(0, 4))
                return self.one(r.randint(-20, 200), number, Decimal(r.randint(-3, 3)))
            case "string":
                return self.one(*WORDS)
            case "boolean":
                return r.random() < 0.5
            case "date":
                return dt.date(2019, 1, 1) + dt.timedelta(days=r.randint(0, 2900))
            case "time":
                return dt.time(r.randint(0, 23), r.randint(0, 59), tzinfo=self.one(None, dt.UTC, ZONE))
            case "moment":
                day = dt.datetime(2024, 1, 1, tzinfo=self.one(None, dt.UTC, ZONE))
                return day + dt.timedelta(minutes=r.randint(-999_999, 999_999))
            case "days":
                return dt.timedelta(seconds=r.randint(-9_999_999, 9_999_999))
            case "numbers":
                return [self.value("number") for _ in range(r.randint(0, 4))]
        return {"年龄": self.value("number"), "名称": self.value("string"), "设立": self.value("date")}

    def expression(self, depth: int = 4) -> str:
        """A text of some type."""
        return self.make(self.one(*MAKERS, "number", "boolean", "boolean"), depth)

    def make(self, kind: str, depth: int) -> str:
        """A text of a type; rarely, one of another."""
        if self.random.random() < 0.03:
            kind = self.one(*MAKERS)
        names = [name for name, own in VARIABLES.items() if own == kind]
        if not depth or self.random.random() < 0.1:
            return self.one(*names) if names and self.random.random() < 0.7 else self.literal(kind)
        return self.filled(self.one(*MAKERS[kind]), depth - 1)

    def literal(self, kind: str) -> str:  # noqa: C901, PLR0911 - one a type
        """A literal of a type."""
        match kind:
            case "number":
                return self.one("0", "1", "2", "12", "0.5", "-3", "100", "1.10", "7", "0.333", "1e3")
            case "string":
                return self.one('""', '"a"', '"ab"', '"制造"', '"2024-02-29"', '"12,5"', '"P1D"')
            case "boolean":
                return self.one("true", "false", "null")
            case "date":
                return self.one(
                    'date("2024-02-29")', '@"2023-12-31"', "date(2024, 1, 31)", 'date("2024-02-30")'
                )
            case "time":
                return self.one('@"10:30:00"', '@"23:59:59.5Z"', '@"08:00:00+08:00"', "time(1, 2, 3.5)")
            case "moment":
                return self.one(
                    '@"2024-03-01T10:00:00"', '@"2024-03-01T10:00:00+08:00"', '@"2024-12-31T23:59:59Z"'
                )
            case "days":
                return self.one('@"P1D"', '@"PT36H"', '@"-PT0.5S"', 'duration("P90DT1M")')
            case "months":
                return self.one('@"P1Y2M"', '@"-P13M"', 'duration("P0M")')
            case "numbers":
                return self.one("[]", "[1, 2, 3]", "[3]", "[1, null, 2.50]")
            case "range":
                return self.one(
                    "[1..5]", "(0..2]", "(> 3)", "(<= 2)", '[@"2024-01-01"..@"2024-12-31")', "]1..1]"
                )
        return '{"年龄": 3, 名称: "a", 设立: @"2020-01-01"}'

    def filled(self, template: str, depth: int) -> str:
        """A template with an expression for each `<type>`; `<a|b>` is one of these words."""
        made, rest = "", template
        while "‹" in rest:
            before, _, rest = rest.partition("‹")
            inside, _, rest = rest.partition("›")
            made += before + (self.make(inside, depth) if inside in MAKERS else self.one(*inside.split("|")))
        return made + rest


SAME = (
    "(‹number› ‹=|!=|<|<=|>|>=› ‹number›)",
    "(‹string› ‹=|!=|<|<=|>|>=› ‹string›)",
    "(‹date› ‹=|!=|<|<=|>|>=› ‹date›)",
    "(‹time› ‹=|<|>=› ‹time›)",
    "(‹moment› ‹=|<|>=› ‹moment›)",
    "(‹days› ‹=|<|>=› ‹days›)",
    "(‹months› ‹=|<|>=› ‹months›)",
    "(‹boolean› ‹=|!=› ‹boolean›)",
    "(‹numbers› = ‹numbers›)",
    "(‹range› = ‹range›)",
    "(‹firm› = ‹firm›)",
)
MAKERS: dict[str, tuple[str, ...]] = {
    "number": (
        "(‹number› ‹+|-|*› ‹number›)", "(‹number› ‹+|-|*› ‹number›)", "(‹number› / ‹number›)",
        "(‹number› ** ‹0|1|2|3|-1|7›)", "(-‹number›)", "(if ‹boolean› then ‹number› else ‹number›)",
        "‹abs|floor|ceiling|sqrt›(‹number›)",
        "‹decimal|round up|round down|round half up|round half down|floor|ceiling›(‹number›, ‹0|1|-1|2|n›)",
        "modulo(‹number›, ‹number›)", "‹min|max|sum|mean|product|median|stddev›(‹number›, ‹number›, ‹number›)",
        "‹min|max|sum|mean|product|median|stddev|count|mode›(‹numbers›)", "‹numbers›[‹1|2|-1|5|0|k›]",
        "count(‹numbers›[item ‹<|>=› ‹number›])", "string length(‹string›)", "number(‹string›)",
        'number(‹string›, ‹","|"."|null›, ‹","|"."|null›)', "‹date›.‹year|month|day|weekday|hour›",
        "‹time›.‹hour|minute|second›", "‹moment›.‹year|hour|second|day›", "‹days›.‹days|hours|minutes|seconds|years›",
        "‹months›.‹years|months›", "(‹days› / ‹days›)", "‹day of year|week of year›(‹date›)", "‹firm›.年龄",
        "(function(x, y) x + y)(‹number›, ‹number›)", "(function(x: number, y) x * y)(y: ‹number›, x: ‹number›)",
        "{u: ‹number›, v: u + ‹number›}.v", "{f: function(i) if i <= 0 then 0 else i + f(i - 1)}.f(‹0|2|5|k›)",
        "sum(for i in ‹numbers› return i * ‹number›)", "‹range›.‹start|end›", 'get value(‹firm›, ‹"年龄"|"x"›)',
        "modulo(dividend: ‹number›, divisor: ‹number›)", "(‹number› ** ‹number›)",
    ),
    "string": (
        "(‹string› + ‹string›)", "(if ‹boolean› then ‹string› else ‹string›)",
        "substring(‹string›, ‹1|2|-1|-2|0|k|1.9›)", "substring(‹string›, ‹1|2|-2›, ‹1|2|0|n›)",
        "‹upper case|lower case|string›(‹string›)", "‹substring before|substring after›(‹string›, ‹string›)",
        "‹day of week|month of year›(‹date›)", "string(‹number›)", "string(‹date›)", "string(‹time›)",
        "string(‹moment›)", "string(‹days›)", "string(‹months›)", "string(‹boolean›)", "string(‹numbers›)",
        "string(‹firm›)", "string(‹range›)", "string join([‹string›, ‹string›], ‹string›)", "‹min|max›(‹string›, ‹string›)",
        "‹firm›.名称",
    ),
    "boolean": (
        *SAME, *SAME, "(‹boolean› and ‹boolean›)", "(‹boolean› or ‹boolean›)", "(‹boolean› and ‹boolean› and ‹boolean›)",
        "(‹boolean› or ‹boolean› or ‹boolean›)", "not(‹boolean›)", "(‹number› = null)", "(‹string› != null)",
        "(‹number› between ‹number› and ‹number›)", "(‹date› between ‹date› and ‹date›)",
        "(‹number› in ‹[|(›‹number›..‹number›‹]|)›)", "(‹number› in (‹number›, < ‹number›, >= ‹number›))",
        "(‹number› in ‹range›)", "(‹string› in (‹string›, ‹string›))", "(‹number› in ‹numbers›)",
        "(‹date› in [‹date›..‹date›))", "(‹number› in (not(‹boolean›)))",
        "list contains(‹numbers›, ‹number›)", "‹all|any›([‹boolean›, ‹boolean›])", "‹all|any›(‹boolean›, ‹boolean›)",
        "‹contains|starts with|ends with›(‹string›, ‹string›)", "(if ‹boolean› then ‹boolean› else ‹boolean›)",
        "(‹some|every› x in ‹numbers› satisfies x > ‹number›)",
        "(‹some|every› x in ‹numbers›, y in [1, x] satisfies x + y > ‹number›)",
        "(‹number› instance of ‹number|string|Any|Null›)", "(‹numbers› instance of ‹list<number>|list<string>|Any›)",
        "(‹firm› instance of context<年龄: ‹number|string›>)", "(‹range› instance of range<number>)",
        "‹odd|even›(‹number›)", "is(‹time›, ‹time›)", "is(‹number›, ‹number›)",
        "‹before|after|coincides›(‹number›, ‹number›)", "‹before|after|coincides|meets|met by|overlaps|overlaps before›(‹range›, ‹range›)",
        "‹overlaps after|finishes|finished by|includes|during|starts|started by›(‹range›, ‹range›)",
        "‹before|after|finishes|during|starts›(‹number›, ‹range›)", "‹before|after|includes|started by|finished by›(‹range›, ‹number›)",
        "‹before|after›(‹date›, ‹date›)", "‹range›.start included", "(‹date› < today())", "(‹moment› ‹<|>=› now())",
    ),
    "date": (
        "(‹date› ‹+|-› ‹months›)", "(‹date› ‹+|-› ‹days›)", "(if ‹boolean› then ‹date› else ‹date›)",
        "‹min|max›(‹date›, ‹date›)", "date(‹string›)", "date(‹moment›)", "date(‹number›, ‹number›, ‹1|28|31|n›)", "‹firm›.设立",
    ),
    "time": ("(‹time› ‹+|-› ‹days›)", "time(‹moment›)", "time(‹date›)", "time(‹1|23|24|n›, ‹0|59|k›, ‹0|1.5|60›, ‹days›)", "time(‹string›)"),
    "moment": ("(‹moment› ‹+|-› ‹days›)", "(‹moment› ‹+|-› ‹months›)", "date and time(‹date›, ‹time›)", "date and time(‹date›)", "date and time(‹string›)"),
    "days": (
        "(‹date› - ‹date›)", "(‹moment› - ‹moment›)", "(‹time› - ‹time›)", "(‹moment› - ‹date›)", "(‹days› ‹+|-› ‹days›)",
        "(‹days› ‹*|/› ‹number›)", "(-‹days›)", "abs(‹days›)", "duration(‹string›)", "‹time›.time offset",
    ),
    "months": ("years and months duration(‹date›, ‹date›)", "(‹months› ‹+|-› ‹months›)", "(‹months› ‹*|/› ‹number›)", "(-‹months›)", "abs(‹months›)"),
    "numbers": (
        "[‹number›, ‹number›]", "[‹number›, ‹number›, ‹number›]", "‹numbers›[item ‹<|>=|=› ‹number›]", "(for i in ‹numbers› return i + ‹number›)",
        "(for i in ‹1|k›..‹3|-2|k› return i * ‹number›)", "(for i in ‹numbers› return if count(partial) = 0 then 1 else partial[-1] + i)",
        "(for i in [1..3], j in ‹numbers› return i - j)", "‹reverse|distinct values|flatten|sort›(‹numbers›)", "append(‹numbers›, ‹number›)",
        "concatenate(‹numbers›, ‹numbers›)", "union(‹numbers›, ‹numbers›)", "sublist(‹numbers›, ‹1|2|-1|k›, ‹1|2›)", "remove(‹numbers›, ‹1|-1|k›)",
        "insert before(‹numbers›, ‹1|2|k›, ‹number›)", "list replace(‹numbers›, ‹1|2›, ‹number›)", "index of(‹numbers›, ‹number›)",
        "list replace(‹numbers›, function(o, n) o < n, ‹number›)", "sort(‹numbers›, function(x, y) x > y)",
        "[{年龄: ‹number›}, {年龄: ‹number›}, ‹firm›][年龄 > ‹number›].年龄", "mode(‹numbers›)",
    ),
    "range": ("[‹number›..‹number›]", "(‹number›..‹number›)", "(‹<|<=|>|>=› ‹number›)", "[‹date›..‹date›)"),
    "firm": (
        "{年龄: ‹number›, 名称: ‹string›}", 'context put(‹firm›, ‹"年龄"|"z"›, ‹number›)', "context merge([‹firm›, ‹firm›])",
        'context([{key: "年龄", value: ‹number›}])',
    ),
}  # fmt: skip
