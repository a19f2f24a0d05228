"""Stretches of the log checked by several processes (并行复算), all looking at one snapshot of the database."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import psycopg
from psycopg import sql

from shuzhi.pillars.security.log import merkle
from shuzhi.pillars.security.log.checking import Stretch, check_stretch


@dataclass(frozen=True)
class Job:
    """A stretch to check, with what a process of its own needs for it."""

    first: int
    last: int
    heads: tuple[int, ...]
    algorithm: str
    address: str
    snapshot: str


def by_processes(jobs: Sequence[Job]) -> Iterator[Stretch]:
    """Check the stretches, as many at a time as there are cores; results come in order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, jobs, chunksize=2)


_connections: dict[str, psycopg.Connection] = {}


def work(job: Job) -> Stretch:
    """One stretch; the process keeps its connection, and with it the snapshot, for the next."""
    if job.snapshot not in _connections:
        _connections[job.snapshot] = _connect(job)
    with _connections[job.snapshot].cursor(
        binary=True
    ) as cursor:  # blocks as they are, not as twice as many digits
        return check_stretch(cursor, merkle.Hasher(job.algorithm), job.first, job.last, job.heads)


def _connect(job: Job) -> psycopg.Connection:
    gc.disable()  # millions of small values and no cycles: looking for some takes a third of the time
    opened = psycopg.connect(job.address)
    opened.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    opened.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(job.snapshot)))
    opened.execute("SET LOCAL TIME ZONE 'UTC'")
    return opened
