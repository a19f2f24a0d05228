"""Collecting is killed at every point, then repeated: nothing is lost and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 900
OFTEN = ("staged", "appended")  # the others belong to the proofs
POINTS = (
    "begun",
    "halfway",  # some rows are staged and some cells quarantined
    "staged",
    "judged",
    "written",  # the lake's file lies there, no snapshot names it
    "appended",  # the lake has it, the receipt is not written
    "receipted",
)
CHILD = """
import os, signal, sys
from datetime import UTC, datetime

import django
database, batch, point = sys.argv[1:]
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = database

from shuzhi.data.sources import quarantine, services, staging
from shuzhi.foundation.lake import writing
from shuzhi.pillars.security.types import system

def reached(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

staging.ROWS_AT_ONCE, quarantine.MOST_AT_ONCE = 100, 10
flush, commit = quarantine.Quarantine.flush, writing._commit
quarantine.Quarantine.flush = lambda self: (flush(self), reached("halfway"))[0]
writing._commit = lambda *args: (reached("written"), commit(*args))[1]
at = datetime(2026, 3, 2, tzinfo=UTC)
services.collect_batch(batch=batch, by=system("test"), at=at, checkpoint=reached)
"""


@pytest.fixture
def sender(tmp_path, transactional_db):
    from tests.unit.data.sources import sending

    fields = (
        {"id": "code", "name": {"zh": "编号", "en": "Code"}},
        {"id": "count", "name": {"zh": "数量", "en": "Count"}, "type": "integer"},
    )
    return sending.make_sender(tmp_path, fields=fields, key=("code",))


@pytest.fixture
def content():
    """Of nine rows, one is unfit, one a duplicate and one contradicts."""
    lines = [f"K{n},{n}" for n in range(ROWS * 6 // 9)]
    lines += [f"X{n},many" for n in range(ROWS // 9)]
    lines += [f"K{n},{n}" for n in range(ROWS // 9)]
    lines += [f"K{n},{n + 1}" for n in range(ROWS // 9)]
    return "编号,数量\n" + "\n".join(lines) + "\n"


def kill_at(point, batch):
    from django.db import connection

    from shuzhi.foundation.settings import settings

    environ = os.environ | {
        "SHUZHI_HOME": str(settings().home),
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DJANGO_SETTINGS_MODULE": "shuzhi.node.django",
    }
    command = [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], batch.id, point]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]


def collect(batch):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import errors, services

    for _ in range(50):
        try:
            return services.collect_batch(batch=batch.id, by=OFFICER, at=AT)
        except errors.BatchBusy:  # the server needs a moment to notice that the killed one is gone
            time.sleep(0.1)
    raise AssertionError


def state(sender, batch):
    """Everything that could be lost or doubled."""
    from shuzhi.data.sources import models
    from shuzhi.foundation import lake
    from shuzhi.foundation.outbox.models import Message
    from shuzhi.foundation.settings import settings
    from shuzhi.pillars.security.models import AuditEntry

    found = models.Batch.objects.get(id=batch.id)
    rows = lake.rows_of_batch(sender.dataset, batch.id)
    folder = settings().home / "lake" / sender.dataset / "data"
    return {
        "receipt": (found.status, found.received, found.accepted, found.quarantined, found.duplicates),
        "lake": (rows.num_rows, sum(rows["_row"].to_pylist()), len(lake.history(sender.dataset))),
        "current": lake.current(sender.dataset).num_rows,
        "files": len(list(folder.iterdir())),
        "left over": list((settings().home / "tmp" / "collect").glob(f"{batch.id}*")),
        "quarantine": models.QuarantinedCell.objects.filter(batch_id=batch.id).count(),
        "events": Message.objects.filter(event="BatchCollected", payload__batch=batch.id).count(),
        "audit": AuditEntry.objects.filter(
            action="sources.batch_collected", target=f"batch/{batch.id}"
        ).count(),
    }


EXPECTED = {
    "receipt": ("collected", 900, 600, 200, 100),
    "lake": (600, sum(range(2, 602)), 1),
    "current": 600,
    "files": 1,
    "left over": [],
    "quarantine": 200,
    "events": 1,
    "audit": 1,
}


@pytest.mark.parametrize(
    "point",
    [pytest.param(point, marks=() if point in OFTEN else pytest.mark.proof) for point in POINTS],
)
def test_a_kill_loses_and_doubles_nothing(sender, content, point):
    batch = sender.receive(content)
    kill_at(point, batch)

    collect(batch)
    collect(batch)

    assert state(sender, batch) == EXPECTED


def test_two_kills_in_a_row_lose_and_double_nothing(sender, content):
    batch = sender.receive(content)
    kill_at("written", batch)
    kill_at("appended", batch)

    collect(batch)

    assert state(sender, batch) == EXPECTED


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=() if point in OFTEN else pytest.mark.proof)
        for point in ("begun", "staged", "judged", "appended")
    ],
)
def test_a_database_that_goes_away_loses_and_doubles_nothing(sender, content, point):
    import psycopg
    from django.db import DatabaseError, connection
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import services
    from shuzhi.foundation import database, lake

    def cut(name):
        if name == point:
            with psycopg.connect(database.database_url("superuser"), autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [connection.settings_dict["NAME"]],
                )

    batch = sender.receive(content)
    with pytest.raises((DatabaseError, lake.LakeUnreachable)):
        services.collect_batch(batch=batch.id, by=OFFICER, at=AT, checkpoint=cut)

    collect(batch)

    assert state(sender, batch) == EXPECTED


def test_two_at_once_collect_a_batch_once(sender, content):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def collect_and_close(batch):
        try:
            return collect(batch)
        finally:
            connections.close_all()

    batch = sender.receive(content)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(collect_and_close, [batch] * 3))

    assert len({found.accepted for found in done}) == 1
    assert state(sender, batch) == EXPECTED
