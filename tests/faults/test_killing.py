"""Processes die; the node mends itself, says so, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from tests.faults.conftest import belongs, eventually
from tests.postgres import open_folder

ALL = ["supervisor", "database", "web", "gateway", "worker"]


class TestWhatDies:
    @pytest.mark.proof
    def test_is_restarted_and_the_others_live_on(self, node):
        node.up()
        before = {p["name"]: p["pid"] for p in node.status()["processes"]}
        assert list(before) == ALL
        assert node.get("/readyz")[0] == 200
        assert node.get("/readyz", node.gateway)[0] == 200

        for name in ("web", "gateway", "worker"):
            node.kill(name)
        assert eventually(lambda: node.status()["ready"])

        after = {p["name"]: p for p in node.status()["processes"]}
        for name in ("web", "gateway", "worker"):
            assert after[name]["pid"] != before[name]
            assert after[name]["restarts"] == 1
            assert after[name]["last_exit"] == -signal.SIGKILL
        assert after["database"]["pid"] == before["database"]

    def test_the_database_comes_back_and_the_web_reconnects_without_a_restart(self, node):
        node.up()
        web, database = node.pid("web"), node.kill("database")

        assert eventually(lambda: node.process("database")["pid"] not in (None, database))
        assert eventually(lambda: node.get("/readyz")[0] == 200)
        assert node.pid("web") == web
        assert node.process("web")["restarts"] == 0

    @pytest.mark.proof
    def test_a_hidden_child_of_the_web_is_not_left_on_the_port(self, node):
        node.up("--only", "database", "--only", "web")
        master = psutil.Process(node.pid("web"))
        servers = master.children(recursive=True)
        assert servers

        master.kill()

        _gone, left = psutil.wait_procs(servers, timeout=5)
        assert not left
        assert eventually(lambda: node.get("/readyz")[0] == 200)

    @pytest.mark.proof
    def test_a_program_that_keeps_dying_is_given_up_aloud(self, node):
        node.up("--only", "database", "--only", "worker")
        assert eventually(lambda: node.process("worker")["state"] == "given-up" or kill_again(node), 60)

        status = node.status()
        assert not status["ready"]
        assert {p["name"]: p["state"] for p in status["processes"]}["database"] == "running"
        assert "given-up" in node.shuzhi("status").stdout
        assert "keeps dying" in node.shuzhi("logs", "up").stdout


def kill_again(node) -> bool:
    if pid := node.process("worker")["pid"]:
        with suppress(ProcessLookupError):  # it died by itself in the meantime
            os.kill(pid, signal.SIGKILL)
    return False


class TestTheSupervisor:
    def test_killed_it_takes_everything_with_it_and_the_next_start_works(self, node):
        node.up()
        assert len(node.processes()) > len(ALL)

        node.kill("supervisor")

        assert eventually(lambda: not node.processes(), 15)
        assert node.status() | {"processes": []} == {
            "home": str(node.home),
            "running": False,
            "ready": False,
            "url": None,
            "gateway_url": None,
            "memory_mb": 0.0,
            "processes": [],
        }
        node.up()
        assert node.get("/readyz")[0] == 200

    @pytest.mark.parametrize(
        "number",
        [
            signal.SIGTERM,
            pytest.param(signal.SIGINT, marks=pytest.mark.proof),
            pytest.param(signal.SIGHUP, marks=pytest.mark.proof),
        ],
    )
    def test_told_to_end_it_ends_all_in_good_order(self, node, number):
        child = subprocess.Popen(
            [sys.executable, "-m", "shuzhi", "up", "--only", "database"],
            env=node.environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stderr
        assert "已就绪" in child.stderr.readline()
        child.send_signal(number)
        _out, words = child.communicate(timeout=30)

        assert child.returncode == 0
        assert "已停止" in words
        assert not node.processes()
        log = (node.home / "postgres" / "log" / "postgres.log").read_text()
        assert "was not properly shut down" not in log

    def test_one_for_each_home(self, node):
        node.up("--only", "database")
        second = node.shuzhi("up", "--only", "database")
        assert second.returncode == 1
        assert "already runs" in second.stderr
        assert str(node.pid("supervisor")) in second.stderr
        assert "Traceback" not in second.stderr


@pytest.mark.proof
class TestOtherShells:
    """Verbs speak of the node that runs under the home, whatever this shell's settings say."""

    def test_status_and_doctor_and_stop_ask_the_running_node(self, node):
        node.up("--only", "database", "--only", "web")
        elsewhere = {
            "SHUZHI_WEB_PORT": "1",
            "SHUZHI_GATEWAY_PORT": "2",
            "SHUZHI_DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
        }

        status = json.loads(node.shuzhi("status", "--json", **elsewhere).stdout)
        doctor = json.loads(node.shuzhi("doctor", "--json", **elsewhere).stdout)
        stopped = node.shuzhi("stop", **elsewhere)

        assert status["ready"]
        assert status["url"] == f"http://127.0.0.1:{node.web}/"
        assert {p["name"]: p["port"] for p in status["processes"]}["web"] == node.web
        assert {one["name"]: one["level"] for one in doctor["findings"]}["database"] == "ok"
        assert "web" in stopped.stderr
        assert not node.processes()
        assert not (node.home / "run" / "node").exists()


