"""`make bench-workflow`: durable steps, timers, lists and migration, on a database of its own beside this process.

    python bench/workflow.py [--seconds 20] [--timers 100000] [--cases 1000000] [--migrate 100000]

A step is a transaction that has committed to disk: state, history, audit entry and event in it. It counts the time of
this process alone (one core of Python; PostgreSQL works beside it) and the wall's, by turns with bare INSERTs and commits
of the same driver, which are what no step can beat. Lists are read among a tenth of `--cases` and among all of them, one
in ten open: the ratio must stay below 1.2. `--cases 10000000` is the proof (25 GB, half an hour). Limits stand beside the figures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:shuzhi="urn:shuzhi:bpmn:1" targetNamespace="t">'
    '<process id="p" isExecutable="true"><startEvent id="s"/>'
)
PLACES = 5
AT = datetime(2026, 9, 18, 2, tzinfo=UTC)


def begin(home: Path) -> None:
    """A node's database with its tables, in a folder of its own."""
    os.environ["SHUZHI_HOME"] = str(home)
    from shuzhi.foundation import database
    from shuzhi.node.migrating import bring_up_to_date
    from shuzhi.node.starting import start_django

    database.ensure_database()
    start_django()
    bring_up_to_date(verbosity=0)


def people() -> tuple[Any, Any]:
    """Who works here."""
    from shuzhi.pillars.security.types import Actor, Role, system

    officer = Actor(
        "account/bench", "量", office="o1", roles=frozenset({Role.DATA_OFFICER, Role.ADMINISTRATOR})
    )
    return officer, system("bench")


def install(content: str, by: Any) -> Any:
    """Install the process p."""
    from shuzhi.support.workflow.processes import services
    from shuzhi.support.workflow.processes.declaring import declare

    declared, faults = declare("p", ("p.bpmn", content.encode()))
    assert declared is not None, faults
    services.install_process(declaration=declared, pack="bench/bench", by=by, at=AT)
    return declared


def chain(tasks: int) -> str:
    """A process of so many tasks in a row, with a choice after each."""
    names = [f"t{i}" for i in range(tasks)]
    body = "".join(
        f'<userTask id="{name}" shuzhi:roles="data_officer" shuzhi:workingDays="5"/>' for name in names
    )
    ways = [("s", "t0"), *itertools.pairwise(names), (names[-1], "e")]
    flows = "".join(
        f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(ways)
    )
    return f'{HEAD}{body}<endEvent id="e"/>{flows}</process></definitions>'


def start(by: Any, number: int = 0, at: datetime = AT) -> Any:
    """A case of p."""
    from shuzhi.foundation.words import Words
    from shuzhi.support.workflow.processes import services

    return services.start_process(
        process="p", subject=f"s/{number}", title=Words(zh="量", en="x"), office="o1", requester=None, by=by, at=at
    )  # fmt: skip


def bare_commits(seconds: float) -> dict[str, float]:
    """What no durable step can beat here: one small row inserted and committed, by the driver alone."""
    import psycopg
    from django.db import connection

    connection.ensure_connection()
    own = connection.connection
    insert = "INSERT INTO outbox_message (event, payload, at, attempts, last_error, dead, delivered_at) VALUES (%s, %s::jsonb, now(), 0, '', false, now())"

    def one() -> int:
        with own.transaction(), psycopg.Cursor(own) as cursor:
            cursor.execute(insert, ["Bare", '{"n": 1}'], prepare=True)
        return 1

    return _timed(one, seconds)


def _timed(work: Callable[[], int], seconds: float) -> dict[str, float]:
    """Steps a second: of the wall, and of this process's own time. A first one is not counted."""
    work()
    steps, began, used, written = 0, time.perf_counter(), time.process_time(), _wal()
    while time.perf_counter() - began < seconds:
        steps += work()
    wall, own = time.perf_counter() - began, time.process_time() - used
    return {
        "steps": steps,
        "per_second": steps / wall,
        "per_core_second": steps / own,
        "wal_bytes_a_step": (_wal() - written) / steps,
    }


