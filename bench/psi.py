"""Private set intersection: our two-office protocol against openmined-psi on the same keys, and SPU for a million.

make bench-psi            (make spu first, for the last line)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from shuzhi.data.exchange.intersection import answer_question, ask_question, finish_question
from shuzhi.data.exchange.intersection.direct import Line, intersect_directly
from shuzhi.data.exchange.intersection.protocol import Answer, Question, from_bytes, to_bytes

KEYS, MILLION = 100_000, 1_000_000
ADDRESSES = ("127.0.0.1:18701", "127.0.0.1:18702")

PEER = """
import sys, time
import private_set_intersection.python as psi
count = int(sys.argv[1])
mine = [f"91330110{i:010d}" for i in range(count)]
theirs = [f"91330110{i:010d}" for i in range(count // 2, count + count // 2)]
begun = time.perf_counter()
client, server = psi.client.CreateWithNewKey(True), psi.server.CreateWithNewKey(True)
setup = server.CreateSetupMessage(1e-9, count, theirs, psi.DataStructure.GCS)
response = server.ProcessRequest(client.CreateRequest(mine))
found = client.GetIntersection(setup, response)
print(len(found), time.perf_counter() - begun)
"""


def main() -> None:
    """Print one line a protocol."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument(
        "--peer", type=Path, required=True, help="the Python of openmined-psi's environment"
    )
    peer = arguments.parse_args().peer
    theirs = _peer_seconds(peer)
    print(f"openmined-psi 2.0.6   {KEYS:>9,} × {KEYS:,}   {theirs:6.1f} s")
    for processes in (1, os.cpu_count() or 1):
        ours = _our_seconds(processes)
        print(
            f"shuzhi, {processes} process(es) {KEYS:>9,} × {KEYS:,}   {ours:6.1f} s   ratio {ours / theirs:.2f}"
        )
    spu = Path(sys.prefix).with_name(".venv-spu") / "bin" / "python"
    if spu.is_file():
        print(
            f"shuzhi direct (SPU)   {MILLION:>9,} × {MILLION:,}   {_direct_seconds(spu):6.1f} s   limit 60 s"
        )
    else:
        print("shuzhi direct (SPU)   not measured: run make spu")


def _keys(count: int) -> tuple[list[str], list[str]]:
    half = count // 2
    return [f"91330110{i:010d}" for i in range(count)], [
        f"91330110{i:010d}" for i in range(half, count + half)
    ]


def _peer_seconds(python: Path) -> float:
    done = subprocess.run([python, "-c", PEER, str(KEYS)], capture_output=True, text=True, check=True)
    found, seconds = done.stdout.split()
    assert int(found) == KEYS // 2
    return float(seconds)


def _our_seconds(processes: int) -> float:
    mine, theirs = _keys(KEYS)
    with _timed() as seconds:
        question, secret = ask_question(mine, processes=processes)
        sent = from_bytes(to_bytes(question), Question)
        answer = from_bytes(to_bytes(answer_question(sent, theirs, processes=processes)), Answer)
        count, _ = finish_question(secret, answer, processes=processes)
    assert count == KEYS // 2
    return seconds[0]


def _direct_seconds(python: Path) -> float:
    mine, theirs = _keys(MILLION)
    with _timed() as seconds, ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(intersect_directly, keys, line=Line(rank, ADDRESSES), python=python)
            for rank, keys in enumerate((mine, theirs))
        ]
        found = runs[0].result()
        runs[1].result()
    assert found is not None
    assert len(found) == MILLION // 2
    return seconds[0]


@contextmanager
def _timed() -> Iterator[list[float]]:
    seconds: list[float] = []
    begun = time.perf_counter()
    yield seconds
    seconds.append(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
