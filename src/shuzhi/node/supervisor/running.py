"""The supervisor itself (监护进程): one for each home, from `shuzhi up` to Ctrl-C or SIGTERM."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import msgspec
import psutil

from shuzhi.foundation import database
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.processes import Record, end, leftovers, read_record, spawn, write_record
from shuzhi.foundation.processes.children import ending, has_ended
from shuzhi.foundation.processes.records import forget
from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor import ports
from shuzhi.node.supervisor.announcing import SUPERVISOR, announce, withdraw
from shuzhi.node.supervisor.errors import AlreadyUp, DatabaseInUse, MigrationFailed
from shuzhi.node.supervisor.keeper import Keeper, State
from shuzhi.node.supervisor.programs import (
    child_environment,
    log_file,
    open_log,
    parting_signal,
    programs,
)

TICK = 0.25
MIGRATE_STOP_SECONDS = 5.0
LOG_LIMIT = 20_000_000
LOG_CHECK_SECONDS = 60.0
STATE_FILE = "state"
ME = SUPERVISOR

Say = Callable[[str], None]


class Supervisor:
    """Keeps the programs of one home running until it is told to stop."""

    def __init__(self, settings: Settings, *, only: tuple[str, ...] = (), say: Say) -> None:
        """Plan the programs; nothing runs yet."""
        self.settings = settings
        self.home = settings.home
        self.keepers = [Keeper(program) for program in programs(settings, only=only)]
        self.say = say
        self.stop_requests = 0
        self._port = 0
        self._logs_checked = time.monotonic()

    def run(self, *, when_up: Callable[[], bool]) -> None:
        """Start everything, watch, stop everything. `when_up` is asked until it says it is done.

        Raises:
            AlreadyUp: another supervisor holds this home.
            PlatformError: something can't start; what had started is stopped again.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with held(self.home), waking(self._request_stop) as awake:
            try:
                self._prepare()
                self._start_all(awake)
                self._watch(awake, when_up)
            finally:
                self._stop_all()

    def _request_stop(self) -> None:
        self.stop_requests += 1

    def _prepare(self) -> None:
        for record in leftovers(self.home):
            if record.name == ME:
                continue  # we hold the lock: it is on its way out
            self.say(f"结束上次遗留的进程 Ending {record.name} (pid {record.pid}), left by an earlier run")
            end(record, first=parting_signal(record.name))
        self._require_own_database()
        ports.require_free(self.settings, tuple(keeper.program.name for keeper in self.keepers))
        self._write_state()  # before anybody can take us for ready
        announce(self.settings)
        write_record(self.home, Record.of(ME, os.getpid()))

    def _require_own_database(self) -> None:
        record = read_record(self.home, "database")
        if record and record.is_alive() and not self.settings.database_url:
            if record.parent == os.getpid():
                database.stop(self.home)  # ours from before: start it again under watch
                return
            command = " ".join(psutil.Process(record.parent).cmdline()[-3:])
            raise DatabaseInUse(home=self.home, pid=record.parent, command=command)

    def _start_all(self, awake: Callable[[float], None]) -> None:
        for keeper in self.keepers:
            if self.stop_requests:
                return
            if keeper.program.name == "web":
                self._migrate(awake)
                if self.stop_requests:
                    return
            keeper.start(now=time.monotonic())
            self._write_state()
        self._port = self._database_port()

    def _migrate(self, awake: Callable[[float], None]) -> None:
        with open_log(self.home, "migrate") as log:
            child = spawn(
                [sys.executable, "-m", "shuzhi", "migrate"],
                environ=child_environment(self.home, "migrate"),
                cwd=self.home,
                output=log,
                last_signal=signal.SIGKILL,
            )
        try:
            # A migration is one transaction: told to stop, it is cut off and begun again next time.
            while not has_ended(child) and not self.stop_requests:
                awake(TICK)
        finally:
            code = ending(child, first=signal.SIGTERM, seconds=MIGRATE_STOP_SECONDS)
        if code and not self.stop_requests:
            raise MigrationFailed(code=code, log=log_file(self.home, "migrate"))

    def _watch(self, awake: Callable[[float], None], when_up: Callable[[], bool]) -> None:
        is_up = False
        while not self.stop_requests:
            now = time.monotonic()
            for keeper in self.keepers:
                if keeper.died(now=now):
                    self._tell_death(keeper)
                if keeper.is_due(now=now):
                    self._restart(keeper)
            is_up = is_up or when_up()
            self._trim_logs(now)
            awake(TICK)

    def _tell_death(self, keeper: Keeper) -> None:
        name, log = keeper.program.name, log_file(self.home, keeper.program.name)
        if keeper.state == State.GIVEN_UP:
            self.say(f"!! {name} 反复退出，不再重启 keeps dying ({keeper.reason}); not restarted, see {log}")
        else:
            self.say(f"{name} 已退出，将重启 ended ({keeper.reason}); restarting")
        self._write_state()

    def _restart(self, keeper: Keeper) -> None:
        try:
            keeper.start(now=time.monotonic())
        except PlatformError as error:
            keeper.plan_restart(now=time.monotonic(), reason=str(error))
            self._tell_death(keeper)
            return
        keeper.restarts += 1
        self._write_state()
        if keeper.program.name == "database" and self._database_port() != self._port:
            self._port = self._database_port()
            self._restart_clients()

    def _restart_clients(self) -> None:
        # Somebody took the old port while the database was down: the others hold a dead address.
        for keeper in self.keepers:
            if keeper.program.name != "database" and keeper.state == State.RUNNING:
                keeper.ask_to_end()

    def _database_port(self) -> int:
        server = database.running(self.home)
        return server.port if server else 0

    def _stop_all(self) -> None:
        """Those who use the database first, all at once; then the database."""
        clients = [keeper for keeper in self.keepers if keeper.program.name != "database"]
        for keeper in clients:
            keeper.ask_to_end()
        self._await(clients)
        for keeper in (*clients, *(k for k in self.keepers if k not in clients)):
            keeper.end(seconds=0.0 if keeper in clients else None)
            forget(self.home, keeper.program.name)
        self._write_state()
        withdraw(self.home)
        forget(self.home, ME)

    def _await(self, clients: list[Keeper]) -> None:
        begun = time.monotonic()
        patience = max((keeper.program.stop_seconds for keeper in clients), default=0.0)
        # A second Ctrl-C means: at once.
        while time.monotonic() < begun + patience and self.stop_requests < 2:  # noqa: PLR2004
            if not any(keeper.is_running() for keeper in clients):
                return
            time.sleep(0.02)

    def _trim_logs(self, now: float) -> None:
        if now < self._logs_checked + LOG_CHECK_SECONDS:
            return
        self._logs_checked = now
        for keeper in self.keepers:
            trim(log_file(self.home, keeper.program.name))

    def _write_state(self) -> None:
        draft = self.home / "run" / f".{STATE_FILE}.{os.getpid()}"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(msgspec.json.encode([keeper.kept() for keeper in self.keepers]))
        draft.replace(self.home / "run" / STATE_FILE)


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold this home for one supervisor; the kernel lets go when the process ends, however it ends."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = read_record(home, ME)
            raise AlreadyUp(home=home, pid=record.pid if record else "?") from None
        yield


@contextlib.contextmanager
def waking(stop: Callable[[], None]) -> Iterator[Callable[[float], None]]:
    """Turn signals into calls of `stop`; gives a sleep that ends early when a signal or a death comes."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop()

    def child_changed(_number: int, _frame: FrameType | None) -> None:
        """Only wakes the sleeper."""

    handlers = {signal.SIGINT: asked, signal.SIGTERM: asked, signal.SIGHUP: asked}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, child_changed)
    old = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def sleep(seconds: float) -> None:
        if select.select([reader], [], [], seconds)[0]:
            os.read(reader, 4096)

    try:
        yield sleep
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def trim(log: Path) -> None:
    """Keep one older copy of a large log; writers append, so they go on at the new end."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copyfile(log, log.with_suffix(".old.log"))
        os.truncate(log, 0)


def detach(home: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start `shuzhi up` in the background, its words in `log/up.log`."""
    with open_log(home, "up") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "shuzhi", "up", *arguments],
            env=child_environment(home, "supervisor"),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
