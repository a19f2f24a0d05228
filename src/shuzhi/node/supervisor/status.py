"""How a node stands (状态): its processes, their memory and their health, read from outside."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

import msgspec
import psutil

from shuzhi.foundation import database
from shuzhi.foundation.processes import Record, read_record, records
from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor.keeper import Kept, State
from shuzhi.node.supervisor.programs import log_file
from shuzhi.node.supervisor.running import ME, STATE_FILE

HEALTH_SECONDS = 2.0
OK = 200


class ProcessStatus(msgspec.Struct, kw_only=True, frozen=True):
    """One process; `memory_mb` counts what it started too, shared pages by their share."""

    name: str
    state: str
    pid: int | None
    uptime_seconds: float | None
    memory_mb: float | None
    restarts: int
    last_exit: int | None
    reason: str
    port: int | None
    health: str
    log: str


class NodeStatus(msgspec.Struct, kw_only=True, frozen=True):
    """The whole node; its addresses are null while nobody serves there."""

    home: str
    running: bool
    ready: bool
    url: str | None
    gateway_url: str | None
    memory_mb: float
    processes: list[ProcessStatus]


def node_status(settings: Settings) -> NodeStatus:
    """Look at every process of the node; takes well under a second."""
    home = settings.home
    supervisor = read_record(home, ME)
    is_up = bool(supervisor and supervisor.is_alive())
    kept = {entry.name: entry for entry in _kept(home)} if is_up else {}
    alive = {record.name: record for record in records(home) if record.is_alive()}
    # The supervisor, then its programs in their order of start, then what is left of other runs.
    names = dict.fromkeys([*([ME] if is_up else []), *kept, *alive])
    processes = [_status(settings, name, alive.get(name), kept.get(name)) for name in names]
    return NodeStatus(
        home=str(home),
        running=bool(alive),
        ready=is_up and all(process.health == "ok" for process in processes),
        url=_url(settings.web_host, settings.web_port) if "web" in alive else None,
        gateway_url=_url(settings.gateway_host, settings.gateway_port) if "gateway" in alive else None,
        memory_mb=round(sum(process.memory_mb or 0.0 for process in processes), 1),
        processes=processes,
    )


def answers(host: str, port: int, path: str, *, seconds: float = HEALTH_SECONDS) -> bool:
    """Whether a server answers 200 at this path."""
    connection = http.client.HTTPConnection(host.strip("[]"), port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _url(host: str, port: int) -> str:
    return f"http://{host}:{port}/"


def _kept(home: Path) -> list[Kept]:
    try:
        return msgspec.json.decode((home / "run" / STATE_FILE).read_bytes(), type=list[Kept])
    except (FileNotFoundError, msgspec.DecodeError):
        return []


def _status(settings: Settings, name: str, record: Record | None, kept: Kept | None) -> ProcessStatus:
    state = State.RUNNING if record else (kept.state if kept else State.STOPPED)
    # The state file may be a moment behind: a dead process never counts as running.
    if record is None and state == State.RUNNING:
        state = State.WAITING
    port = _port(settings, name) if record else None
    return ProcessStatus(
        name=name,
        state=str(state),
        pid=record.pid if record else None,
        uptime_seconds=round(time.time() - record.started, 1) if record else None,
        memory_mb=_memory(record.pid) if record and name != ME else (_own_memory(record) if record else None),
        restarts=kept.restarts if kept else 0,
        last_exit=kept.last_exit if kept else None,
        reason=kept.reason if kept else "",
        port=port,
        health=_health(settings, name, port) if record else "down",
        log=str(log_file(settings.home, "up" if name == ME else name)),
    )


def _port(settings: Settings, name: str) -> int | None:
    if name == "database":
        server = database.running(settings.home)
        return server.port if server else None
    return {"web": settings.web_port, "gateway": settings.gateway_port}.get(name)


def _health(settings: Settings, name: str, port: int | None) -> str:
    if name == "database":
        return "ok" if port else "not ready"
    if name in ("web", "gateway"):
        host = settings.web_host if name == "web" else settings.gateway_host
        return "ok" if answers(host, port or 0, "/readyz") else "not ready"
    return "ok"


def _own_memory(record: Record) -> float:
    return _megabytes([psutil.Process(record.pid)])


def _memory(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        return _megabytes([process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0.0


def _megabytes(processes: list[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            facts = process.memory_full_info()
            total += getattr(facts, "pss", 0) or facts.rss
        except psutil.AccessDenied:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return round(total / 1e6, 1)
