"""`shuzhi up` (启动), in the foreground or in the background."""

from __future__ import annotations

import time
from pathlib import Path

from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor import running
from shuzhi.node.supervisor.errors import AlreadyUp, DidNotStart, NotReady
from shuzhi.node.supervisor.programs import log_file, programs
from shuzhi.node.supervisor.running import Say, Supervisor
from shuzhi.node.supervisor.status import answers, node_status

READY_SECONDS = 90.0
ASK_SECONDS = 1.0


def up(settings: Settings, *, only: tuple[str, ...], say: Say) -> None:
    """Run the node until Ctrl-C or SIGTERM; prints one line when it is ready.

    Raises:
        PlatformError: the node can't start; the message says why.
    """
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

    Raises:
        DidNotStart: it ended again; the message holds what it said.
        NotReady: it took too long.
    """
    if (found := node_status(settings)).ready:
        supervisor = next(p for p in found.processes if p.name == running.ME)
        raise AlreadyUp(home=settings.home, pid=supervisor.pid)
    log = log_file(settings.home, "up")
    offset = log.stat().st_size if log.exists() else 0
    begun = time.monotonic()
    child = running.detach(settings.home, [word for name in only for word in ("--only", name)])
    deadline = begun + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if node_status(settings).ready:
            names = {program.name for program in programs(settings, only=only)}
            say(ready_line(settings, names, time.monotonic() - begun))
            child.returncode = 0  # it goes on without us: nothing to wait for
            return
        time.sleep(0.1)
    if child.poll() is not None:
        raise DidNotStart(words=_said(log, offset))
    child.terminate()
    child.wait()
    raise NotReady(seconds=f"{READY_SECONDS:.0f}")


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
