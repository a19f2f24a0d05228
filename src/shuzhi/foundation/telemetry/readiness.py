"""Readiness (就绪检查): whether a process can do its work now, each need checked by name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

READY, UNREADY = 200, 503


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One need of a process; the reason is short and holds no secret."""

    name: str
    ok: bool
    reason: str = ""


Probe = Callable[[], None]


def run_checks(probes: Mapping[str, Probe]) -> list[Check]:
    """Ask every probe; one that raises is a need that isn't met."""
    return [_run(name, probe) for name, probe in probes.items()]


def report(checks: list[Check]) -> tuple[int, dict[str, object]]:
    """Status code and JSON body of `/readyz`."""
    ready = all(check.ok for check in checks)
    body = {
        "ready": ready,
        "checks": {check.name: "ok" if check.ok else check.reason for check in checks},
    }
    return (READY if ready else UNREADY), body


def writable(folder: Path) -> None:
    """Raise OSError unless a file can be written in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".writable-", dir=folder)
    os.close(number)
    Path(name).unlink()


def _run(name: str, probe: Probe) -> Check:
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - a probe may fail in any way; that is its answer
        # The kind only: a driver's message can hold addresses and user names.
        return Check(name=name, ok=False, reason=type(error).__name__)
    return Check(name=name, ok=True)
