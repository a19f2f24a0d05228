"""Told to end at any moment, a node stops cleanly, leaves nothing running, and the same command goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest
from tests.faults.conftest import eventually

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What no interruption may leave in a log: the next start had to repair something.
DIRTY = ("not properly shut down", "could not open directory", "invalid page")


@pytest.fixture(autouse=True)
def _hears_ctrl_c():
    """What a shell has put into the background ignores Ctrl-C, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def begin(node, *words: str, **more) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "shuzhi", *words],
        env=node.environ,
        cwd=node.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **more,
    )


def interrupt(node, child, number, moment: float, *, whole_group: bool = False) -> str:
    """Send the signal at the moment, wait for the end, and look for anything that still runs."""
    time.sleep(moment)
    if whole_group:
        os.killpg(child.pid, number)
    else:
        child.send_signal(number)
    words, _ = child.communicate(timeout=60)
    assert "Traceback" not in words or earliest(words), words[-2000:]
    assert eventually(lambda: not node.processes(), 3), node.processes()
    return words


def earliest(words: str) -> bool:
    """Python itself was still starting: there it is Python that speaks, and nothing of ours has begun."""
    return words.rstrip().endswith("KeyboardInterrupt") and "shuzhi/node" not in words


def assert_clean(node) -> None:
    log = node.home / "postgres" / "log" / "postgres.log"
    said = log.read_text() if log.exists() else ""
    assert not [line for line in said.splitlines() if any(word in line for word in DIRTY)]
    assert not list((node.home / "run").glob("*.json"))
    assert not (node.home / "postgres" / "run" / "superuser").exists()


def goes_on(node) -> None:
    """The same command, this time left alone, does the whole job."""
    done = node.shuzhi("demo", "--no-serve", "--json", timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["audit"]["verified"]
    for source in found["sources"]:
        parts = source["accepted"] + source["quarantined"] + source["duplicates"]
        assert source["received"] == parts, source
        assert source["status"] == "collected", source


def test_an_interrupted_demonstration_says_so_and_leaves_with_the_codes_of_the_shell(node):
    for number in SIGNALS:
        child = begin(node, "demo", "--no-serve")
        assert child.stdout
        assert any("数据库" in line for line in child.stdout)
        words = interrupt(node, child, number, 0.2)
        assert child.returncode == 128 + number
        assert "Interrupted" in words
    assert_clean(node)


@pytest.mark.proof
def test_an_interrupted_start_leaves_nothing_and_the_next_one_works(node):
    for moment in (0.6, 1.5, 3.0):
        interrupt(node, begin(node, "up"), signal.SIGTERM, moment)
    interrupt(node, begin(node, "up", "--detach"), signal.SIGINT, 0.8)
    assert_clean(node)
    node.up()
    assert node.get("/readyz")[0] == 200


@pytest.mark.proof
class TestAtAnyMoment:
    @pytest.mark.parametrize("command", [("demo", "--no-serve"), ("demo",), ("up",)], ids=" ".join)
    def test_ten_times(self, node, command):
        moments = random.Random(" ".join(command))
        for turn in range(10):
            longest = 8.0 if command == ("up",) else 30.0
            child = begin(node, *command)
            interrupt(node, child, SIGNALS[turn % 2], moments.uniform(0.05, longest))
        assert_clean(node)
        goes_on(node)

    def test_make_demo(self, node, tmp_path):
        """As the terminal does it: everybody in the group gets the signal; SIGTERM goes to make alone."""
        makefile = tmp_path / "Makefile"
        makefile.write_text(f"demo:\n\t{sys.executable} -m shuzhi demo\n")
        moments = random.Random("make")
        for turn in range(10):
            child = subprocess.Popen(
                ["make", "-f", str(makefile), "demo"],
                env=node.environ,
                cwd=node.home,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            number = SIGNALS[turn % 2]
            interrupt(node, child, number, moments.uniform(0.05, 30.0), whole_group=number == signal.SIGINT)
            assert not [one for one in psutil.process_iter() if one.ppid() == child.pid]
        assert_clean(node)
        goes_on(node)
