"""Batch files at a real database: ordered in the gateway's own role, made by a worker, collected, expired, traced."""

from __future__ import annotations

import csv
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, gateway_url
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, FIRM, OWNER, PLATFORM

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.client import CallRefused, ExchangeClient, StoredCredential
from shuzhi.data.exchange.types import JobState
from shuzhi.data.exchange.work import places
from shuzhi.data.exports import queries as exports
from shuzhi.foundation.clock import now

FIRMS = worlds.BY_USCC | {
    "interface": "firms-file",
    "kind": "file",
    "by": ["address"],
    "provenance": False,
    "daily_rows": 100,
}
MANY = """
INSERT INTO registers_entity (id, register, label, label_sort, golden, provenance, updated_at)
SELECT 'm-' || lpad(n::text, 8, '0'), 'legal-entity', 'x', 'x',
       jsonb_build_object('uscc', n::text, 'name', '第' || n || '（测试）有限公司', 'address', '文一西路' || n %% 7), '{}', now()
FROM generate_series(1, %s) n
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "folder", lambda: tmp_path)
    monkeypatch.setattr("shuzhi.data.exchange.work.files.folder", lambda: tmp_path)
    monkeypatch.setattr("shuzhi.data.exchange.services.work.folder", lambda: tmp_path)


@pytest.fixture
def key(world):
    worlds.install_interface(worlds.declare_interface(**FIRMS))
    for number in range(3):
        golden = FIRM | {
            "uscc": f"9133010{number}",
            "name": f"杭州（{number}）公司",
            "address": "文一西路1号",
        }
        worlds.add_firm(f"f-{number}", golden)
    return worlds.subscribe("firms-file")


@pytest.fixture
def ask(key, counter):
    def asked(credential=None, **parameters):
        parameters = {name: str(value) for name, value in parameters.items()}
        at = counter.clock.at
        (reply,) = counter.send(Asked(credential or key, parameters, interface="firms-file", at=at))
        return reply

    return asked


def work(job, at=AT):
    return services.work_on(job=job, by=PLATFORM, at=at)


def made(ask, **parameters):
    job = ask(**parameters).content["job"]
    done = work(job)
    assert done.state is JobState.READY, done
    return job, ask(job=job)


class TestOrder:
    def test_is_accepted_with_a_number_and_answered_with_a_file(self, ask):
        ordered = ask(address="文一西路1号")
        assert (ordered.status, ordered.content["state"]) == (202, "waiting")
        job = ordered.content["job"]
        assert (ask(job=job).status, ask(job=job).content["state"]) == (202, "waiting")

        assert work(job).state is JobState.READY
        reply = ask(job=job)

        assert reply.status == 200
        rows = list(csv.DictReader(reply.file.path.read_text("utf-8").splitlines()))
        assert [row["uscc"] for row in rows] == ["91330100", "91330101", "91330102"]
        assert {row["legal_representative"] for row in rows} == {"张**"}
        assert all("138" not in row["phone"] for row in rows)
        assert queries.job(job).sha256 == hashlib.sha256(reply.file.path.read_bytes()).hexdigest()

    def test_parquet_says_the_same(self, ask):
        _, reply = made(ask, form="parquet")

        table = pq.read_table(reply.file.path)
        assert table.num_rows == 4
        assert set(table.column("legal_representative").to_pylist()) == {"张**"}

    def test_given_twice_is_one_job(self, ask):
        first = ask().content["job"]
        assert ask().content["job"] == first
        assert ask(form="parquet").content["job"] != first
        work(first)
        assert ask().content["job"] > first

    @pytest.mark.parametrize(
        "parameters",
        [
            {"form": "xlsx"},
            {"job": "0"},
            {"job": "x"},
            {"job": "1", "form": "csv"},
            {"legal_representative": "张三丰"},
            {"x": "1"},
        ],
    )
    def test_refuses_what_is_no_order(self, ask, parameters):
        assert ask(**parameters).rule == "parameters"

    def test_of_another_subscription_does_not_exist(self, ask):
        job, _ = made(ask)
        other = worlds.subscribe("firms-file")
        own, foreign = ask(other, job=job), ask(other, job=987_654)

        assert own.status == foreign.status == 404
        assert {k: v for k, v in own.content.items() if k != "request_id"} == {
            k: v for k, v in foreign.content.items() if k != "request_id"
        }


class TestEnd:
    def test_a_file_goes_when_its_time_is_over(self, ask, counter):
        job, reply = made(ask)
        counter.clock.at = AT + timedelta(hours=24)

        assert ask(job=job).status == 410
        assert services.remove_expired_results(by=PLATFORM, at=counter.clock.at) == 1
        assert not reply.file.path.exists()
        assert (ask(job=job).status, queries.job(job).state) == (410, JobState.EXPIRED)

    def test_rows_count_against_the_days_quota(self, ask):
        with connection.cursor() as cursor:
            cursor.execute(MANY, [97])
        made(ask, address="文一西路1")  # 14 rows
        job = ask().content["job"]

        assert work(job).state is JobState.FAILED  # 101 rows
        told = ask(job=job)
        assert (told.status, told.content["problem"]["code"]) == (200, "exchange.rows_used_up")
        assert not list(places.folder().glob(f"{job}.*"))
        assert work(ask(address="文一西路2").content["job"], at=AT).state is JobState.READY

    def test_is_not_made_for_a_subscription_that_ended(self, ask, key):
        job = ask().content["job"]
        services.revoke_subscription(subscription=key.subscription, by=OWNER, at=AT, reason="滥用")

        assert work(job).problem.en.startswith("The subscription or the interface has ended")
        assert ask(job=job).rule == "subscription"

    def test_is_not_given_out_by_terms_of_yesterday(self, ask):
        job, _ = made(ask)
        fields = [f | {"grade": "L3"} if f["id"] == "address" else f for f in worlds.REGISTER["fields"]]
        worlds.install_register(fields=fields)
        services.refresh_interfaces(register="legal-entity", by=PLATFORM, at=AT)

        assert (ask(job=job).status, ask(job=job).rule) == (410, "masking")


class TestTrace:
    def test_every_step_and_every_record_is_in_the_log(self, ask):
        job, _ = made(ask, address="文一西路1号")

        (filed,) = audit_rows("exchange.filed")
        (done,) = audit_rows("exchange.job_done")
        assert filed["entities"] == ["f-0", "f-1", "f-2"]
        assert (done["job"], done["rows"]) == (job, 3)
        assert [row["state"] for row in audit_rows("exchange.called") if row.get("job") == job] == [
            "waiting",
            "ready",
        ]
        (export,) = exports.exports(dataset="register/legal-entity")
        assert (export.office, export.rows, export.masked) == (
            "taxation",
            3,
            ("legal_representative", "phone"),
        )

    def test_the_gateways_role_changes_no_job(self, ask):
        import psycopg

        ask()
        with psycopg.connect(gateway_url()) as wire, pytest.raises(psycopg.errors.InsufficientPrivilege):
            wire.execute("UPDATE exchange_job SET state = 'ready'")


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.node.django"
import django; django.setup()
from datetime import datetime
from pathlib import Path
from shuzhi.data.exchange import services
from shuzhi.data.exchange.work import files, places
from shuzhi.data.opendata import exporting
from shuzhi.pillars.security.types import system
home = Path(sys.argv[3])
files.folder = places.folder = lambda: home
services.work_on(job=int(sys.argv[1]), by=system("exchange"), at=datetime.fromisoformat(sys.argv[2]))
"""


