"""Many policies decided in one pass over a register's records (一次扫描): whoever is refused is counted, the others are read on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shuzhi.business.benefits.types import PolicyDeclaration
from shuzhi.support.decisions.queries import Rulebook

ANSWER, ELIGIBLE = "answer", "eligible"
SAID = 200  # characters of a reason


@dataclass(frozen=True)
class Decided:
    """What a policy's rule said: how many rows, the reasons of those refused, and a file of all others."""

    rows: int
    reasons: Counter[str]
    others: Path


def decide_together(
    asked: Sequence[tuple[PolicyDeclaration, Rulebook]],
    *,
    table: Path,
    folder: Path,
    as_of: date,
    at: datetime,
) -> list[Decided]:
    """Ask every policy of every record.

    Raises:
        RulesNotInSql: one of them can't be asked so.
    """
    from shuzhi.support.decisions.sql.query import Asked  # SQL engines: no start waits for them
    from shuzhi.support.decisions.sql.running import opened
    from shuzhi.support.decisions.sql.together import decided_together

    books = [(rules, policy.rule.decision, policy.rule.eligible) for policy, rules in asked]
    with opened() as engine:
        given = engine.read_parquet(table)
        own = tuple(given.columns)
        parts = []
        for number, query in enumerate(decided_together(books, given, Asked(as_of=as_of, at=at), keep=own)):
            parts.append(folder / f"decided-{number}.parquet")
            engine.to_parquet(query, parts[-1])
        wide = [engine.read_parquet(part) for part in parts]
        return [_told(engine, wide, policy, number, own, folder) for number, (policy, _) in enumerate(asked)]


def _told(  # noqa: PLR0917 - one call, in the order of the sentence
    engine: Any,
    wide: Sequence[Any],
    policy: PolicyDeclaration,
    number: int,
    own: tuple[str, ...],
    folder: Path,
) -> Decided:
    import ibis

    columns = {ANSWER: f"{number}_{ANSWER}", ELIGIBLE: f"{number}_{ELIGIBLE}"}
    narrow = [each.select(*own, **{name: each[column] for name, column in columns.items()}) for each in wide]
    rows = narrow[0] if len(narrow) == 1 else ibis.union(*narrow)
    others = folder / f"others-{number}.parquet"
    engine.to_parquet(rows.filter(rows[ELIGIBLE] != "no"), others)
    refused = rows.filter(rows[ELIGIBLE] == "no")
    named = policy.rule.because in getattr(rows[ANSWER].type(), "names", ())
    because = refused[ANSWER][policy.rule.because] if named else ibis.null("string")
    counted = refused.group_by(because=because.cast("string")).agg(n=refused.count()).to_pyarrow().to_pylist()
    reasons: Counter[str] = Counter()
    for each in counted:
        reasons[str(each["because"] or "—")[:SAID]] += int(each["n"])
    return Decided(int(rows.count().execute()), reasons, others)
