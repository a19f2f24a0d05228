"""Records of running processes under `SHUZHI_HOME/run`: who they are, so that others can find and end them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec
import psutil

FOLDER = "run"
# psutil's start times of one process agree to the clock tick; a recycled pid is seconds away.
SAME_START = 0.05


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One process of a node, as its file says."""

    name: str
    pid: int
    started: float
    parent: int = 0
    parent_started: float = 0.0

    @classmethod
    def of(cls, name: str, pid: int) -> Record:
        """The record of a live child of this process."""
        ours = psutil.Process()
        started = psutil.Process(pid).create_time()
        return cls(name=name, pid=pid, started=started, parent=ours.pid, parent_started=ours.create_time())

    def is_alive(self) -> bool:
        """Whether exactly this process still runs."""
        return alive(self.pid, self.started)

    def has_parent(self) -> bool:
        """Whether the process that started it still runs."""
        return alive(self.parent, self.parent_started)


def alive(pid: int, started: float) -> bool:
    """Whether the process of this number and this start time runs."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < SAME_START
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_record(home: Path, record: Record) -> None:
    """Write the record whole or not at all."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{record.name}.{os.getpid()}"
    draft.write_bytes(msgspec.json.encode(record))
    draft.replace(folder / f"{record.name}.json")


def read_record(home: Path, name: str) -> Record | None:
    """The record of this name, or None when there is none that can be read."""
    try:
        return msgspec.json.decode((home / FOLDER / f"{name}.json").read_bytes(), type=Record)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def forget(home: Path, name: str) -> None:
    """Remove the record of a process that has ended."""
    (home / FOLDER / f"{name}.json").unlink(missing_ok=True)


def records(home: Path) -> list[Record]:
    """All records of a node, by name."""
    names = sorted(file.stem for file in (home / FOLDER).glob("*.json"))
    found = (read_record(home, name) for name in names)
    return [record for record in found if record]


def leftovers(home: Path) -> list[Record]:
    """Recorded processes that run although the process that started them is gone."""
    return [record for record in records(home) if record.is_alive() and not record.has_parent()]


def end(record: Record, *, first: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> bool:
    """End a recorded process of another parent and its group; False when it was not running.

    Identity is checked before every signal, so a recycled pid is never touched.
    """
    if not record.is_alive():
        return False
    group = members(record.pid)
    _signal(record, first)
    deadline = time.monotonic() + seconds
    while record.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal(record, signal.SIGKILL)
    for process in group:
        _kill(process)
    return True


def members(group: int) -> list[psutil.Process]:
    """The processes of a group; each remembers its own start time, so killing them is safe later."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group:
                found.append(process)
        except (ProcessLookupError, PermissionError):
            continue
    return found


def _signal(record: Record, which: signal.Signals) -> None:
    if record.is_alive():
        try:
            os.kill(record.pid, which)
        except ProcessLookupError:
            return


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
