"""Our own PostgreSQL cluster (数据库集群) under `SHUZHI_HOME/postgres`: create, start, stop, find.

The server is a child that ends with the process that started it. What is stale after a SIGKILL
(`postmaster.pid`, backends still letting go of shared memory) is recognised and cleared.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from shuzhi.foundation.database import accounts, errors
from shuzhi.foundation.database.binaries import Binaries, find_binaries
from shuzhi.foundation.processes import Identity, Record, ending, spawn, write_record
from shuzhi.foundation.processes.children import has_ended, reap
from shuzhi.foundation.processes.records import forget
from shuzhi.foundation.secrets import secret

SUPERUSER = "postgres"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
LEAVING_SECONDS = 5.0
LOG_LIMIT = 10_000_000
SOCKET_PATH_LIMIT = 90
# Below those that systems hand to clients: while the server is down nobody is given its port by chance.
PORTS = range(20_000, 32_768)
PORTS_TRIED = 100
BUILTIN_LOCALE_SINCE = 17
ASYNC_IO_SINCE = 18

# Of the machine's memory, how much the server keeps of its tables: what the system keeps beside it, it may let go of at
# any time. A page takes memory only once it is used: all idle processes of a node together stay below 1.5 GB.
SHARE, LEAST_MB, MOST_MB = 16, 128, 4096
LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")
MEMORY = {
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "60",
    "min_wal_size": "512MB",  # a file of the log that is made anew lets all commits wait while it is filled
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %a ",
}


class Folders(NamedTuple):
    """Where a cluster keeps its things."""

    root: Path

    @property
    def data(self) -> Path:
        """The cluster itself; the only folder with data in it."""
        return self.root / "data"

    @property
    def draft(self) -> Path:
        """A cluster in the making; it becomes `data` when it is whole."""
        return self.root / "data.new"

    @property
    def run(self) -> Path:
        """The unix socket."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """The server's log, and one older one."""
        return self.root / "log" / "postgres.log"

    @property
    def port(self) -> Path:
        """The port of this cluster: kept, so that clients find a restarted server again."""
        return self.root / "port"


class Running(NamedTuple):
    """A server that has accepted connections."""

    pid: int
    port: int


def folders(home: Path) -> Folders:
    """The cluster's folders under a home."""
    return Folders(home / "postgres")


def running(home: Path) -> Running | None:
    """The live server of this home, or None. Costs no connection."""
    lines = _postmaster_lines(folders(home).data)
    # pid, data, start, port, socket, address, shared memory, status
    if [line.strip() for line in lines[7:8]] != ["ready"]:
        return None
    pid, port = int(lines[0]), int(lines[3])
    return Running(pid, port) if _is_server(pid, folders(home).data) else None


def known_port(home: Path) -> int:
    """The port this cluster had last, 1 (where nobody answers) before its first start."""
    file = folders(home).port
    return int(file.read_text()) if file.exists() else 1


def start(home: Path, *, fsync: bool = True) -> subprocess.Popen[bytes]:
    """Start the server as our child and wait until it takes connections; creates the cluster first.

    `fsync=False` is for tests only: an interrupted machine loses data.

    Raises:
        DatabaseError: one of its kinds, each with the way to mend it.
    """
    binaries, place = find_binaries(), folders(home)
    identity = accounts.server_identity(place.data)
    _prepare(place, identity)
    identity = _able(place, binaries, identity)
    if not (place.data / "PG_VERSION").exists():
        _create(home, place, binaries, identity, fsync=fsync)
    _clear_stale(place.data)
    child = _launch(place, binaries, identity, fsync=fsync)
    try:
        write_record(home, Record.of("database", child.pid))
        _wait(child, home, place)
    except BaseException:  # Ctrl-C too: nobody else knows of this child yet
        stop(home, child)
        raise
    return child


