"""A whole table decided (批量决策): Parquet in, Parquet out, streamed within a limit of memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis

from shuzhi.support.decisions.dmn.rulebook import Rulebook
from shuzhi.support.decisions.sql.query import ELIGIBLE, Asked, compile_decision

MEMORY = "2GB"


@dataclass(frozen=True)
class Batch:
    """What was done: how many rows, and of eligibility how many of each answer."""

    rows: int
    eligible: dict[str, int]
    inputs: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """As JSON."""
        return {"rows": self.rows, "eligible": self.eligible, "inputs": list(self.inputs)}


@contextmanager
def opened(*, memory: str = MEMORY, threads: int | None = None) -> Iterator[Any]:
    """DuckDB in memory, which puts aside what is more than the limit; all times are UTC."""
    with tempfile.TemporaryDirectory(prefix="shuzhi-rules-") as aside:
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": aside}
        if threads:
            settings["threads"] = threads
        engine = ibis.duckdb.connect(**settings, preserve_insertion_order=False)
        engine.raw_sql("SET TimeZone = 'UTC'")
        try:
            yield engine
        finally:
            engine.disconnect()


def decide_table(
    rules: Rulebook,
    decision: str,
    *,
    table: Path,
    out: Path,
    asked: Asked | None = None,
    memory: str = MEMORY,
) -> Batch:
    """Decide every row of a Parquet file; the answer's columns are written after the row's own.

    `out` appears whole or not at all.

    Raises:
        RulesNotInSql: something in the decision has no meaning in SQL, or a column is missing.
    """
    asked = asked or Asked()
    unfinished = out.with_name(f".{out.name}.part")
    with opened(memory=memory) as engine:
        given = engine.read_parquet(table)
        compiled = compile_decision(rules, decision, given, asked)
        try:
            engine.to_parquet(compiled.over(given), unfinished)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
        made = engine.read_parquet(out)
        return Batch(int(made.count().execute()), _counts(made, asked), compiled.inputs)


def _counts(made: Any, asked: Asked) -> dict[str, int]:
    if not asked.eligibility:
        return {}
    found = made.group_by(ELIGIBLE).agg(rows=made.count()).to_pyarrow().to_pylist()
    counts = {each[ELIGIBLE]: int(each["rows"]) for each in found}
    return {answer: counts.get(answer, 0) for answer in ("yes", "no", "unknown")}