def _wal() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def _statements(work: Callable[[], int]) -> float:
    """Statements a step, BEGIN and COMMIT beside."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        steps = work()
    return sum(each["sql"] not in ("BEGIN", "COMMIT") for each in seen) / steps


def bpmn_case() -> int:
    """A case of five tasks, begun and finished one task a transaction: six steps."""
    from shuzhi.support.workflow.processes import queries, services

    officer, _ = people()
    case = start(officer)
    for _ in range(5):
        (task,) = queries.tasks(case.id, today=AT.date(), open_only=True)
        services.complete_task(task=task.id, by=officer, at=AT, outputs={"ok": True})
    return 6


def loop_dossier() -> int:
    """A dossier of a loop of five states, opened and closed one action a transaction: six steps."""
    from shuzhi.foundation.words import Words
    from shuzhi.support.workflow import services

    officer, _ = people()
    words = Words(zh="量", en="x")
    dossier = services.open_dossier(
        loop="bench", subject="x", title=words, office="o1", requester=None, by=officer, at=AT
    )
    for i in range(PLACES):
        services.act(dossier=dossier.id, action=f"a{i}", by=officer, at=AT)
    return 6


def install_bench_loop() -> None:
    """The loop of `loop_dossier`."""
    from shuzhi.support.workflow import services
    from shuzhi.support.workflow.types import LoopDeclaration

    officer, _ = people()
    words = {"zh": "量", "en": "x"}
    states = [{"id": f"s{i}", "title": words, "final": i == PLACES} for i in range(6)]
    actions = [
        {"id": f"a{i}", "title": words, "from": [f"s{i}"], "to": f"s{i + 1}", "by": {"who": "office"}}
        for i in range(5)
    ]
    declared = {
        "loop": "bench",
        "title": words,
        "start": "s0",
        "states": states,
        "actions": actions,
        "due": {"working_days": 5},
    }
    services.install_loop(declaration=LoopDeclaration.model_validate(declared), pack="b/b", by=officer, at=AT)


def steps(seconds: float, rounds: int = 5) -> dict[str, dict[str, float]]:
    """Bare commits, steps of processes and steps of loops by turns, the median of the rounds each."""
    officer, _ = people()
    install(chain(5), officer)
    install_bench_loop()
    found: dict[str, list[dict[str, float]]] = {"bare": [], "bpmn": [], "loop": []}
    for _ in range(rounds):
        found["bare"].append(bare_commits(seconds / rounds))
        found["bpmn"].append(_timed(bpmn_case, seconds / rounds))
        found["loop"].append(_timed(loop_dossier, seconds / rounds))
    medians = {
        name: {key: statistics.median(each[key] for each in rounds_) for key in rounds_[0]}
        for name, rounds_ in found.items()
    }
    for name, work in (("bpmn", bpmn_case), ("loop", loop_dossier)):
        made = medians[name]
        made["best_per_core_second"] = max(each["per_core_second"] for each in found[name])
        made["statements_a_step"] = _statements(work)
        made["of_bare_commits"] = made["per_second"] / medians["bare"]["per_second"]
    return medians


def copies(case: int, count: int) -> None:
    """So many rows like a case's, written in bulk."""
    from shuzhi.support.workflow import models

    pattern = models.ProcessCase.objects.get(id=case)
    kept = {f.attname: getattr(pattern, f.attname) for f in pattern._meta.fields if f.name != "id"}  # noqa: SLF001
    for first in range(0, count, 5000):
        rows = []
        for _ in range(first, min(first + 5000, count)):
            rows.append(models.ProcessCase(**kept))  # noqa: PERF401
        models.ProcessCase.objects.bulk_create(rows)


