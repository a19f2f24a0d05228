"""Open data in bulk: pages, search, rows and a download, each beside its limit, over HTTP from a node of its own.

    python bench/opendata.py [--sets 20000] [--entries 500000] [--rows 10000000] [--seconds 10] [--port 11590]

Makes a throw-away node (database and files in a temporary folder), fills its catalog with synthetic entries, copied in
the database, and one data set of many rows, opened as the product opens it, serves both as the product does, and asks
ten at a time. Smaller sizes print figures of those. Datasette, where the programme named by `DATASETTE` is there,
answers the same row questions from SQLite: a peer without checks. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any
from urllib.parse import quote, urlencode

from asking import Load, Measured

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src")]

WORDS = "道路 桥梁 公园 学校 医院 车站 水质 空气 企业 许可 处罚 检查 停车 公交 气象 河道 绿地 市场 养老 就业".split()  # noqa: SIM905
DISTRICTS = [f"第{n}区" for n in range(13)]
BIG = "bench-rows"
STEP = 50_000
Failed = list[str]


def main() -> int:
    """Fill, serve, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--port", type=int, default=11_590)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="shuzhi-bench-"))
    home.chmod(0o755)
    os.environ |= {"SHUZHI_HOME": str(home), "SHUZHI_LOG_LEVEL": "error", "SHUZHI_WEB_PORT": str(asked.port)}
    server: subprocess.Popen[bytes] | None = None
    try:
        _start()
        _timed(f"{asked.sets:,} entries", lambda: _fill_entries(asked.sets))
        _timed(f"{asked.rows:,} rows", lambda: _fill_rows(asked.rows))
        _timed("database and disk come to rest", _settle)
        server = _serve(asked.port)
        failed = _ask(asked, server.pid)
        return 1 if failed else 0
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        from shuzhi.foundation import database

        database.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _ask(asked: argparse.Namespace, server: int) -> Failed:
    failed: Failed = []
    chance = random.Random(7)
    load = Load(asked.port, asked.seconds)
    spread = load.run(lambda: f"/data/set-{chance.randrange(asked.sets)}/")
    failed += _row("data set page", spread, most=150, least_rate=100)
    failed += _row("data set page of the large set", load.run(lambda: f"/data/{BIG}/"), most=150)
    failed += _row(
        "row page, any offset", load.run(lambda: _rows(offset=chance.randrange(asked.rows))), most=50
    )
    where = lambda: json.dumps({"district": chance.choice(DISTRICTS)})  # noqa: E731
    failed += _row(
        "row page, one filter",
        load.run(lambda: _rows(where=where(), offset=chance.randrange(5) * 100)),
        most=50,
    )
    failed += _row(
        "row page, sorted falling",
        load.run(lambda: _rows(sort="-amount", offset=chance.randrange(5) * 100)),
        most=50,
    )
    failed += _download(asked.port, server)
    _timed(f"{asked.entries:,} entries", lambda: _fill_entries(asked.entries, asked.sets))
    _timed("database and disk come to rest", _settle)
    frequent = lambda: f"/data/?q={quote(chance.choice(['信息', '按月更新', '汇总', '的']))}"  # noqa: E731
    failed += _row("search, more than half match", load.run(frequent), most=300)
    action = lambda: f"/api/3/action/package_search?q={quote(chance.choice(['信息', '汇总']))}&rows=20"  # noqa: E731
    failed += _row("package_search, more than half match", load.run(action), most=300)
    _peer(asked, load)
    return failed


def _rows(**asked: object) -> str:
    return f"/api/data/{BIG}/rows?{urlencode({'limit': 100, **asked})}"


def _row(name: str, found: Measured, *, most: float, least_rate: float = 0) -> Failed:
    rate, p50, p95 = found
    missed = p95 >= most or rate < least_rate
    limit = f"p95 < {most:g} ms" + (f", ≥ {least_rate:g}/s" if least_rate else "")
    print(
        f"{name:42} {rate:8.1f}/s  p50 {p50:7.1f}  p95 {p95:7.1f} ms   {limit:24} {'MISSED' if missed else 'ok'}",
        flush=True,
    )
    return [name] if missed else []


