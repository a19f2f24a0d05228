"""Twenty quality rules over a generated Parquet file, in one scan; prints how many plain reads that costs.

    python bench/quality.py [ROWS] [--memory 512MB]

The plain read is DuckDB reading the same columns of the same file (`count` and `max` of each), so that the
ratio says what the rules cost, whatever the machine. Run it with `src` on the path and nothing else running.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.quality.compiling import Scope, compile_rules, counts_of, sample_of, tallies_of
from shuzhi.pillars.standards.validators.resident_id import resident_id_check_character
from shuzhi.pillars.standards.validators.uscc import ALPHABET, uscc_check_character

TODAY = date(2026, 9, 18)
POOL = 50_000

FIELDS = [
    {"id": "name"},
    {"id": "uscc", "standard": "uscc"},
    {"id": "owner_id", "standard": "resident_id"},
    {"id": "division", "standard": "division_code"},
    {"id": "postal", "standard": "postal_code"},
    {"id": "kind"},
    {"id": "founded", "type": "date"},
    {"id": "approved", "type": "date"},
    {"id": "capital", "type": "decimal"},
    {"id": "paid", "type": "decimal"},
    {"id": "staff", "type": "integer"},
    {"id": "address"},
]
RULES = [
    {"check": "not_null", "field": "name"},
    {"check": "not_null", "field": "uscc"},
    {"check": "not_null", "field": "kind"},
    {"check": "not_null", "field": "address"},
    {"check": "not_null", "fields": ["founded", "approved"]},
    {"check": "valid", "field": "uscc"},
    {"check": "valid", "field": "owner_id"},
    {"check": "valid", "field": "division"},
    {"check": "valid", "field": "postal"},
    {"check": "in_codelist", "field": "kind", "codelist": "kinds"},
    {"check": "in_codelist", "field": "division", "codelist": "divisions"},
    {"check": "range", "field": "capital", "min": "0", "max": "1000000000"},
    {"check": "range", "field": "paid", "min": "0"},
    {"check": "range", "field": "staff", "min": "0", "max": "500000"},
    {"check": "length", "field": "name", "min": "2", "max": "60"},
    {"check": "length", "field": "address", "min": "4"},
    {"check": "compare", "fields": ["founded", "approved"], "op": "le"},
    {"check": "compare", "fields": ["paid", "capital"], "op": "le"},
    {"check": "not_future", "field": "founded"},
    {"check": "not_future", "field": "approved"},
]
CODES = {
    "kinds": [str(number) for number in range(20)],
    "divisions": [f"33{number:04}" for number in range(3000)],
}


def main() -> None:
    """Generate, read, check, report."""
    asked = argparse.ArgumentParser()
    asked.add_argument("rows", nargs="?", type=int, default=5_000_000)
    asked.add_argument("--memory", default="512MB")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "firms.parquet"
        generate(file, given.rows)
        report = measure(file, given.memory)
    json.dump({"rows": given.rows, "rules": len(RULES), **report}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def generate(file: Path, rows: int) -> None:
    """Firms with a few faults of every kind."""
    chance = random.Random(36344)
    pool = pa.table(
        {
            "place": range(POOL),
            "uscc": [_uscc(chance) for _ in range(POOL)],
            "owner": [_person(chance) for _ in range(POOL)],
        }
    )
    with duckdb.connect() as connection:
        connection.register("pool", pool)
        connection.execute("SELECT setseed(0.36344)")
        connection.execute(
            f"""
            COPY (SELECT i AS _row,
                   CASE WHEN i % 997 = 0 THEN NULL ELSE '杭州某某' || i || '有限公司' END AS name,
                   CASE WHEN i % 101 = 0 THEN reverse(uscc) ELSE uscc END AS uscc,
                   CASE WHEN i % 103 = 0 THEN reverse(owner) ELSE owner END AS owner_id,
                   '33' || lpad(((i * 7) % 3100)::VARCHAR, 4, '0') AS division,
                   '31' || lpad((i % 10000)::VARCHAR, 4, '0') AS postal,
                   (i % 21)::VARCHAR AS kind,
                   DATE '1980-01-01' + (i % 17500)::INTEGER AS founded,
                   DATE '1980-01-01' + ((i * 13) % 17500)::INTEGER AS approved,
                   ((i * 31) % 100000000)::DECIMAL(38, 10) AS capital,
                   ((i * 17) % 100000000)::DECIMAL(38, 10) AS paid,
                   (i % 1000) - 1 AS staff,
                   '浙江省杭州市余杭区某某路' || (i % 9999) || '号' AS address
                  FROM range({rows}) AS made(i) JOIN pool ON pool.place = i % {POOL})
            TO '{file}' (FORMAT parquet, COMPRESSION zstd)
            """
        )


def measure(file: Path, memory: str) -> dict[str, Any]:
    """Seconds of a plain read and of the checks, and their ratio."""
    names = [field["id"] for field in FIELDS]
    plain = "SELECT " + ", ".join(f"count({name}), max({name})" for name in names) + " FROM firms"
    dataset = declared()
    with duckdb.connect(config={"memory_limit": memory, "threads": 2}) as connection:
        connection.execute(f"CREATE VIEW firms AS SELECT * FROM read_parquet('{file}')")
        read = _fastest(lambda: connection.execute(plain).fetchall())
        scope = Scope(
            rows=ibis.duckdb.from_connection(connection).table("firms"), today=TODAY, codes=CODES.get
        )
        plan = compile_rules(scope, dataset, dataset.rules)
        counted: list[Any] = []
        check = _fastest(lambda: counted.append(counts_of(plan).to_pyarrow().to_pylist()[0]))
        tallies = tallies_of(plan, counted[-1])
        sample = _fastest(lambda: sample_of(scope, dataset, dataset.rules, most=20).to_pyarrow(), times=1)
    return {
        "plain_read_seconds": round(read, 2),
        "check_seconds": round(check, 2),
        "ratio_to_plain_read": round(check / read, 1),
        "sample_seconds": round(sample, 2),
        "failed": {rule: tally.failed for rule, tally in tallies.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def declared() -> DataSetDeclaration:
    """The data set with its twenty rules."""
    words = {"zh": "某", "en": "some"}
    rules = [
        {
            "id": f"r{number:02}-{rule['check'].replace('_', '-')}",
            "dimension": "accurate",
            "message": words,
            **rule,
        }  # type: ignore[attr-defined]
        for number, rule in enumerate(RULES)
    ]
    return DataSetDeclaration.model_validate(
        {
            "dataset": "firms",
            "title": words,
            "owner": "x",
            "tier": "city",
            "theme": "economy",
            "update": "daily",
            "sharing": "conditional",
            "opening": "none",
            "fields": [{"name": words, **field} for field in FIELDS],
            "rules": rules,
        }
    )


def _fastest(work: Any, *, times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        begun = perf_counter()
        work()
        seconds.append(perf_counter() - begun)
    return min(seconds)


def _uscc(chance: random.Random) -> str:
    body = "91330110" + "".join(chance.choices(ALPHABET, k=9))
    return body + uscc_check_character(body)


def _person(chance: random.Random) -> str:
    body = f"330110{chance.randrange(1940, 2008)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}{chance.randrange(1000):03}"
    return body + resident_id_check_character(body)


if __name__ == "__main__":
    main()
