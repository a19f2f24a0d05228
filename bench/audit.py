"""The audit log: durable entries a second, unfolding, sealing, verifying, proofs; each beside a bare one of the same run.

    python bench/audit.py [ENTRIES] [--home DIR] [--seconds 5]

In a home of its own with a real, syncing PostgreSQL. Writing is compared with the same number of bare INSERTs
of the same texts into a table without index or trigger, verifying with hashing the same bytes twice on one core.
Wanted: 1,500 durable entries a second, and 10,000,000 verified in 300 seconds on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

AT = datetime(2026, 3, 2, tzinfo=UTC)
WRITERS = 8
BATCH = 100
BARE = "CREATE TABLE IF NOT EXISTS bare_probe (id bigserial, line text)"


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="shuzhi-bench-audit-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    os.environ["SHUZHI_HOME"] = str(home)
    os.environ["SHUZHI_PROCESS"] = "migrate"  # owns the tables
    from shuzhi.foundation import database

    database.ensure_database()
    try:
        print(json.dumps(measure(given.entries, given.seconds), indent=1))
    finally:
        database.stop(home)
        if given.home is None:
            shutil.rmtree(home, ignore_errors=True)


def measure(entries: int, seconds: float) -> dict[str, Any]:
    """Everything, in order."""
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    start_django()
    bring_up_to_date(verbosity=0)
    found: dict[str, Any] = {"writing": writing(seconds)}
    found["filled"] = fill(entries)
    found["unfolding"] = unfolding()
    found["sealing"] = sealing()
    found["verifying"] = verifying()
    found["proofs"] = proving()
    return found


def content(number: int) -> Any:
    """An entry as the gateway writes it."""
    from shuzhi.pillars.security.canonical import content_of
    from shuzhi.pillars.security.subjects import node_reference

    return content_of(
        at=AT + timedelta(milliseconds=number),
        action="exchange.called",
        target="interface/firm-by-uscc",
        actor=f"subscription/{number % 1000}",
        office="tax",
        purpose="年报核验",
        basis="浙江省公共数据条例",
        outcome="answered",
        facts={
            "request": f"{number:016x}",
            "entity": f"firm-{number % 200_000}",
            "fields": ["name", "status", "address"],
            "masked": ["phone", "legal_person"],
            "key": "sk-0123456789abcdef",
        },
        subjects=(node_reference("uscc", f"9133{number % 200_000:014d}"),),
    )


def writing(seconds: float) -> dict[str, Any]:
    """Durable entries a second: one transaction each by the ordinary path, and by blocks; beside bare INSERTs."""
    import psycopg

    from shuzhi.foundation import database

    address = database.database_url("owner")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(BARE)
    bare = _by_threads(lambda until: _bare(address, until), seconds)
    ordinary = _by_threads(_ordinary, seconds)
    in_blocks = _by_threads(lambda until: _in_blocks(address, until), seconds)
    lone = _ordinary(perf_counter() + seconds) / seconds
    return {
        "writers": WRITERS,
        "bare INSERT/s": round(bare),
        "audit.record/s": round(ordinary),
        "audit.record / bare": round(ordinary / bare, 2),
        "audit.record/s, one writer": round(lone),
        f"entries/s in blocks of {BATCH}": round(in_blocks),
        "blocks / bare": round(in_blocks / bare, 2),
    }


def _by_threads(write: Any, seconds: float) -> float:
    until = perf_counter() + seconds
    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(lambda _: write(until), range(WRITERS))) / seconds


def _bare(address: str, until: float) -> int:
    import psycopg

    line, count = content(1).canonical.decode(), 0
    with psycopg.connect(address, autocommit=True) as connection:
        while perf_counter() < until:
            connection.execute("INSERT INTO bare_probe (line) VALUES (%s)", [line])
            count += 1
    return count


def _ordinary(until: float) -> int:
    from django.db import connection

    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.types import Actor

    clerk, count = Actor(name="account/li", office="tax", purpose="年报核验", basis="条例 第七条"), 0
    while perf_counter() < until:
        audit.record("matters.accepted", target=f"case/{count}", by=clerk, at=AT, number=count)
        count += 1
    connection.close()
    return count


def _in_blocks(address: str, until: float) -> int:
    import psycopg

    from shuzhi.pillars.security import blocks

    count = 0
    with psycopg.connect(address, autocommit=True) as connection:
        while perf_counter() < until:
            row = blocks.row(AT, [content(count + at) for at in range(BATCH)])
            connection.execute(blocks.INSERT, row)
            count += BATCH
    return count


def fill(entries: int) -> dict[str, Any]:
    """Blocks up to the wanted number of entries."""
    import psycopg

    from shuzhi.foundation import database
    from shuzhi.pillars.security import blocks, queries

    begun, there = perf_counter(), queries.count_acts(queries.Question())
    with psycopg.connect(database.database_url("owner"), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for first in range(there, entries, blocks.MOST):
            last = min(first + blocks.MOST, entries)
            connection.execute(blocks.INSERT, blocks.row(AT, [content(n) for n in range(first, last)]))
    return {"entries": max(entries, there), "seconds": round(perf_counter() - begun, 1)}


def unfolding() -> dict[str, Any]:
    """Blocks into rows."""
    from shuzhi.pillars.security.log.unfolding import unfold_waiting

    return _rate(lambda: unfold_waiting(most=10**9))


def sealing() -> dict[str, Any]:
    """Places, hashes, signed heads."""
    from shuzhi.pillars.security import audit

    def all_of_them() -> int:
        total = 0
        while count := audit.seal(at=AT):
            total += count
        return total

    return _rate(all_of_them)


def verifying() -> dict[str, Any]:
    """The whole log, beside the bare hashing of as many entries on one core."""
    from shuzhi.pillars.security import audit

    lines = [content(number).canonical for number in range(10_000)]
    begun = perf_counter()
    for line in lines:
        hashlib.sha256(b"\x00" + line).digest()
        hashlib.sha256(line).hexdigest()
    bare = (perf_counter() - begun) / len(lines)

    def show(done: int, total: int) -> None:
        print(f"\r{done:,} / {total:,}", end="", file=sys.stderr, flush=True)

    begun = perf_counter()
    found = audit.verify(progress=show)
    taken = perf_counter() - begun
    return {
        "entries": found.entries,
        "seconds": round(taken, 1),
        "entries/s": round(found.entries / taken),
        "times bare hashing on one core": round(taken / found.entries / bare, 1),
        "seconds for 10,000,000 at this rate": round(10_000_000 * taken / found.entries),
    }


def proving() -> dict[str, Any]:
    """Proofs of random entries, and between random heads."""
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.models import AuditBlock, AuditHead

    random, ids, sizes = Random(1), [], []
    ids = list(AuditBlock.objects.order_by("id").values_list("id", flat=True))
    sizes = list(AuditHead.objects.order_by("size").values_list("size", flat=True))
    inclusion = [_milliseconds(lambda: audit.inclusion_proof(f"b{random.choice(ids)}.0")) for _ in range(200)]
    consistency = [_milliseconds(lambda: audit.consistency_proof(random.choice(sizes))) for _ in range(200)]
    return {
        "inclusion, ms, median": round(statistics.median(inclusion), 1),
        "consistency, ms, median": round(statistics.median(consistency), 1),
    }


def _milliseconds(work: Any) -> float:
    begun = perf_counter()
    work()
    return 1000 * (perf_counter() - begun)


def _rate(work: Any) -> dict[str, Any]:
    begun = perf_counter()
    count = work()
    taken = perf_counter() - begun
    return {"entries": count, "seconds": round(taken, 1), "entries/s": round(count / max(taken, 1e-9))}


if __name__ == "__main__":
    main()