def start_worker(job, folder):
    facts = connection.get_connection_params()
    from psycopg.conninfo import make_conninfo

    url = make_conninfo(
        **{name: facts[name] for name in ("host", "port", "dbname", "user", "password") if name in facts}
    )
    environment = os.environ | {"SHUZHI_DATABASE_URL": url, "PYTHONPATH": str(worlds.REPOSITORY / "src")}
    from shuzhi.foundation.settings import settings

    environment["SHUZHI_HOME"] = str(settings().home)
    command = [sys.executable, "-c", WORKER, str(job), AT.isoformat(), str(folder)]
    return subprocess.Popen(command, env=environment)


class TestKilledWorker:
    def test_leaves_nothing_and_the_file_is_made_once(self, ask, tmp_path):
        worlds.install_interface(worlds.declare_interface(**FIRMS | {"daily_rows": 10_000_000}))
        with connection.cursor() as cursor:
            cursor.execute(MANY, [60_000])
        job = ask().content["job"]
        worker = start_worker(job, tmp_path)
        while not (tmp_path / f"{job}.part").exists() or (tmp_path / f"{job}.part").stat().st_size < 50_000:
            assert worker.poll() is None
            time.sleep(0.01)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert ask(job=job).content["state"] == "working"
        assert not audit_rows("exchange.job_done")

        assert work(job).state is JobState.READY

        reply = ask(job=job)
        assert len(reply.file.path.read_bytes().splitlines()) == 60_005
        assert (
            len(audit_rows("exchange.job_done")) == len(exports.exports(dataset="register/legal-entity")) == 1
        )
        assert sum(len(row["entities"]) for row in audit_rows("exchange.filed")) == 60_004
        assert work(job).attempts == 2


def test_a_file_is_sent_whole_by_the_gateways_process_and_checked_by_the_client(
    key, start_gateway, tmp_path, monkeypatch
):
    from shuzhi.foundation.settings import settings

    monkeypatch.setattr(places, "folder", lambda: settings().home / "exchange" / "files")
    monkeypatch.setattr("shuzhi.data.exchange.work.files.folder", places.folder)
    worlds.install_interface(worlds.declare_interface(**FIRMS | {"daily_rows": 10_000_000}))
    with connection.cursor() as cursor:
        cursor.execute(MANY, [20_000])
    url = start_gateway().url
    with ExchangeClient(StoredCredential(key.key_id, key.secret, url)) as client:
        job = client.call("firms-file")["job"]
        assert client.fetch("firms-file", job=job, into=tmp_path / "got.csv")["state"] == "waiting"
        services.work_on(job=job, by=PLATFORM, at=now())

        assert client.fetch("firms-file", job=job, into=tmp_path / "got.csv") is None
        assert client.call("firms-file", address="x")["state"] == "waiting"  # the connection goes on
        with pytest.raises(CallRefused):
            client.fetch("firms-file", job=job + 99, into=tmp_path / "none.csv")

    got = tmp_path / "got.csv"
    assert hashlib.sha256(got.read_bytes()).hexdigest() == queries.job(job).sha256
    assert got.stat().st_size > 1_000_000
    places.file_of(job, "csv").unlink()
