"""Ports for servers of tests: below those that the system hands to clients, so that none is taken in between."""

from __future__ import annotations

import random
import socket

PORTS = range(10_200, 20_000)
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody uses, and that this process is not given twice."""
    for port in random.SystemRandom().sample(PORTS, 200):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port in {PORTS}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
