"""Running the front (运行): in this process, or in several that share the port."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import time
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import structlog

from shuzhi.data.exchange.gateway.claims.memory import Memory
from shuzhi.foundation.processes.launcher import die_with_parent
from shuzhi.foundation.settings import Settings
from shuzhi.foundation.telemetry.metering import GATEWAY, Meter, clear
from shuzhi.foundation.telemetry.traces import configure_traces
from shuzhi.node.front.connection import Connection
from shuzhi.node.front.crowd import Crowd

BACKLOG = 2048
GRACE_SECONDS = 5.0
PAUSE_SECONDS = 0.5
NUMBERS_SECONDS = 1.0

log = structlog.get_logger(__name__)


def serve_gateway(chosen: Settings) -> None:
    """Serve calls until told to end."""
    memory = Memory() if chosen.gateway_claims == "memory" else None
    if chosen.gateway_workers == 1:
        _run(chosen, memory, None)
    else:
        _Workers(chosen, memory).run()


def _run(chosen: Settings, memory: Memory | None, meter: Meter | None) -> None:
    try:
        import uvloop
    except ImportError:  # not on every system; slower without
        asyncio.run(_serve(chosen, memory, meter))
    else:
        uvloop.run(_serve(chosen, memory, meter))


async def _serve(chosen: Settings, memory: Memory | None, meter: Meter | None) -> None:
    from shuzhi.node.front.making import make_gateway
    from shuzhi.node.front.server import Front
    from shuzhi.node.front.tls import tls_context

    configure_traces(chosen)
    gateway = make_gateway(chosen, memory)
    crowd: Crowd[Connection] = Crowd(chosen.gateway_connections_per_address, chosen.gateway_proxies)
    front = Front(gateway, is_traced=chosen.otlp_endpoint is not None, meter=meter, crowd=crowd)
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await gateway.desk.open()
    _spare_what_stays()
    server = await loop.create_server(
        front.connect,
        chosen.gateway_host,
        chosen.gateway_port,
        ssl=tls_context(chosen),
        backlog=BACKLOG,
        reuse_port=chosen.gateway_workers > 1,
    )
    sweeping = [asyncio.create_task(front.sweep()), asyncio.create_task(_leave_numbers(front.meter))]
    await told.wait()
    server.close()
    await front.drain(GRACE_SECONDS)
    for task in sweeping:
        task.cancel()
    await gateway.desk.close()


async def _leave_numbers(meter: Meter | None) -> None:
    while meter is not None:
        await asyncio.to_thread(meter.leave)
        await asyncio.sleep(NUMBERS_SECONDS)


def _spare_what_stays() -> None:
    """Have the collector leave alone what was loaded for good, and seldom look through the rest.

    A call's values go with their last reference (`cases.untraced`). By default some twenty looks are taken in a
    thousand calls, and one through everything holds all callers up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class _Workers:
    """Several processes on one port; the system shares connections out among them. One that ends is replaced."""

    def __init__(self, chosen: Settings, memory: Memory | None) -> None:
        self._chosen, self._memory, self._is_ending = chosen, memory, False
        self._processes: list[BaseProcess] = []

    def run(self) -> None:
        """Start, watch and end them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        clear(self._chosen.home / GATEWAY)
        for name in ("server", "making"):  # once, for all
            import_module(f"shuzhi.node.front.{name}")
        self._processes = [self._start() for _ in range(self._chosen.gateway_workers)]
        while not self._is_ending:
            wait([process.sentinel for process in self._processes], timeout=1)
            self._replace_ended()
        for process in self._processes:
            process.join(GRACE_SECONDS)
            process.kill()

    def _end(self, number: int, frame: object) -> None:
        del number, frame
        self._is_ending = True
        for process in self._processes:
            process.terminate()

    def _replace_ended(self) -> None:
        for place, process in enumerate(self._processes):
            if not process.is_alive() and not self._is_ending:
                log.warning("gateway.worker_ended", exit=process.exitcode)
                time.sleep(PAUSE_SECONDS)  # one that ends at once must not keep a core busy
                self._processes[place] = self._start()

    def _start(self) -> BaseProcess:
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(self._chosen, self._memory, os.getpid()), daemon=True
        )
        process.start()
        return process


def _work(chosen: Settings, memory: Memory | None, parent: int) -> None:
    die_with_parent(parent, signal.SIGKILL)
    _run(chosen, memory, Meter(chosen.home / GATEWAY))
