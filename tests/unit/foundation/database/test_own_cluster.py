"""The embedded cluster, seen from outside: it starts, is ours, survives a kill and ends with its parent."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.postgres import open_folder

from shuzhi.foundation import database
from shuzhi.foundation.database import accounts, cluster, errors

CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
STARTS_AND_WAITS = """
import sys, time
from pathlib import Path
from shuzhi.foundation import database
print(database.start(Path(sys.argv[1]), fsync=False).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def home():
    place = open_folder("shuzhi-cluster-")
    database.start(place, fsync=False)
    yield place
    database.stop(place)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        assert row
        return row[0]


def gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


class TestRunning:
    @pytest.mark.parametrize("role", ["owner", "web", "gateway", "reader"])
    def test_every_role_logs_in_as_itself(self, home, role):
        assert ask(database.database_url(role, home=home), "SELECT current_user") == f"shuzhi_{role}"

    def test_a_wrong_password_is_refused(self, home):
        url = database.database_url("web", home=home)
        wrong = url.replace(url.split(":")[2].split("@")[0], "guess")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)

    def test_similarity_counts_chinese_characters(self, home):
        url = database.database_url("owner", home=home)
        assert float(ask(url, "SELECT similarity('杭州市西湖区', '杭州市西湖')")) > 0.5

    def test_secrets_are_for_the_owner_only(self, home):
        files = [file for file in (home / "secrets").iterdir() if file.is_file()]
        assert len(files) == 6  # one for each role, and the superuser's
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700

    def test_a_second_start_is_refused(self, home):
        with pytest.raises(errors.StartFailed, match="already running"):
            cluster.start(home)

    @pytest.mark.skipif(not CLIENTS.exists(), reason="only Linux tells its clients' ports")
    def test_no_client_is_given_the_port_while_the_server_is_down(self, home):
        first, last = map(int, CLIENTS.read_text().split())
        assert cluster.known_port(home) not in range(first, last + 1)

    def test_the_server_is_not_root(self, home):
        server = database.running(home)
        assert server
        assert psutil.Process(server.pid).uids().effective != 0


class TestAfterAKill:
    def test_what_was_committed_is_there_and_clients_find_the_same_port(self):
        home = open_folder("shuzhi-killed-")
        child = database.start(home)
        before = database.database_url("owner", home=home)
        with psycopg.connect(before) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert database.running(home) is None

        database.start(home)

        assert database.database_url("owner", home=home) == before
        assert ask(before, "SELECT n FROM kept") == 7
        assert database.stop(home)

    def test_the_server_ends_with_the_process_that_started_it(self):
        home = open_folder("shuzhi-parent-")
        parent = subprocess.Popen(
            [sys.executable, "-c", STARTS_AND_WAITS, str(home)], stdout=subprocess.PIPE, text=True
        )
        assert parent.stdout
        server = int(parent.stdout.readline())
        parent.kill()
        parent.communicate()
        assert gone(server)

    def test_a_stale_pid_file_naming_a_stranger_is_cleared(self):
        home = open_folder("shuzhi-stale-")
        child = database.start(home, fsync=False)
        file = cluster.folders(home).data / "postmaster.pid"
        lines = file.read_text().splitlines()
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

        assert database.running(home) is None
        assert psutil.pid_exists(database.start(home, fsync=False).pid)
        assert database.stop(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
class TestClosedFolders:
    def test_in_a_closed_folder_the_server_runs_unprivileged_all_the_same(self):
        outer = open_folder("shuzhi-closed-")
        outer.chmod(0o700)
        child = database.start(outer / "home", fsync=False)
        assert psutil.Process(child.pid).uids().effective != 0
        database.stop(outer / "home")

    def test_without_the_right_to_pass_the_closed_folder_is_named(self, monkeypatch):
        outer = open_folder("shuzhi-closed-")
        outer.chmod(0o700)
        monkeypatch.setattr(accounts, "_own_capabilities", lambda: 0)
        with pytest.raises(errors.NotTraversable) as refusal:
            database.start(outer / "home")
        assert refusal.value.facts["folder"] == outer
        assert "chmod o+x" in str(refusal.value)


class TestRefusals:
    def test_the_url_of_a_stopped_database_is_refused(self, tmp_path: Path):
        with pytest.raises(errors.NotRunning):
            database.database_url(home=tmp_path)


class TestMemory:
    @pytest.mark.parametrize(
        ("gigabytes", "kept"), [(1, 128), (2, 128), (4, 256), (24, 1536), (64, 4096), (512, 4096)]
    )
    def test_a_sixteenth_of_it_is_for_tables(self, gigabytes, kept):
        assert cluster.kept_mb(gigabytes * 2**30) == kept

    @pytest.mark.parametrize(
        ("said", "allowed"), [("1073741824\n", 2**30), ("max\n", None), ("9" * 18, None), (None, None)]
    )
    def test_a_container_may_have_less_than_the_machine(self, said, allowed, monkeypatch, tmp_path):
        limit = tmp_path / "memory.max"
        if said is not None:
            limit.write_text(said)
        monkeypatch.setattr(cluster, "LIMIT_OF_CONTAINER", limit)
        assert cluster.memory_of_machine() == (allowed or psutil.virtual_memory().total)

    def test_the_server_keeps_as_much(self):
        home = open_folder("shuzhi-cluster-")
        database.start(home)
        try:
            url = database.database_url(home=home)
            kept = ask(url, "SELECT pg_size_bytes(current_setting('shared_buffers')) / 1048576")
            assert kept == cluster.kept_mb(cluster.memory_of_machine())
            files = ask(url, "SELECT pg_size_bytes(current_setting('min_wal_size')) / 1048576")
            assert files >= 256  # of its log, used again instead of made anew while commits wait
        finally:
            database.stop(home)
