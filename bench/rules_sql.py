"""A million firms and a hundred eligibility rules in SQL on DuckDB, beside SQL written by hand; prints ratios.

    python bench/rules_sql.py [ROWS] [--rules 100] [--memory 4GB] [--linear]

Both ask the same rules of the same Parquet file in one process, in turns; the best round of each counts. The answers
are counted and compared, rule by rule. `--linear` shows 100,000, 1,000,000 and 3,000,000 rows.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from shuzhi.support.decisions.queries import Rulebook, read_rulebook
from shuzhi.support.decisions.sql.query import compile_decision
from shuzhi.support.decisions.sql.running import opened

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
KINDS = ("制造", "服务", "农业", "建筑", "零售", "运输", "教育")
INPUTS = {"注册月数": "number", "注册资本": "number", "员工数": "number", "行业": "string", "失信": "boolean"}
ROUNDS = 3
MOST_RATIO, MOST_MIB = 2.0, 4096  # what must be reached with a million firms and a hundred rules


def terms(number: int) -> tuple[int, int, int, str, str]:
    """The figures of a rule."""
    kinds = KINDS[number % 7], KINDS[(number + 3) % 7]
    return 6 + number % 30, 100_000 * (1 + number % 50), 1 + number % 20, *kinds


def rule_text(number: int) -> str:
    """A rule in FEEL."""
    months, capital, staff, one, two = terms(number)
    return (
        f"注册月数 &gt;= {months} and 注册资本 &lt;= {capital} and 员工数 between {staff} and {staff + 200} "
        f'and 行业 in ("{one}", "{two}") and not(失信)'
    )


def by_hand(number: int) -> str:
    """The same rule as a clerk who knows SQL writes it; every figure is this file's own."""
    months, capital, staff, one, two = terms(number)
    return (
        f'"注册月数" >= {months} AND "注册资本" <= {capital} AND "员工数" BETWEEN {staff} AND {staff + 200} '
        f"AND \"行业\" IN ('{one}', '{two}') AND NOT \"失信\" AS r{number}"
    )


def model(rules: int) -> Rulebook:
    """A decision for each rule and one that gives them all."""
    data = "".join(
        f'<inputData id="{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>'
        for n, t in INPUTS.items()
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{n}"/></informationRequirement>' for n in INPUTS
    )
    each = "".join(
        f'<decision id="r{at}" name="r{at}"><variable name="r{at}" typeRef="boolean"/>{needs}'
        f"<literalExpression><text>{rule_text(at)}</text></literalExpression></decision>"
        for at in range(rules)
    )
    links = "".join(
        f'<informationRequirement><requiredDecision href="#r{at}"/></informationRequirement>'
        for at in range(rules)
    )
    every = "{" + ", ".join(f"r{at}: r{at}" for at in range(rules)) + "}"
    whole = (
        f'<decision id="all" name="全部"><variable name="全部"/>{links}'
        f"<literalExpression><text>{every}</text></literalExpression></decision>"
    )
    text = (
        f'<definitions xmlns="{MODEL}" name="bench" namespace="urn:bench">{data}{each}{whole}</definitions>'
    )
    return read_rulebook([("bench.dmn", text.encode())]).sound()


def generate(engine: Any, rows: int, path: Path) -> None:
    """Firms with a few nulls in every column."""
    names = ", ".join(f"'{each}'" for each in KINDS)
    engine.raw_sql(
        f"""COPY (SELECT i AS id,
        CASE WHEN h % 31 = 0 THEN NULL ELSE (h % 240)::INTEGER END AS "注册月数",
        CASE WHEN h % 37 = 0 THEN NULL ELSE ((h // 7) % 900000000)::DECIMAL(15, 2) / 100 END::DECIMAL(15, 2) AS "注册资本",
        CASE WHEN h % 41 = 0 THEN NULL ELSE ((h // 11) % 400)::INTEGER END AS "员工数",
        CASE WHEN h % 43 = 0 THEN NULL ELSE [{names}][1 + ((h // 13) % 7)::INTEGER] END AS "行业",
        CASE WHEN h % 47 = 0 THEN NULL ELSE (h // 17) % 29 = 0 END AS "失信"
        FROM (SELECT i, hash(i) AS h FROM range({rows}) AS t(i))) TO '{path}' (FORMAT PARQUET)"""
    )


def measured(rows: int, rules: int, memory: str) -> dict[str, object]:
    """The best of a few rounds of each, and whether they say the same."""
    with tempfile.TemporaryDirectory() as folder, opened(memory=memory) as engine:
        path = Path(folder) / "firms.parquet"
        generate(engine, rows, path)
        begun = perf_counter()
        given = engine.read_parquet(path)
        made = compile_decision(model(rules), "全部", given).over(given, keep=("id",))
        ours = engine.compile(made)
        compiling = perf_counter() - begun
        theirs = f"SELECT id, {', '.join(map(by_hand, range(rules)))} FROM '{path}'"
        times: dict[str, float] = {}
        for _ in range(ROUNDS):
            for name, query in (("ours", ours), ("by hand", theirs)):
                out = Path(folder) / f"{name}.parquet"
                begun = perf_counter()
                engine.raw_sql(f"COPY ({query}) TO '{out}' (FORMAT PARQUET)")
                times[name] = min(times.get(name, 1e9), perf_counter() - begun)
        same = _same(engine, folder, rules)
    return {
        "rows": rows,
        "rules": rules,
        "same": same,
        "compiling": round(compiling, 2),
        **{name: round(seconds, 2) for name, seconds in times.items()},
        "ratio": round(times["ours"] / times["by hand"], 2),
        "ratio at most": MOST_RATIO,
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "MiB at most": MOST_MIB,
    }


def _same(engine: Any, folder: str, rules: int) -> bool:
    """Whether every rule is met by the same firms; of a null among several values FEEL says no where SQL says null."""
    ours = ", ".join(f"coalesce(answer.r{at}, false)" for at in range(rules))
    theirs = ", ".join(f"coalesce(r{at}, false)" for at in range(rules))
    found = engine.raw_sql(
        f"SELECT count(*) FROM (SELECT id, {ours} FROM '{folder}/ours.parquet' "
        f"EXCEPT SELECT id, {theirs} FROM '{folder}/by hand.parquet')"
    ).fetchone()
    return bool(found[0] == 0)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("rows", nargs="?", type=int, default=1_000_000)
    asked.add_argument("--rules", type=int, default=100)
    asked.add_argument("--memory", default="3GB")
    asked.add_argument("--linear", action="store_true")
    given = asked.parse_args()
    for rows in (100_000, 1_000_000, 3_000_000) if given.linear else (given.rows,):
        print(json.dumps(measured(rows, given.rules, given.memory), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
