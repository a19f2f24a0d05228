"""A few clients that ask for pages: wrk, or where there is none, threads of Python, which cost the server its processor."""

from __future__ import annotations

import http.client
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

AT_ONCE = 10
PATHS = 5_000  # that are asked in turn
BEFORE = 3.0  # seconds in which each process makes what it keeps
OK = 200
SCRIPT = Path(__file__).resolve().parent / "paths.lua"


class Measured(NamedTuple):
    """Requests a second, and milliseconds."""

    rate: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Load:
    """Asks ten at a time for some seconds."""

    port: int
    seconds: float

    def run(self, path: Callable[[], str]) -> Measured:
        """What was measured after some seconds that do not count; every answer must be 200.

        Raises:
            RuntimeError: one was not, or none came.
        """
        paths = [path() for _ in range(PATHS)]
        ask = self._by_wrk if shutil.which("wrk") else self._by_threads
        ask(paths, BEFORE)
        return ask(paths, self.seconds)

    def _by_wrk(self, paths: Sequence[str], seconds: float) -> Measured:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(paths))
            file.flush()
            command = ["wrk", "-t2", f"-c{AT_ONCE}", f"-d{seconds:g}s", "--timeout", "60s", "-s", str(SCRIPT)]
            command += [f"http://127.0.0.1:{self.port}", "--", file.name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"^measured (\S+) (\S+) (\S+) (\d+)$", done.stdout, re.MULTILINE)
        if found is None or found[4] != "0":
            raise RuntimeError(done.stdout)
        return Measured(float(found[1]), float(found[2]), float(found[3]))

    def _by_threads(self, paths: Sequence[str], seconds: float) -> Measured:
        begun = perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as clients:
            shares = [paths[first::AT_ONCE] for first in range(AT_ONCE)]
            spent = [*chain.from_iterable(clients.map(partial(self._client, until=begun + seconds), shares))]
        hundredths = statistics.quantiles(spent, n=100)
        return Measured(len(spent) / (perf_counter() - begun), hundredths[49], hundredths[94])

    def _client(self, paths: Sequence[str], *, until: float) -> list[float]:
        """The milliseconds of each request of one connection."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        spent: list[float] = []
        while (started := perf_counter()) < until:
            path = paths[len(spent) % len(paths)]
            line.request("GET", path)
            answer = line.getresponse()
            answer.read()
            if answer.status != OK:
                raise RuntimeError(f"{path}: {answer.status}")
            spent.append((perf_counter() - started) * 1000)
        line.close()
        return spent
