"""Secrets: made once, whoever asks at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from shuzhi.foundation.secrets import secret


def test_threads_that_ask_at_once_get_the_same(tmp_path):
    for number in range(20):
        gate = Barrier(8)

        def ask(_: int, gate: Barrier = gate, name: str = f"s{number}") -> str:
            gate.wait()
            return secret(tmp_path, name)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == 1
    assert not list(tmp_path.glob("secrets/.*"))