def stop(home: Path, child: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are cut, everything committed is on disk."""
    ending(child, first=signal.SIGINT, seconds=STOP_SECONDS)
    forget(home, "database")


def _prepare(place: Folders, identity: Identity | None) -> None:
    place.log.parent.mkdir(parents=True, exist_ok=True)
    for folder in (place.data, place.run):
        _own_folder(folder, identity)


def _own_folder(folder: Path, identity: Identity | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if identity and folder.stat().st_uid == 0:
        os.chown(folder, identity.uid, identity.gid)


def _able(place: Folders, binaries: Binaries, identity: Identity | None) -> Identity | None:
    if identity is None:
        return None
    able = accounts.able_to_reach(identity, [place.data, binaries.folder])
    if isinstance(able, Identity):
        return able
    if able in (place.data, *place.data.parents):
        raise errors.NotTraversable(user=identity.name, folder=able)
    raise errors.ProgramsNotReadable(user=identity.name, folder=able)


def _create(
    home: Path, place: Folders, binaries: Binaries, identity: Identity | None, *, fsync: bool
) -> None:
    password = place.run / "superuser"
    password.write_text(secret(home, "database-superuser"))
    password.chmod(0o600)
    if identity:
        os.chown(password, identity.uid, identity.gid)
    try:
        _initdb(place, binaries, identity, password, [] if fsync else ["--no-sync"])
    finally:
        password.unlink()


def _initdb(
    place: Folders, binaries: Binaries, identity: Identity | None, password: Path, more: list[str]
) -> None:
    """Make the cluster beside its place: half a one, left by a kill, would be taken for a whole one."""
    if any(place.data.iterdir()):
        raise errors.InitFailed(folder=place.data, reason="the folder holds other files 目录中有其他文件")
    shutil.rmtree(place.draft, ignore_errors=True)
    _own_folder(place.draft, identity)
    command = [binaries.program("initdb"), "-D", str(place.draft), "-U", SUPERUSER, "-E", "UTF8"]
    command += ["-A", "scram-sha-256", "--pwfile", str(password), "--data-checksums", "--no-instructions"]
    child = spawn(
        [*command, *_locale(binaries.major), *more],
        environ=_environment(place),
        cwd=place.draft,
        output=subprocess.PIPE,
        identity=identity,
    )
    try:
        words = b"".join(child.communicate()[:1]).decode("utf-8", "replace")
    except BaseException:
        ending(child, first=signal.SIGTERM, seconds=STOP_SECONDS)
        raise
    if child.returncode:
        shutil.rmtree(place.draft, ignore_errors=True)
        raise errors.InitFailed(folder=place.data, reason=words.strip()[-500:])
    place.data.rmdir()
    place.draft.rename(place.data)


def _locale(major: int) -> list[str]:
    # With lc_ctype=C pg_trgm would ignore Chinese characters.
    if major < BUILTIN_LOCALE_SINCE:
        return ["--locale=C.UTF-8"]
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]


def _environment(place: Folders) -> dict[str, str]:
    path = os.environ.get("PATH", "/usr/bin:/bin")
    return {"PATH": path, "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C", "TZ": "UTC", "HOME": str(place.data)}


def _launch(
    place: Folders, binaries: Binaries, identity: Identity | None, *, fsync: bool
) -> subprocess.Popen[bytes]:
    port = _choose_port(place)
    options = MEMORY | {"listen_addresses": "127.0.0.1", "port": str(port), "cluster_name": "shuzhi"}
    kept = (
        kept_mb(memory_of_machine()) if fsync else LEAST_MB
    )  # with much, emptying tables again and again takes long
    options |= {"shared_buffers": f"{kept}MB", "effective_cache_size": f"{max(1024, 4 * kept)}MB"}
    fits = len(str(place.run).encode()) < SOCKET_PATH_LIMIT
    options["unix_socket_directories"] = str(place.run) if fits else ""
    if binaries.major >= ASYNC_IO_SINCE:
        options["io_method"] = "sync"  # three I/O workers less in an idle node
    if not fsync:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".old.log"))
    with place.log.open("ab") as log:
        return spawn(
            [binaries.program("postgres"), "-D", str(place.data), *settings],
            environ=_environment(place),
            cwd=place.data,
            output=log,
            last_signal=signal.SIGINT,
            identity=identity,
        )


def memory_of_machine() -> int:
    """Bytes that there are, or that the container we run in may have."""
    there = psutil.virtual_memory().total
    try:
        allowed = LIMIT_OF_CONTAINER.read_text().strip()
    except OSError:
        return there
    return min(there, int(allowed)) if allowed.isdecimal() else there


def kept_mb(memory: int) -> int:
    """Megabytes of tables that the server keeps where there is so much memory."""
    return min(max(memory // SHARE // 2**20, LEAST_MB), MOST_MB)


def _choose_port(place: Folders) -> int:
    known = [int(place.port.read_text())] if place.port.exists() else []
    for port in (*known, *random.SystemRandom().sample(PORTS, PORTS_TRIED), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen = int(probe.getsockname()[1])
            place.port.write_text(str(chosen))
            return chosen
    raise errors.StartFailed(reason="no free port on 127.0.0.1", log=place.log)


def _wait(child: subprocess.Popen[bytes], home: Path, place: Folders) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (server := running(home)) and server.pid == child.pid:
            return
        if has_ended(child):
            reap(child)
            raise errors.StartFailed(reason=_last_line(place.log), log=place.log)
        time.sleep(0.01)
    raise errors.StartFailed(reason=f"not ready after {START_SECONDS:.0f} s", log=place.log)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines[-20:] if "FATAL" in line or "ERROR" in line or "error" in line]
    return (telling or lines or ["no message"])[-1]


def _postmaster_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def _is_server(pid: int, data: Path) -> bool:
    # Every PostgreSQL process works in its data folder: this tells ours from a recycled number.
    try:
        return psutil.Process(pid).cwd() == str(data.resolve())
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


def _clear_stale(data: Path) -> None:
    """After a SIGKILL: remove the old pid file once nobody works in the data folder any more."""
    lines = _postmaster_lines(data)
    if not lines:
        return
    # Whoever started it may have been killed a moment ago: then it is shutting down.
    deadline = time.monotonic() + LEAVING_SECONDS
    while _is_server(int(lines[0]), data):
        if time.monotonic() > deadline:
            raise errors.StartFailed(reason=f"already running as process {lines[0]}", log=data)
        time.sleep(0.02)
    deadline = time.monotonic() + STOP_SECONDS
    while users := [p for p in psutil.process_iter() if _is_server(p.pid, data)]:
        if time.monotonic() > deadline:
            for process in users:
                process.kill()
        time.sleep(0.02)
    (data / "postmaster.pid").unlink(missing_ok=True)
