"""The catalog with many entries: how long search and a data set's page take at the server.

    python bench/catalog.py [--entries 20000] [--times 40]

Makes a throw-away node (database and files in a temporary folder), fills the catalog with synthetic entries and
one released data set, asks through Django's own handler, and prints the median of each question in milliseconds
and its ratio to a bare `SELECT` of one entry through the same connection: ratios mean more than figures of a
machine that others use.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src")]

THEMES = ("market", "city", "transport", "environment", "health", "education", "people", "space")
WORDS = "道路 桥梁 公园 学校 医院 车站 水质 空气 企业 许可 处罚 检查 停车 公交 气象 河道 绿地 市场 养老 就业".split()  # noqa: SIM905
GOAL = 100.0


def main() -> int:
    """Fill, ask, print; ends with 1 when a question takes longer than the goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="shuzhi-bench-"))
    home.chmod(0o755)
    os.environ |= {"SHUZHI_HOME": str(home), "SHUZHI_LOG_LEVEL": "error"}
    try:
        return _measure(asked.entries, asked.times)
    finally:
        from shuzhi.foundation import database

        database.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _measure(entries: int, times: int) -> int:
    from shuzhi.foundation import database
    from shuzhi.node.migrating import as_owner, bring_up_to_date
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()
    bring_up_to_date(verbosity=0)
    with as_owner():
        _fill(entries)
    bare = _median(_bare_select, times)
    print(f"{'bare SELECT of one entry':44} {bare:8.2f} ms")
    late = 0
    for name, ask in _questions():
        took = _median(ask, times)
        late += took > GOAL
        print(f"{name:44} {took:8.2f} ms  ×{took / bare:.0f}")
    return 1 if late else 0


def _fill(entries: int) -> None:
    from django.db import connection

    from shuzhi.data.catalog import models

    models.Entry.objects.bulk_create(_entries(entries), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _entries(count: int) -> Iterator[object]:
    from datetime import UTC, datetime, timedelta

    from shuzhi.data.catalog import models, services
    from shuzhi.data.catalog.types import DataSetDeclaration

    start = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(count):
        title = f"{WORDS[n % 20]}{WORDS[n // 20 % 20]}信息 {n}"
        declared = DataSetDeclaration.model_validate(
            {
                "dataset": f"set-{n}",
                "title": {"zh": title, "en": f"Data set {n}"},
                "summary": {"zh": f"{title}的汇总，按月更新", "en": f"Summary of data set {n}"},
                "owner": f"office-{n % 60}",
                "tier": "city",
                "theme": THEMES[n % len(THEMES)],
                "update": "monthly",
                "sharing": "conditional",
                "opening": ("unconditional", "conditional", "none")[n % 3],
                "fields": [
                    {"id": f"f{m}", "name": {"zh": f"字段{m}", "en": f"Field {m}"}, "open": True}
                    for m in range(12)
                ],
            }
        )
        row = models.Entry(id=declared.dataset, status="published", proposed_at=start, published_at=start)
        services._fill(row, declared, declared.model_dump(mode="json"), at=start + timedelta(minutes=n))  # noqa: SLF001
        row.formats = ["csv", "json"] if n % 2 else ["xls"]
        yield row


def _questions() -> Iterator[tuple[str, Callable[[], None]]]:
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})

    def page(path: str) -> Callable[[], None]:
        def ask() -> None:
            response = client.get(path)
            if response.status_code != 200:  # noqa: PLR2004
                raise RuntimeError(f"{path}: {response.status_code}")

        return ask

    yield "portal, no question", page("/data/")
    yield "portal, one word (5 %)", page("/data/?q=道路")
    yield "portal, two words", page("/data/?q=道路 公园")
    yield "portal, a word and a facet", page("/data/?q=学校&theme=transport&format=csv")
    yield "portal, nothing found", page("/data/?q=没有这样的数据")
    yield "portal, last page", page("/data/?page=1300&sort=title")
    yield "data set page", page("/data/set-0/")
    yield "DCAT of all, as it was asked for a moment ago", page("/catalog.ttl")
    yield "CKAN package_search", page("/api/3/action/package_search?q=道路&rows=20")
    yield "CKAN package_show", page("/api/3/action/package_show?id=set-0")


def _bare_select() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, title_zh FROM catalog_entry WHERE id = %s", ["set-0"])
        cursor.fetchone()


def _median(ask: Callable[[], None], times: int) -> float:
    for _ in range(3):
        ask()
    spent = []
    for _ in range(times):
        started = perf_counter()
        ask()
        spent.append((perf_counter() - started) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    sys.exit(main())
