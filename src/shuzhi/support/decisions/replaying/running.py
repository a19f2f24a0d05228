"""One replay, from the order to the result: the job's work."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.decisions import models
from shuzhi.support.decisions.queries import Rulebook, installed_rules, read_rulebook
from shuzhi.support.decisions.replaying.populations import IDENTITY, rows_of
from shuzhi.support.decisions.types import ReplayOrder, ReplayState

if TYPE_CHECKING:
    from shuzhi.support.decisions.sql.whatif import Comparison

LISTED = 50


def run_replay(*, number: int, at: datetime) -> ReplayState:
    """Gather the rows, ask both versions, keep what came of it; a refusal is kept with its reason. Safe to repeat."""
    row = models.Replay.objects.get(id=number)
    if row.state == ReplayState.DONE:
        return ReplayState.DONE
    by = actor_of(row.by)
    try:
        _keep(row, state=ReplayState.PREPARING)
        result = _replayed(row, order_of(row.asked), by, at)
        _keep(row, state=ReplayState.DONE, result=result, done_at=at, problem=None)
    except PlatformError as error:
        problem = {"zh": error.message_zh, "en": str(error)}
        _keep(row, state=ReplayState.FAILED, problem=problem, done_at=at)
    facts = {"population": row.asked["population"], "rows": row.rows, "state": str(row.state)}
    audit.record("decisions.replayed", target=f"rules/{row.rules}", by=by, at=at, replay=row.id, **facts)
    return ReplayState(row.state)


def _replayed(row: models.Replay, order: ReplayOrder, by: Actor, at: datetime) -> dict[str, Any]:
    from shuzhi.support.decisions.sql.whatif import (
        Question,
        compare_rules,
    )  # SQL engines: no start waits for them

    old = installed_rules(row.rules)
    new = changed_rules(row, order, old)
    found = rows_of(order, new, by=by, at=at)
    _keep(row, state=ReplayState.DECIDING, rows=found.table.num_rows)
    with tempfile.TemporaryDirectory(prefix="shuzhi-replay-") as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(found.table, path)
        question = Question(
            order.decision,
            order.old_day,
            order.new_day,
            output=order.output,
            cost=order.cost,
            identity=IDENTITY,
            most=LISTED,
        )
        compared = compare_rules(old, new, question, table=path)
    return _shown(compared, found.shown)


def changed_rules(row: models.Replay, order: ReplayOrder, old: Rulebook) -> Rulebook:
    """The other version: the uploaded file, an installed version, or the same rules on another day."""
    if row.changed:
        return read_rulebook([(row.file_name, bytes(row.changed))], beside=_beside(row.rules)).sound()
    return installed_rules(row.rules, digest=order.digest) if order.digest else old


def _beside(rules: str) -> list[tuple[str, bytes]]:
    """The files that the rules in force import: a changed file imports them too."""
    from shuzhi.support.decisions.queries import files_of

    return files_of(rules)[1:]


def _shown(compared: Comparison, shown: Any) -> dict[str, Any]:
    made = compared.as_dict()
    changes: Any = made["changes"]
    made["changes"] = [{**each, "id": shown(each["id"])} for each in changes]
    return made


def _keep(row: models.Replay, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))


def written(order: ReplayOrder) -> dict[str, Any]:
    """An order as JSON."""
    facts = asdict(order)
    return facts | {"old_day": order.old_day.isoformat(), "new_day": order.new_day.isoformat()}


def order_of(asked: Mapping[str, Any]) -> ReplayOrder:
    """The order that was written."""
    days = {name: date.fromisoformat(asked[name]) for name in ("old_day", "new_day")}
    return ReplayOrder(**{**asked, **days})


def actor_of(by: Mapping[str, Any]) -> Actor:
    """Whoever asked, with the rights of then."""
    roles = frozenset(Role(each) for each in by["roles"])
    return Actor(
        name=by["name"], title=by["title"], office=by["office"], division=by["division"], roles=roles
    )


def words_of(problem: Mapping[str, str] | None) -> Words | None:
    """A kept problem in both languages."""
    return Words(zh=problem["zh"], en=problem["en"]) if problem else None
