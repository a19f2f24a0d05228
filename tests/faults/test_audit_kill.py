"""Unfolding and sealing, killed at their worst moment: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.conftest import eventually, nobody_else_works

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from datetime import UTC, datetime
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.log import sealing, unfolding

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "unfold":
    work = unfolding._unfold.__wrapped__
    def _unfold(after, most):
        from django.db import transaction
        with transaction.atomic():
            assert work(after, most)[0] == 3
            die()
    unfolding._unfold = _unfold
    unfolding.unfold_waiting()
else:
    sealing.models.AuditRun.objects.bulk_create = die  # tiles and head are written, places are not
    audit.seal(at=datetime(2026, 3, 2, tzinfo=UTC))
"""


def kill_in(point: str) -> None:
    from django.db import connection

    from shuzhi.foundation.settings import settings

    environ = os.environ | {
        "SHUZHI_HOME": str(settings().home),
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DJANGO_SETTINGS_MODULE": "shuzhi.node.django",
    }
    command = [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], point]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert eventually(nobody_else_works)  # the database has seen that it is gone


def test_killed_while_unfolding_and_sealing_all_entries_are_there_once():
    from tests.unit.pillars.security.test_blocks import AT, call, write_block

    from shuzhi.pillars.security import audit, queries
    from shuzhi.pillars.security.log.unfolding import unfold_waiting
    from shuzhi.pillars.security.models import AuditEntry

    for first in (0, 10, 20):
        write_block([call(first + number) for number in range(10)])

    kill_in("unfold")
    assert AuditEntry.objects.count() == 0
    assert queries.count_acts(queries.Question()) == 30  # seen all the same
    assert unfold_waiting() == 30
    assert unfold_waiting() == 0

    kill_in("seal")
    assert audit.head() is None
    assert audit.seal(at=AT) == 30
    found = audit.verify()
    assert (found.entries, found.sealed, found.heads) == (30, 30, 1)
    requests = sorted(act.facts["request"] for act in queries.acts(queries.Question()))
    assert requests == sorted(f"r{number}" for number in range(30))
