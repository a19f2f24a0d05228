"""Single samples: pgbench, wrk (or our own generator where there is none), Datasette."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATASETTE = ROOT / "build" / "datasette"
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
DISK_PAGE, DISK_PAUSE, DISK_STEP = 8192, 0.005, 0.001  # bytes, seconds


@dataclass(frozen=True)
class Sample:
    """Calls a second, latency in milliseconds, how many were refused, and how many failed."""

    per_second: float
    p50: float
    p99: float
    calls: int
    refused: int
    failed: int = 0


class Meter:
    """Processor time of whole families of processes, those that have ended included."""

    def __init__(self, *families: psutil.Process) -> None:
        """Watch these, and whatever this process starts and waits for."""
        self._families = families

    def read(self) -> float:
        """Seconds so far."""
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + sum(_family(one) for one in self._families)


def _family(head: psutil.Process) -> float:
    """A process with its children, and the children that it has seen end."""
    ended, total = None, 0.0
    while ended != (ended := _of_ended(head)):  # whoever ends while we look is in neither sum, or in both
        total = ended + sum(_own(one) for one in (head, *head.children(recursive=True)))
    return total


def _of_ended(head: psutil.Process) -> float:
    times = head.cpu_times()
    return float(times.children_user + times.children_system)


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


class Disk:
    """How long the disk takes for a page while something else goes on: asked again and again, in a thread."""

    def __init__(self, folder: Path) -> None:
        """Write to a file in `folder`, on the disk that is to be judged."""
        self._file = folder / "disk.probe"
        self._took: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and take the file away."""
        self._ended.set()
        self._thread.join()
        self._file.unlink()

    @property
    def p99(self) -> float:
        """Milliseconds that 99 of 100 writes would wait at most, had they come evenly over the time.

        So a stall of 300 ms counts for all that come while it lasts, not for the one write that met it.
        """
        if not self._took:
            return 0.0
        waits = [statistics.median(self._took)] * int(len(self._took) * DISK_PAUSE / DISK_STEP)
        for took in self._took:
            waits += [took - DISK_STEP * passed for passed in range(max(1, int(took / DISK_STEP)))]
        return sorted(waits)[int(len(waits) * 0.99)] * 1000

    def _ask(self) -> None:
        with self._file.open("wb", buffering=0) as file:
            file.write(bytes(DISK_PAGE))
            os.fsync(file.fileno())
            while not self._ended.wait(DISK_PAUSE):
                begun = time.perf_counter()
                os.pwrite(file.fileno(), bytes(DISK_PAGE), 0)
                os.fdatasync(file.fileno())
                self._took.append(time.perf_counter() - begun)


def pgbench(url: str, query: Path, *, seconds: int, clients: int) -> float:
    """Point queries a second, prepared."""
    program = shutil.which("pgbench")
    if program is None:
        raise SystemExit("pgbench is needed (Debian: postgresql-contrib)")
    command = [program, url, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
    done = subprocess.run([*command, "-f", str(query)], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout)
    return float(found[1])


def calls(signed: Path, callers: Path, *, port: int, seconds: int) -> Sample:
    """Complete calls over 64 connections: those of the file, signed beforehand, or where there is no wrk our own."""
    if shutil.which("wrk") is None:
        return generated(callers, port=port, seconds=seconds, connections=64)[0]
    return _wrk(f"http://127.0.0.1:{port}", HERE / "replay.lua", str(signed), "2", seconds=seconds)


def generated(callers: Path, *, port: int, seconds: int, connections: int, rate: float = 0) -> list[Sample]:
    """One sample a minute by our own generator."""
    command = [sys.executable, str(HERE / "generator.py"), "--callers", str(callers), "--port", str(port)]
    command += ["--seconds", str(seconds), "--connections", str(connections), "--rate", str(rate)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [_said(json.loads(line)) for line in done.stdout.splitlines()]


def _said(told: dict[str, object]) -> Sample:
    statuses: dict[str, int] = told["statuses"]  # type: ignore[assignment]
    failed = sum(count for status, count in statuses.items() if status not in ("200", "404"))
    figures = (told["per_second"], told["p50"], told["p99"], told["calls"], statuses.get("404", 0))
    return Sample(*figures, failed)  # type: ignore[arg-type]


def _wrk(url: str, script: Path, *arguments: str, seconds: int, connections: int = 64) -> Sample:
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url, "--"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    said = done.stdout
    if "Socket errors" in said:
        print(re.search(r"Socket errors.*", said)[0])  # type: ignore[index]
    others = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Sample(
        float(re.search(r"Requests/sec:\s+([0-9.]+)", said)[1]),  # type: ignore[index]
        _latency(said, "50%"),
        _latency(said, "99%"),
        int(re.search(r"(\d+) requests in", said)[1]),  # type: ignore[index]
        int(others[1]) if others else 0,
    )


def _latency(said: str, share: str) -> float:
    found = re.search(rf"{share}\s+([0-9.]+)(us|ms|s)", said)
    return float(found[1]) * MILLISECONDS[found[2]] if found else 0.0


def datasette(home: Path, rows: list[tuple[str, str]], *, port: int, seconds: int) -> Sample | None:
    """The same table in Datasette, without any check; None when it can't be had."""
    if shutil.which("wrk") is None or not _installed():
        return None
    file = home / "firms.db"
    with sqlite3.connect(file) as table:
        table.execute("CREATE TABLE IF NOT EXISTS firm (uscc TEXT PRIMARY KEY, golden TEXT)")
        table.executemany("INSERT OR REPLACE INTO firm VALUES (?, ?)", rows)
    (home / "codes.txt").write_text("\n".join(code for code, _ in rows))
    program = DATASETTE / "bin" / "datasette"
    server = subprocess.Popen(
        [program, "serve", file, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/-/versions.json")
        return _wrk(
            f"http://127.0.0.1:{port}", HERE / "datasette.lua", str(home / "codes.txt"), seconds=seconds
        )
    finally:
        server.terminate()
        server.wait()


def _installed() -> bool:
    if (DATASETTE / "bin" / "datasette").exists():
        return True
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    try:
        subprocess.run([sys.executable, "-m", "venv", DATASETTE], check=True, capture_output=True)
        install = (
            [uv, "pip", "install", "--quiet", "--python", str(DATASETTE / "bin" / "python")]
            if os.access(uv, os.X_OK)
            else [str(DATASETTE / "bin" / "pip"), "install", "--quiet"]
        )
        subprocess.run([*install, "-r", HERE / "datasette.txt"], check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"Datasette can't be installed ({error}): left out.")
        return False
    return True


def wait_for(url: str) -> None:
    """Wait until it answers."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")
