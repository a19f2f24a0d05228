"""`shuzhi up` (启动), in the foreground or in the background."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor import running
from shuzhi.node.supervisor.errors import AlreadyUp, DidNotStart, KeepsDying, NotReady
from shuzhi.node.supervisor.homes import require_home
from shuzhi.node.supervisor.keeper import State
from shuzhi.node.supervisor.programs import log_file, programs
from shuzhi.node.supervisor.running import Say, Supervisor
from shuzhi.node.supervisor.status import NodeStatus, answers, node_status

TELL_SECONDS = 15.0
ASK_SECONDS = 1.0


def up(settings: Settings, *, only: tuple[str, ...], say: Say) -> None:
    """Run the node until Ctrl-C or SIGTERM; prints one line when it is ready.

    Raises:
        PlatformError: the node can't start; the message says why.
    """
    require_home(settings.home)
    begun = time.monotonic()
    supervisor = Supervisor(settings, only=only, say=say)
    names = {keeper.program.name for keeper in supervisor.keepers}

    def when_up() -> bool:
        if not is_ready(settings, names):
            return False
        say(ready_line(settings, names, time.monotonic() - begun))
        return True

    supervisor.run(when_up=when_up)
    say("节点已停止。 The node has stopped.")


def up_detached(settings: Settings, *, only: tuple[str, ...], say: Say) -> None:
    """Start the node in the background and return when it is ready.

    A slow machine is waited for as long as the processes live, up to the setting `start_seconds`.

    Raises:
        DidNotStart: it ended again; the message holds what it said.
        KeepsDying: one of its programs was given up.
        NotReady: it took longer than the setting allows.
    """
    require_home(settings.home)
    if (found := node_status(settings)).ready:
        supervisor = next(p for p in found.processes if p.name == running.ME)
        raise AlreadyUp(home=settings.home, pid=supervisor.pid)
    log = log_file(settings.home, "up")
    offset = log.stat().st_size if log.exists() else 0
    child = running.detach(settings.home, [word for name in only for word in ("--only", name)])
    try:
        seconds = _await_ready(settings, child, say)
    except BaseException:
        _end(child)
        raise
    if seconds is None:
        raise DidNotStart(words=_said(log, offset))
    child.returncode = 0  # it goes on without us: nothing to wait for
    say(ready_line(settings, {program.name for program in programs(settings, only=only)}, seconds))


def _await_ready(settings: Settings, child: subprocess.Popen[bytes], say: Say) -> float | None:
    """The seconds until the node was ready; None when it ended before."""
    begun = time.monotonic()
    told = begun
    while child.poll() is None:
        found, now = node_status(settings), time.monotonic()
        if found.ready:
            return now - begun
        lost = next((one for one in found.processes if one.state == State.GIVEN_UP), None)
        if lost:
            raise KeepsDying(name=lost.name, reason=lost.reason, log=lost.log)
        if now - begun > settings.start_seconds:
            raise NotReady(seconds=settings.start_seconds, names=_late(found))
        if now - told > TELL_SECONDS:
            told = now
            say(f"仍在启动 Still starting ({now - begun:.0f} s): {_late(found)}")
        time.sleep(0.1)
    return None


def _late(found: NodeStatus) -> str:
    late = [one.name for one in found.processes if one.health != "ok"]
    return ", ".join(late) or "数据库与表结构 database and tables"


def _end(child: subprocess.Popen[bytes]) -> None:
    """Whoever waited gave up, or was told to: what was started for them ends with them."""
    child.terminate()
    child.wait()


def _said(log: Path, offset: int) -> str:
    return log.read_bytes()[offset:].decode("utf-8", "replace").rstrip()


def is_ready(settings: Settings, names: set[str]) -> bool:
    """Whether every serving program answers that it is ready."""
    places = {
        "web": (settings.web_host, settings.web_port),
        "gateway": (settings.gateway_host, settings.gateway_port),
    }
    wanted = [place for name, place in places.items() if name in names]
    return all(answers(host, port, "/readyz", seconds=ASK_SECONDS) for host, port in wanted)


def ready_line(settings: Settings, names: set[str], seconds: float) -> str:
    """The one line that tells people, and tests, that they may come in."""
    places = []
    if "web" in names:
        places.append(f"http://{settings.web_host}:{settings.web_port}/")
    if "gateway" in names:
        places.append(f"网关 gateway http://{settings.gateway_host}:{settings.gateway_port}/")
    what = "，".join(places) or ", ".join(sorted(names))
    return f"数治已就绪 Shuzhi is ready ({seconds:.1f} s): {what}"