def _download(port: int, server: int) -> Failed:
    """The whole CSV, read as a client would; the server's memory must not grow with it."""
    import psutil

    tree = psutil.Process(server)

    def memory() -> float:
        return sum(one.memory_info().rss for one in (tree, *tree.children(recursive=True))) / 2**20

    before, most, size = memory(), 0.0, 0
    started = perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    line.request("GET", f"/data/{BIG}/download/csv")
    answer = line.getresponse()
    while piece := answer.read(1 << 22):
        size += len(piece)
        most = max(most, memory())
    took, grown = perf_counter() - started, most - before
    missed = grown > 64  # noqa: PLR2004
    print(
        f"{'download of all rows (CSV)':42} {size / 2**20:8.0f} MiB in {took:.1f} s, memory +{grown:.0f} MiB   {'< 64 MiB more':24} {'MISSED' if missed else 'ok'}",
        flush=True,
    )
    return ["download"] if missed else []


def _start() -> None:
    from shuzhi.foundation import database
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()
    bring_up_to_date(verbosity=0)


def _serve(port: int) -> subprocess.Popen[bytes]:
    code = "from shuzhi.node.serving import serve; serve('web')"
    env = os.environ | {"SHUZHI_PROCESS": "web", "PYTHONPATH": sys.path[0]}
    server = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.DEVNULL)
    for _ in range(240):
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:  # noqa: PLR2004
                return server
        except OSError:
            sleep(0.5)
    raise RuntimeError("the web did not come up")


def _fill_entries(count: int, from_: int = 0) -> None:
    """Some entries by the catalog's own hand, the rest copied in the database with other words."""
    from django.db import connection

    from shuzhi.data.catalog import models, services
    from shuzhi.node.migrating import as_owner

    first = max(from_, len(WORDS))
    with as_owner(), connection.cursor() as cursor:
        if not from_:
            models.Entry.objects.bulk_create(_seed(services, models))
        # The words' index is made anew afterwards: entry by entry it takes ten times as long, and it comes out the same.
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'catalog_entry_words'")
        [[index]] = cursor.fetchall()
        cursor.execute("DROP INDEX catalog_entry_words")
        for start in range(first, count, STEP):
            until = min(start + STEP, count)
            cursor.execute(_COPIES, {"words": WORDS, "from": start, "until": until})
            _progress(f"{until:,} of {count:,} entries, copied in the database")
        _progress("making the words' index of the entries")
        cursor.execute(index)
        _progress("")


def _settle() -> None:
    """What a node that has run for an hour has behind it: the server cleaned up, the disk wrote, the tables were read."""
    import psycopg
    from django.db import connection

    from shuzhi.foundation import database

    server, name = database.database_url("superuser"), connection.settings_dict["NAME"]
    with psycopg.connect(server, dbname=name, autocommit=True) as line:
        line.execute("VACUUM ANALYZE")
        line.execute("CHECKPOINT")
        os.sync()
        line.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        line.execute(_READ)


# The rows of large sets first: what is read last is surely there. Their words' indexes are left out, nobody here asks them.
_READ = """
SELECT pg_prewarm(found.oid) FROM (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam
    WHERE n.nspname IN ('public', 'pg_toast') OR (n.nspname = 'opendata' AND a.amname IN ('heap', 'btree'))
    ORDER BY n.nspname <> 'opendata', a.amname <> 'heap'
) AS found
"""


