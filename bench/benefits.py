"""Matching of firms by policies, beside hand-written SQL over the same Parquet file; both write how many and how much.

`python bench/benefits.py --firms 1000000 --policies 100`; the ratio must be at most 2. Reading the
rules is told apart: the product keeps what it has read; compiling them counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import duckdb

from shuzhi.support.decisions.queries import read_rulebook
from shuzhi.support.decisions.sql.query import Asked
from shuzhi.support.decisions.sql.running import opened
from shuzhi.support.decisions.sql.together import decided_together

PACK = Path(__file__).resolve().parents[1] / "packs/employment/job-stabilisation"
DAY = date(2026, 3, 16)
MOST = 2.0
SECTORS = "['工业','餐饮业','零售业','批发业','建筑业','住宿业','物业管理','其他未列明行业']"
FIRMS = f"""
    SELECT i AS recipient, CASE WHEN i % 13 = 0 THEN '注销' ELSE '存续' END AS "登记状态",
      {SECTORS}[1 + i % 8] AS "所属行业", (i * 7 % 400)::DECIMAL(38,10) AS "从业人员",
      (i * 31 % 50000)::DECIMAL(38,10) AS "营业收入", (i * 17 % 30000)::DECIMAL(38,10) AS "资产总额",
      (i % 14)::DECIMAL(38,10) AS "参保月数", (1 + i * 7 % 400)::DECIMAL(38,10) AS "月平均参保人数",
      (i % 9)::DECIMAL(38,10) AS "裁员人数", (i % 90000 + 0.37)::DECIMAL(38,10) AS "实缴失业保险费", i % 31 = 0 AS "严重失信"
    FROM range(1, ?) t(i)
"""


def hand_written(months: int) -> str:
    """The same policy as somebody who knows SQL would write it: size, months, lay-offs, amount."""
    staff, revenue, assets = '"从业人员"', '"营业收入"', '"资产总额"'
    return f"""
    WITH sized AS (SELECT *, CASE "所属行业"
        WHEN '工业' THEN {_by(staff, revenue, (300, 2000))}
        WHEN '餐饮业' THEN {_by(staff, revenue, (100, 2000))}
        WHEN '住宿业' THEN {_by(staff, revenue, (100, 2000))}
        WHEN '零售业' THEN {_by(staff, revenue, (50, 500))}
        WHEN '批发业' THEN {_by(staff, revenue, (20, 5000))}
        WHEN '建筑业' THEN {_by(revenue, assets, (6000, 5000))}
        WHEN '物业管理' THEN {_by(staff, revenue, (300, 1000))}
        ELSE {staff} < 100 END AS small FROM firms)
    SELECT count(*), sum("实缴失业保险费" * 0.6) FROM sized
    WHERE "登记状态" = '存续' AND NOT "严重失信" AND small AND "参保月数" >= {months}
      AND "裁员人数" * 100 <= (CASE WHEN "月平均参保人数" <= 30 THEN 20 ELSE 5.5 END) * "月平均参保人数"
    """


def _by(first: str, second: str, least: tuple[int, int]) -> str:
    return f"NOT ({first} >= {least[0]} AND {second} >= {least[1]})"


def ruled(source: bytes, firms: Path, policies: int) -> tuple[float, float, list[tuple[int, float]]]:
    """Seconds of reading the rules and of matching by them, compiling included, and answers; each policy has a bound of
    its own.
    """
    begun, books = perf_counter(), []
    for number in range(policies):
        text = source.replace(b"&lt; 12</text>", f"&lt; {number % 12 + 1}</text>".encode())
        text = text.replace(b"&gt;= 12</text>", f"&gt;= {number % 12 + 1}</text>".encode())
        books.append((read_rulebook([("policy.dmn", text)]).sound(), "稳岗返还", "符合"))
    began, totals = perf_counter(), [[0, Decimal(0)] for _ in books]
    with opened() as engine:
        table = engine.read_parquet(firms)
        for answered in decided_together(books, table, Asked(as_of=DAY), keep=("recipient",)):
            sums = {}
            for at in range(policies):
                yes = answered[f"{at}_eligible"] == "yes"
                sums |= {f"n{at}": yes.sum(), f"yuan{at}": answered[f"{at}_answer"]["金额"].sum(where=yes)}
            told = answered.aggregate(**sums).to_pyarrow().to_pylist()[0]
            for at, total in enumerate(totals):
                total[0] += told[f"n{at}"] or 0
                total[1] += told[f"yuan{at}"] or 0
    found = [(int(n), round(float(yuan), 2)) for n, yuan in totals]
    return began - begun, perf_counter() - began, found


def by_hand(firms: Path, policies: int) -> tuple[float, list[tuple[int, float]]]:
    """Seconds and answers of hand-written SQL."""
    began = perf_counter()
    with duckdb.connect() as engine:
        engine.execute("SET memory_limit = '2GB'")
        engine.execute(f"CREATE VIEW firms AS SELECT * FROM read_parquet('{firms}')")
        rows = [engine.execute(hand_written(number % 12 + 1)).fetchone() for number in range(policies)]
    found = [(int(row[0]), round(float(row[1] or 0), 2)) for row in rows if row]
    return perf_counter() - began, found


def main() -> int:
    """Both, one after the other; the answers must be equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=100)
    asked = parser.parse_args()
    source = (PACK / "rules/job-stabilisation.dmn").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        firms = Path(folder) / "firms.parquet"
        with duckdb.connect() as engine:
            engine.execute(f"COPY ({FIRMS.replace('?', str(asked.firms + 1))}) TO '{firms}'")
        hand_seconds, expected = by_hand(firms, asked.policies)
        read_seconds, rule_seconds, found = ruled(source, firms, asked.policies)
    ratio = rule_seconds / hand_seconds
    figures = {
        "firms": asked.firms, "policies": asked.policies, "by_hand": round(hand_seconds, 2),
        "reading_rules": round(read_seconds, 2), "by_rules": round(rule_seconds, 2), "ratio": round(ratio, 2), "at_most": MOST, "equal": expected == found,
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if expected == found and ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
