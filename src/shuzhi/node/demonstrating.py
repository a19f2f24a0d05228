"""`shuzhi demo` (演示): run the main job, print its figures, serve it."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Never

from shuzhi.demo.errors import FolderNotReadable, NoFolder, NoSuchFolder
from shuzhi.foundation.processes import Record, read_record, write_record
from shuzhi.foundation.processes.records import forget
from shuzhi.foundation.settings import settings
from shuzhi.node.supervisor import ports, running
from shuzhi.node.supervisor.errors import AlreadyUp, DemoRuns
from shuzhi.node.supervisor.homes import require_home

Say = Callable[[str], None]
ME = "demo"


def demonstrate(*, sources: Path | None, serve: bool, as_json: bool, say: Say) -> None:
    """Run the main job on the demonstration's files; figures go to standard output, progress to standard error."""
    given = readable_folder(sources)
    # Set before Django reads its settings: the pages of a demonstration offer its accounts and say that it is one.
    os.environ["SHUZHI_DEMO"] = "true"
    settings.cache_clear()
    home = settings().home
    require_home(home)
    if serve:
        _refuse_second_node(home)
        ports.require_free(settings(), ("web", "gateway"))  # not after half a minute of work
    with running_alone(home):
        found = _run(given, say)
    if as_json:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2, default=str)
        sys.stdout.write("\n")
        sys.stdout.flush()
    else:
        _summarise(found, say)
    if serve:
        _serve()


def readable_folder(sources: Path | None) -> Path | None:
    """The folder of real files, looked at before anything is started.

    Raises:
        NoSuchFolder: nothing is there.
        NoFolder: it is a file.
        FolderNotReadable: its files can't be listed or read.
    """
    if sources is None:
        return None
    folder = sources.absolute()
    try:
        folder = sources.resolve(strict=True)
        with os.scandir(folder) as entries:
            next(entries, None)
        (folder / ".").stat()
    except FileNotFoundError:
        raise NoSuchFolder(folder=folder) from None
    except NotADirectoryError:
        raise NoFolder(folder=folder) from None
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError before Python 3.13
        raise FolderNotReadable(folder=folder, reason=getattr(error, "strerror", None) or error) from None
    return folder


@contextmanager
def running_alone(home: Path) -> Iterator[None]:
    """One demonstration at a time; recorded, so that `shuzhi stop` ends it, in good order.

    Raises:
        DemoRuns: another one holds this home.
    """
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = read_record(home, ME)
            raise DemoRuns(home=home, pid=record.pid if record else "?") from None
        write_record(home, Record.of(ME, os.getpid()))
        try:
            yield
        finally:
            forget(home, ME)


def _refuse_second_node(home: Path) -> None:
    record = read_record(home, running.ME)
    if record and record.is_alive():
        raise AlreadyUp(home=home, pid=record.pid)


def _run(given: Path | None, say: Say) -> dict[str, Any]:
    from shuzhi.foundation import clock, database
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    say("· 启动数据库 Start the database …")
    database.ensure_database()
    start_django()
    bring_up_to_date(verbosity=0)
    from shuzhi.demo.running import run_demo

    return run_demo(home=settings().home, given=given, at=clock.now(), say=say)


def _serve() -> Never:
    """Bring the node up in place of this process, whose memory the main job has filled."""
    from django.db import connections

    from shuzhi.foundation import database

    connections.close_all()
    if database.is_ours():
        database.stop()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "shuzhi", "up"])  # noqa: S606 - our own program


def _summarise(found: dict[str, Any], say: Say) -> None:
    for source in found["sources"]:
        say(
            f"{source['id']:<28} 收到 {source['received']:>7,} = 入库 {source['accepted']:>7,}"
            f" + 隔离 {source['quarantined']:>5,} + 重复 {source['duplicates']:>4,}"
        )
    for name, value in found["kpis"].items():
        share = "—" if value["value"] is None else f"{value['value']:.1%}"
        say(f"{name}  {share:>7}  ({value['numerator']} / {value['denominator']})")
    say(f"审计 audit: {found['audit']['entries']} 条，校验 verified: {found['audit']['verified']}")
    say(f"用时 {found['seconds']['total']:.1f} s")