# Seeds and copies are made once: else a row is made anew for each of its columns, and its seed looked for each time.
_COPIES = """
WITH seeds AS MATERIALIZED (
    SELECT seed, seed.id FROM catalog_entry AS seed WHERE id = ANY (SELECT 'set-' || n FROM generate_series(0, 19) AS n)
), copies AS MATERIALIZED (
    SELECT jsonb_populate_record(seed, jsonb_build_object(
        'id', 'set-' || n,
        'title_zh', (%(words)s::text[])[1 + n / 20 %% 20] || (seed).title_zh || n, 'title_en', 'Data set ' || n,
        'title_sort', (%(words)s::text[])[1 + n / 20 %% 20] || (seed).title_sort || lpad(n::text, 7, '0'),
        'owner', 'office-' || n %% 60, 'modified_at', timestamptz '2026-01-01' + n * interval '1 minute',
        'search_text', (seed).search_text || (%(words)s::text[])[1 + n / 20 %% 20] || n,
        'declared', (seed).declared || jsonb_build_object('dataset', 'set-' || n, 'owner', 'office-' || n %% 60)
    )) AS entry FROM generate_series(%(from)s, %(until)s - 1) AS n JOIN seeds ON seeds.id = 'set-' || n %% 20
)
INSERT INTO catalog_entry SELECT (entry).* FROM copies
"""


def _seed(services: Any, models: Any) -> Iterator[Any]:
    from datetime import UTC, datetime

    from shuzhi.data.catalog.types import DataSetDeclaration

    start = datetime(2026, 1, 1, tzinfo=UTC)
    for n, word in enumerate(WORDS):
        declared = DataSetDeclaration.model_validate(
            {
                "dataset": f"set-{n}",
                "title": {"zh": f"{word}信息", "en": f"Data set {n}"},
                "summary": {"zh": f"{word}信息的汇总，按月更新", "en": f"Summary of data set {n}"},
                "owner": f"office-{n}", "tier": "city", "theme": ("market", "city", "health", "people")[n % 4],
                "update": "monthly", "sharing": "conditional",
                "opening": ("unconditional", "conditional", "unconditional", "none")[n % 4],
                "fields": [{"id": f"f{m}", "name": {"zh": f"字段{m}", "en": f"Field {m}"}, "open": True} for m in range(12)],
            }
        )  # fmt: skip
        row = models.Entry(id=declared.dataset, status="published", proposed_at=start, published_at=start)
        services._fill(row, declared, declared.model_dump(mode="json"), at=start)  # noqa: SLF001
        row.formats = ["csv", "json"] if n % 2 else ["xls"]
        # The pages of the class "none" do not exist for the public; the bench asks for every page.
        row.opening = "conditional" if row.opening == "none" else row.opening
        row.declared["opening"] = row.opening
        yield row


def _fill_rows(count: int) -> None:
    """A data set of many rows in the lake, opened by the product's own hand."""
    from datetime import UTC, datetime

    import pyarrow as pa
    from django.db import connection

    from shuzhi.data.catalog import services as catalog
    from shuzhi.data.catalog.types import DataSetDeclaration
    from shuzhi.data.opendata import services
    from shuzhi.foundation import lake
    from shuzhi.pillars.security.types import Actor, Role

    bureau = Actor(name="account/bench", office="data-bureau", roles=frozenset({Role.BUREAU, Role.APPROVER}))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    kinds = {
        "code": "text",
        "district": "text",
        "kind": "text",
        "amount": "integer",
        "on_day": "date",
        "note": "text",
    }
    fields = [
        {"id": name, "name": {"zh": name, "en": name}, "type": kind, "open": True}
        for name, kind in kinds.items()
    ]
    declared = DataSetDeclaration.model_validate(
        {
            "dataset": BIG, "title": {"zh": "大数据集", "en": "Large"}, "owner": "data-bureau", "tier": "city",
            "theme": "city", "update": "monthly", "sharing": "conditional", "opening": "unconditional",
            "licence": "CC-BY-4.0", "fields": fields,
        }
    )  # fmt: skip
    catalog.propose_entry(declaration=declared, by=bureau, at=at)
    catalog.publish_entry(dataset=BIG, by=bureau, at=at)
    with lake.open_duckdb() as duck:
        told = duck.sql(
            "SELECT 'c' || i AS code, '第' || (hash(i) % 13) || '区' AS district, 'k' || (hash(i * 7) % 40) AS kind, "
            "(hash(i * 3) % 1000000)::BIGINT AS amount, DATE '2020-01-01' + (i % 2000)::INT AS on_day, "
            "'备注' || (i % 977) AS note, i AS _row, 'upsert' AS _op, i::VARCHAR AS _hash, NULL::VARCHAR AS _repaired "
            f"FROM range({count}) AS t(i)"
        )
        own = pa.schema([(name, _ARROW[kind](pa)) for name, kind in kinds.items()])
        lake.append(
            dataset=BIG,
            batch="bench-1",
            seq=1,
            mode="full",
            rows=told.to_arrow_reader(100_000),
            schema=own,
        )
    with connection.cursor() as cursor:  # of the database's own settings, as an operator of such a node would
        cursor.execute("SET maintenance_work_mem = '1GB'")
    with _watched():
        services.open_dataset(dataset=BIG, by=bureau, at=at)
    with connection.cursor() as cursor:
        cursor.execute("RESET maintenance_work_mem")