class TestLeftovers:
    def test_what_an_earlier_run_left_is_ended_by_stop(self, node):
        stray = left_behind(node, "web", sleeper(node))
        done = node.shuzhi("stop")
        assert "web" in done.stderr
        stray.wait(timeout=5)

    def test_a_recycled_number_is_never_touched(self, node):
        stranger = sleeper(node)
        record = {"name": "web", "pid": stranger.pid, "started": time.time() - 3600, "parent": 1}
        (node.home / "run").mkdir()
        (node.home / "run" / "web.json").write_text(json.dumps(record))

        assert "Nothing was running" in node.shuzhi("stop").stderr
        assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


def sleeper(node) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], cwd="/", process_group=0)


def left_behind(node, name: str, child: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    record = {"name": name, "pid": child.pid, "started": psutil.Process(child.pid).create_time()}
    (node.home / "run").mkdir()
    (node.home / "run" / f"{name}.json").write_text(json.dumps(record))
    return child


def assert_said(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 1, both languages, what is wrong and where, no traceback."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stderr)
    for word in words:
        assert word in done.stderr, done.stderr


class TestRefusals:
    def test_a_taken_port_is_named_with_its_holder_and_the_setting(self, node):
        with socket.create_server(("127.0.0.1", node.web)):
            done = node.shuzhi("up")
        assert done.returncode == 1
        assert str(node.web) in done.stderr
        assert str(os.getpid()) in done.stderr
        assert "SHUZHI_WEB_PORT" in done.stderr
        assert not node.processes()

    def test_a_demonstration_names_a_taken_port_before_it_works(self, node):
        with socket.create_server(("127.0.0.1", node.gateway)):
            done = node.shuzhi("demo")
        assert done.returncode == 1
        assert "SHUZHI_GATEWAY_PORT" in done.stderr
        assert not (node.home / "postgres").exists()

    @pytest.mark.parametrize("words", [("up",), ("up", "--detach"), ("demo", "--no-serve")], ids=" ".join)
    def test_a_home_that_is_a_file(self, node, words, tmp_path):
        (tmp_path / "home").write_text("")
        done = node.shuzhi(*words, SHUZHI_HOME=str(tmp_path / "home"))
        assert_said(done, str(tmp_path / "home"), "SHUZHI_HOME")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
    def test_a_home_of_another_user(self, node):
        import pwd

        node.up("--only", "database")
        node.shuzhi("stop")
        other = next(one for one in pwd.getpwall() if one.pw_name in ("daemon", "bin", "games"))
        # Everything is imported first: the other user need not be able to read this checkout.
        code = (
            "import os, shuzhi.node.supervisor.bringing_up; from shuzhi.node import cli; cli._mount_rooms();"
            f"os.setgid({other.pw_gid}); os.setuid({other.pw_uid}); cli.app.registered_groups.clear(); cli.main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "up", "--only", "database"],
            env=node.environ, cwd="/", capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert_said(done, str(node.home), "root")
        assert not node.processes()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
    @pytest.mark.parametrize("words", [("up",), ("demo", "--no-serve")], ids=" ".join)
    @pytest.mark.parametrize("size", ["4k", "8m"])
    def test_a_full_disk(self, node, words, size, tmp_path):
        home = open_folder("shuzhi-full-")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", home], capture_output=True, check=False).returncode:  # fmt: skip
            pytest.skip("this machine lets nobody mount a small disk")
        try:
            done = node.shuzhi(*words, SHUZHI_HOME=str(home))
            assert_said(done, str(home))
            assert "No space left" in done.stderr or "disk" in done.stderr
            assert eventually(lambda: not [p for p in psutil.process_iter() if belongs(p, home)], 5)
        finally:
            subprocess.run(["umount", "-l", home], check=True)

    def test_an_unknown_program(self, node):
        done = node.shuzhi("up", "--only", "broker")
        assert done.returncode == 1
        assert "worker" in done.stderr

    def test_an_unknown_setting(self, node):
        done = node.shuzhi("status", SHUZHI_WEB_PROT="1")
        assert done.returncode == 1
        assert "web_port" in done.stderr
        assert "Traceback" not in done.stderr

    def test_status_of_a_resting_node(self, node):
        begun = time.monotonic()
        done = node.shuzhi("status")
        assert time.monotonic() - begun < 3  # a second on a quiet machine
        assert done.returncode == 1
        assert "shuzhi up" in done.stdout
