"""The programs of a node (程序清单), in the order in which they start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from shuzhi.foundation import database
from shuzhi.foundation.processes import Record, spawn, write_record
from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor.errors import UnknownProgram

LOG_FOLDER = "log"


class Program(Protocol):
    """Something the supervisor keeps running."""

    @property
    def name(self) -> str:
        """How status and logs call it."""

    @property
    def stop_signal(self) -> signal.Signals:
        """What asks it to end in good order."""

    @property
    def stop_seconds(self) -> float:
        """How long it may take before it is killed."""

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; the child is recorded when this returns."""


class Database(NamedTuple):
    """Our PostgreSQL."""

    home: Path
    name: str = "database"
    stop_signal: signal.Signals = signal.SIGINT
    stop_seconds: float = 20.0

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it takes connections."""
        return database.start(self.home)


class Command(NamedTuple):
    """A `shuzhi` verb that runs until it is told to end."""

    home: Path
    name: str
    arguments: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0

    def start(self) -> subprocess.Popen[bytes]:
        """Start it with its output in its own log file."""
        with open_log(self.home, self.name) as log:
            child = spawn(
                [sys.executable, "-m", "shuzhi", *self.arguments],
                environ=child_environment(self.home, self.name),
                cwd=self.home,
                output=log,
                # When we are killed nobody waits for it any more; its work is safe at every point.
                last_signal=signal.SIGKILL,
            )
        write_record(self.home, Record.of(self.name, child.pid))
        return child


def programs(settings: Settings, *, only: tuple[str, ...] = ()) -> list[Program]:
    """The node's programs, or those of the given names.

    Raises:
        UnknownProgram: a name that no program has.
    """
    home = settings.home
    everything: list[Program] = [] if settings.database_url else [Database(home)]
    everything += [
        Command(home, "web", ("serve", "web")),
        Command(home, "gateway", ("serve", "gateway")),
        Command(home, "worker", ("worker",)),
    ]
    known = {program.name for program in everything}
    for name in only:
        if name not in known:
            raise UnknownProgram(name=name, known=", ".join(sorted(known)))
    return [program for program in everything if not only or program.name in only]


def parting_signal(name: str) -> signal.Signals:
    """What asks a recorded process to end: for PostgreSQL, SIGTERM would wait for every session."""
    return signal.SIGINT if name == "database" else signal.SIGTERM


def child_environment(home: Path, name: str) -> dict[str, str]:
    """Our environment, with the home made absolute and the process named."""
    ours = {"SHUZHI_HOME": str(home), "SHUZHI_PROCESS": name, "PYTHONUNBUFFERED": "1"}
    # The package is found again whatever the working folder is.
    source = str(Path(__file__).resolve().parents[3])
    paths = [source, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return dict(os.environ) | ours | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def log_file(home: Path, name: str) -> Path:
    """Where a program's output goes."""
    if name == "database":
        return home / "postgres" / LOG_FOLDER / "postgres.log"
    return home / LOG_FOLDER / f"{name}.log"


def open_log(home: Path, name: str) -> BinaryIO:
    """A program's log, opened to append."""
    file = log_file(home, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("ab")