def timers(count: int, seconds: float) -> dict[str, float]:
    """So many waiting timers, a hundredth due while it runs and another hundredth at one moment; how late each is fired.

    Late is when the call that fired it has ended, so rather too late than too early.
    """
    from shuzhi.support.workflow import models
    from shuzhi.support.workflow.processes import services

    officer, platform = people()
    wait = '<intermediateCatchEvent id="t0"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    flows = '<sequenceFlow id="a" sourceRef="s" targetRef="t0"/><sequenceFlow id="b" sourceRef="t0" targetRef="e"/>'
    install(f'{HEAD}{wait}<endEvent id="e"/>{flows}</process></definitions>', officer)
    # A timer's own time stands in the snapshot, the index decides when it is looked at: both are past when it fires.
    case = start(officer, at=datetime.now(UTC) - timedelta(days=2))
    copies(case.id, count - 1)
    ids = list(models.ProcessCase.objects.filter(process="p", standing=["p/t0"]).values_list("id", flat=True))
    models.ProcessTimer.objects.all().delete()
    rng = random.Random(1)
    chosen = rng.sample(ids, 2 * max(count // 100, 1))
    spread, at_once = chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]
    number = models.ProcessCase.objects.get(id=case.id).snapshot["open"]["timers"][0][0]
    now = datetime.now(UTC) + timedelta(seconds=5 + count / 10_000)  # when the rows below are written
    due = dict.fromkeys(ids, now + timedelta(days=9))
    due |= {each: now + timedelta(seconds=rng.random() * seconds) for each in spread}
    due |= dict.fromkeys(at_once, now + timedelta(seconds=seconds + 4))
    for first in range(0, len(ids), 5000):
        models.ProcessTimer.objects.bulk_create(
            models.ProcessTimer(case_id=each, number=number, element="t0", due_at=due[each])
            for each in ids[first : first + 5000]
        )
    late: dict[int, float] = {}
    left = set(chosen)
    while left and datetime.now(UTC) < now + timedelta(seconds=seconds + 120):
        while services.fire_timers(by=platform, at=datetime.now(UTC)):
            fired = set(
                models.ProcessCase.objects.filter(id__in=left, state="completed").values_list("id", flat=True)
            )
            late |= {each: (datetime.now(UTC) - due[each]).total_seconds() for each in fired}
            left -= fired
        time.sleep(2 - time.time() % 2)  # as the worker's schedule does
    return {
        "waiting": count,
        "due": len(chosen),
        "unfired": len(left),
        "lateness_p50": p([late[each] for each in spread if each in late], 50),
        "lateness_p99": p([late[each] for each in spread if each in late], 99),
        "at_one_moment": len(at_once),
        "at_one_moment_p99": p([late[each] for each in at_once if each in late], 99),
    }


FILL_CASES = """
INSERT INTO workflow_processcase (process, definition_id, subject, title_zh, title_en, office, requester, state, problem,
    variables, snapshot, standing, passed, opened_at, closed_at, retry_at, version)
SELECT process, definition_id, 's/' || n, title_zh, title_en, 'o' || (n / 10 %% 500), requester,
    CASE WHEN n %% 10 = 0 THEN 'running' WHEN n %% 9999 = 0 THEN 'failed' ELSE 'completed' END, problem,
    variables, snapshot, standing, passed, opened_at, closed_at, retry_at, 1
FROM workflow_processcase, generate_series(%s, %s) n WHERE id = %s
"""
FILL_TASKS = """
INSERT INTO workflow_processtask (case_id, number, element, title_zh, title_en, instance, office, form, inputs, awaits, pool,
    holder, helpers, paused, opened_at, due_on, due_reason, counted_on, days_left, amber, escalate, warned, is_open,
    closed_at, outcome)
SELECT c.id, t.number, t.element, t.title_zh, t.title_en, NULL, c.office, '', '{}',
    ARRAY['office:' || c.office || ':data_officer'], ARRAY['office:' || c.office || ':data_officer'], NULL, '{}', '',
    t.opened_at, t.due_on + (c.id %% 30)::int, t.due_reason, t.counted_on, 5, 1, '{}', 0, c.state = 'running', NULL, ''
FROM workflow_processcase c, workflow_processtask t WHERE t.case_id = %s AND c.id > %s
"""
A_TIME = 50_000


def fill(pattern: int, begin: int, end: int) -> None:
    """Cases like the pattern, numbered from `begin` on: one in ten open, spread over 500 offices, each with its task."""
    from django.db import connection, transaction

    for first in range(begin, end, A_TIME):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM workflow_processcase")
            ((highest,),) = cursor.fetchall()
            cursor.execute(FILL_CASES, [first, min(first + A_TIME, end) - 1, pattern])
            cursor.execute(FILL_TASKS, [pattern, highest])


def tidy() -> None:
    """What the server does by itself after a while."""
    from django.db import connection

    from shuzhi.node.migrating import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def read_lists(rounds: int = 60) -> dict[str, float]:
    """The inbox of one clerk with its counts, and lists of cases; each read `rounds` times."""
    from shuzhi.support.workflow import queries
    from shuzhi.support.workflow.processes import queries as processes
    from shuzhi.support.workflow.processes.types import CaseState

    officer, _ = people()
    today, inbox, cases = AT.date(), [], []
    for number in range(rounds):
        began = time.perf_counter()
        queries.work(actor=officer, today=today, at=AT, most=50)
        load = queries.work_load(actor=officer, today=today, at=AT)
        inbox.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        processes.cases(office="o1", size=50)
        processes.cases(process="p", size=50)
        processes.cases(subject=f"s/{number + 1}", size=50)
        processes.cases(process="p", state=CaseState.FAILED, size=50)
        processes.cases(office="o1", state=CaseState.RUNNING, size=50)
        cases.append(1000 * (time.perf_counter() - began) / 5)
    return {
        "inbox_holds": load.all,
        "inbox_ms_p50": p(inbox, 50),
        "inbox_ms_p95": p(inbox, 95),
        "case_list_ms_p50": p(cases, 50),
        "case_list_ms_p95": p(cases, 95),
    }


def lists(count: int) -> dict[str, Any]:
    """The inbox of one clerk and the lists of cases, among a tenth of so many cases and among all of them."""
    officer, _ = people()
    install(chain(5), officer)
    pattern, tenth = start(officer).id, count // 10
    fill(pattern, 1, tenth)
    tidy()
    read_lists(5)
    few = read_lists()
    fill(pattern, tenth, count)
    tidy()
    read_lists(5)
    many = read_lists()
    return {
        "cases": count,
        **many,
        "at_a_tenth": few,
        "inbox_ratio": many["inbox_ms_p50"] / few["inbox_ms_p50"],
        "case_list_ratio": many["case_list_ms_p50"] / few["case_list_ms_p50"],
    }


def migration(count: int) -> dict[str, float]:
    """The dry run of a migration of so many running cases, at five places."""
    from shuzhi.support.workflow import models
    from shuzhi.support.workflow.processes import migrating, services

    officer, _ = people()
    install(chain(PLACES), officer)
    models.ProcessCase.objects.filter(process="p").update(process="p-before")
    for place in range(PLACES):
        case = start(officer, place)
        for _ in range(place):
            task = models.ProcessTask.objects.filter(case_id=case.id, is_open=True).values_list(
                "id", flat=True
            )[0]
            services.complete_task(task=task, by=officer, at=AT)
        copies(case.id, count // PLACES - 1)
    install(chain(4), officer)
    began = time.perf_counter()
    report = migrating.plan_migration(process="p")
    return {
        "cases": report.can + report.cannot,
        "can": report.can,
        "cannot": report.cannot,
        "dry_run_seconds": time.perf_counter() - began,
    }


def p(values: list[float], percent: int) -> float:
    """A percentile."""
    if len(values) <= 1:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


LIMITS = (
    ("bpmn", "per_core_second", 100, True),
    ("loop", "per_core_second", 500, True),
    ("timers", "lateness_p99", 5, False),
    ("timers", "at_one_moment_p99", 5, False),
    ("timers", "unfired", 1, False),
    ("lists", "inbox_ms_p95", 200, False),
    ("lists", "case_list_ms_p95", 200, False),
    ("lists", "inbox_ratio", 1.2, False),
    ("lists", "case_list_ratio", 1.2, False),
    ("migration", "dry_run_seconds", 120, False),
)


def measured(given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Everything, told as it comes."""
    found: dict[str, dict[str, Any]] = {}
    for measure in (
        lambda: steps(given.seconds),
        lambda: {"timers": timers(given.timers, given.seconds)},
        lambda: {"migration": migration(given.migrate)},
        lambda: {"lists": lists(given.cases)},
    ):
        for name, figures in measure().items():
            print(name, json.dumps(figures), flush=True)
            found[name] = figures
    return found


def main() -> None:
    """Measure everything and say which limits hold."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--timers", type=int, default=100_000)
    asked.add_argument("--cases", type=int, default=1_000_000)
    asked.add_argument("--migrate", type=int, default=100_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-workflow-", ignore_cleanup_errors=True) as folder:
        begin(Path(folder))
        try:
            found = measured(given)
        finally:
            subprocess.run([sys.executable, "-m", "shuzhi", "stop"], check=False, capture_output=True)
    for name, key, limit, more in LIMITS:
        value = found[name][key]
        holds = value >= limit if more else value < limit
        word = "at least" if more else "below"
        print(f"{'holds' if holds else 'MISSED'}  {name}.{key} = {value:.2f} ({word} {limit})")


if __name__ == "__main__":
    main()