@contextmanager
def _watched() -> Iterator[None]:
    """Say every half minute what the database and the files are at: a release of ten million rows takes a while."""
    done = Event()
    watcher = Thread(target=_watch, args=(done,), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        _progress("")


def _watch(done: Event) -> None:
    import psycopg

    from shuzhi.foundation import database

    with psycopg.connect(database.database_url(), autocommit=True) as line:
        while not done.wait(30):
            said = [f"{rows:,} rows copied" for (rows,) in line.execute(_COPIED)]
            said += [f"index of {table}: {phase}, {part} %" for table, phase, part in line.execute(_INDEXED)]
            written = sorted(Path(tempfile.gettempdir()).glob("shuzhi-release-*/data.*"))
            said += [f"{file.name} {file.stat().st_size / 2**20:,.0f} MiB" for file in written]
            _progress("; ".join(said) or "reading and counting")


# What another role copies shows no count.
_COPIED = "SELECT COALESCE(tuples_processed, 0) FROM pg_stat_progress_copy"
_INDEXED = """
SELECT relid::regclass::text, COALESCE(phase, 'begun'), 100 * greatest(blocks_done, tuples_done) / greatest(1, blocks_total, tuples_total)
FROM pg_stat_progress_create_index
"""


_ARROW: dict[str, Callable[[Any], Any]] = {
    "text": lambda pa: pa.string(),
    "integer": lambda pa: pa.int64(),
    "date": lambda pa: pa.date32(),
}


def _peer(asked: argparse.Namespace, load: Load) -> None:
    """Datasette on SQLite with the same table and the same indexes; no checks, no masks."""
    programme = os.environ.get("DATASETTE") or shutil.which("datasette")
    if not programme:
        return
    import csv
    import io
    import sqlite3

    from shuzhi.data.opendata import queries
    from shuzhi.foundation.files import file_store

    file = Path(os.environ["SHUZHI_HOME"]) / "peer.db"
    release = queries.release(BIG)
    with sqlite3.connect(file) as peer, file_store().open(release.file("csv").sha256) as stored:
        rows = csv.reader(io.TextIOWrapper(stored, "utf-8"))
        names = next(rows)
        peer.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(names)})")
        peer.executemany(f"INSERT INTO t ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
        for name in ("district", "kind", "amount"):
            peer.execute(f"CREATE INDEX t_{name} ON t ({name})")
    port = asked.port + 1
    process = subprocess.Popen(
        [programme, "serve", str(file), "--port", str(port)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/")
                break
            except OSError:
                sleep(0.5)
        chance = random.Random(7)
        path = lambda: f"/peer/t.json?_size=100&_extra=count&district={quote(chance.choice(DISTRICTS))}"  # noqa: E731
        _row("  Datasette: one filter, with its count", replace(load, port=port).run(path), most=float("inf"))
    finally:
        process.terminate()
        process.wait(20)


def _progress(what: str) -> None:
    """Where the filling is; one line that is written over, on a terminal and in a log alike."""
    end = "\r" if sys.stdout.isatty() else "\n"
    if what or sys.stdout.isatty():
        print(f"  {what:76}", end=end, flush=True)


def _timed(what: str, do: Callable[[], None]) -> None:
    started = perf_counter()
    do()
    print(f"{'· ' + what:42} {perf_counter() - started:8.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
