"""Messages: accepted a second and CPU of each, beside bare INSERTs of the same run.

    python bench/messages.py [MESSAGES] [--writers 4]

In a home of its own with a real, syncing PostgreSQL. Wanted: 360 accepted a second.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEMPLATE = {
    "message": "bench",
    "title": {"zh": "{matter}已办结", "en": "{matter} is decided"},
    "text": {"zh": "您申请的{matter}已办结。", "en": "Your {matter} is decided."},
    "fields": {"matter": {"zh": "事项", "en": "matter"}},
    "channels": ["in_app", "sms"],
}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("messages", type=int, nargs="?", default=20_000)
    parser.add_argument("--writers", type=int, default=4)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="shuzhi-bench-messages-"))
    home.chmod(0o755)
    os.environ |= {
        "SHUZHI_HOME": str(home),
        "SHUZHI_PROCESS": "migrate",
        "SHUZHI_SMS_URL": "http://127.0.0.1:9",
    }
    from shuzhi.foundation import database

    database.ensure_database()
    try:
        print(json.dumps(measure(given.messages, given.writers), indent=1))
    finally:
        database.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def measure(count: int, writers: int) -> dict[str, Any]:
    """Accept all, by so many writers at once."""
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    start_django()
    bring_up_to_date(verbosity=0)
    from shuzhi.pillars.security.types import system
    from shuzhi.support.messages import services
    from shuzhi.support.messages.types import TemplateDeclaration

    by = system("bench")
    declared = TemplateDeclaration.model_validate(TEMPLATE)
    services.install_template(declaration=declared, pack="bench", by=by, at=AT)
    share = [range(first, count, writers) for first in range(writers)]
    started, used = perf_counter(), process_time()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(_accept, share))
    seconds, cpu = perf_counter() - started, process_time() - used
    bare = _bare(count)
    return {
        "messages": count,
        "accepted_a_second": round(count / seconds),
        "cpu_ms_a_message": round(cpu / count * 1000, 3),
        "bare_inserts_a_second": round(bare),
        "share_of_bare": round(count / seconds / bare, 3),
    }


def _accept(numbers: range) -> None:
    from django.db import connection

    from shuzhi.pillars.security.types import system
    from shuzhi.support.messages import services

    by = system("bench")
    for number in numbers:
        services.send(
            template="bench", to=f"138{number:08d}", facts={"matter": "登记"}, by=by, at=AT, key=str(number)
        )
    connection.close()


def _bare(count: int) -> float:
    """One INSERT with its own commit each."""
    from django.db import connection

    many = min(count, 2000)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_probe (id bigserial, line text)")
        started = perf_counter()
        for number in range(many):
            cursor.execute("INSERT INTO bare_probe (line) VALUES (%s)", [f"{number} 您申请的登记已办结。"])
    return many / (perf_counter() - started)


if __name__ == "__main__":
    main()
