"""Rules over a whole register (匹配): its records as a Parquet file, decided by one query, read again batch by batch.

What SQL can't say is decided record by record by the same rules. Memory stays flat either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shuzhi.business.benefits.deciding import ANSWER, ELIGIBLE, Decided, decide_together
from shuzhi.business.benefits.money import fen_of
from shuzhi.business.benefits.types import PolicyDeclaration
from shuzhi.data.registers import queries as registers
from shuzhi.support.decisions.dmn.answers import Status
from shuzhi.support.decisions.queries import Rulebook, installed_rules
from shuzhi.support.decisions.replaying.typed import COLUMNS, bare, input_types, typed

CHUNK = 20_000
RECIPIENT, NAME, ACCOUNT, HOLDER = "_recipient", "_name", "_account", "_account_name"
LAST = Decimal(10) ** 20  # where a value of the priority is missing: behind all others


@dataclass(frozen=True)
class Candidate:
    """Somebody whom the rule entitles, with what was known of them."""

    recipient: str
    name: str
    account: str
    account_name: str
    amount: int
    because: str
    facts: dict[str, Any]
    priority: tuple[Decimal, ...]


@dataclass
class Seen:
    """What a matching has seen so far."""

    rows: int = 0
    eligible: int = 0
    unknown: int = 0
    unnamed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def gather(policy: PolicyDeclaration, rules: Rulebook, into: Path) -> int:
    """Write the register's records with a column for each input of the decision; returns how many there are."""
    kinds = input_types(rules, policy.rule.decision)
    who, inputs = policy.who, policy.rule.inputs
    fixed = {RECIPIENT: who.scheme, NAME: who.name, ACCOUNT: who.account, HOLDER: who.account_name}
    columns = fixed | {name: inputs[name] for name in kinds if name in inputs}
    fields = sorted(set(columns.values()))
    place = {name: 1 + fields.index(source) for name, source in columns.items()}
    schema = pa.schema(
        [
            pa.field(name, COLUMNS.get(bare(kinds[name]), pa.string()) if name in kinds else pa.string())
            for name in columns
        ]
    )
    rows = 0
    with pq.ParquetWriter(into, schema) as writer:
        records = registers.golden_values(who.register_, fields)
        while chunk := list(islice(records, CHUNK)):
            turned = list(zip(*chunk, strict=True))
            made = [
                typed(pa.array(turned[place[name]], pa.string()), kinds[name])
                if name in kinds
                else pa.array(turned[place[name]], pa.string())
                for name in columns
            ]
            writer.write_table(pa.table(made, schema=schema))
            rows += len(chunk)
    return rows


def decide(
    policy: PolicyDeclaration, rules: Rulebook, *, table: Path, folder: Path, as_of: date, at: datetime
) -> tuple[Decided, bool]:
    """Ask the decision of every record; and whether it was one query."""
    from shuzhi.support.decisions.sql.errors import RulesNotInSql  # SQL engines: no start waits for them

    try:
        return decide_together([(policy, rules)], table=table, folder=folder, as_of=as_of, at=at)[0], True
    except RulesNotInSql:
        out = folder / "each.parquet"
        _decide_each(policy, rules, table=table, out=out, as_of=as_of, at=at)
        return Decided(0, Counter(), out), False


def candidates(
    policy: PolicyDeclaration, answers: Path, seen: Seen, tell: Callable[[int], None]
) -> Iterator[list[Candidate]]:
    """Those whom the rule entitles, batch by batch; what of the others is counted stands in `seen`."""
    for batch in pq.ParquetFile(answers).iter_batches(CHUNK):
        found = []
        answer = batch.column(ANSWER)
        because = _part(answer, policy.rule.because)
        says = batch.column(ELIGIBLE).to_pylist()
        amounts = _part(answer, policy.rule.amount)
        for index, said in enumerate(says):
            seen.rows += 1
            if said == "unknown" or (said == "yes" and amounts[index] is None):
                seen.unknown += 1
            elif said == "no":
                seen.reasons[str(because[index] or "—")[:200]] += 1
            else:
                one = _candidate(policy, batch, index, amounts[index], str(because[index] or ""))
                if one is None:
                    seen.unnamed += 1
                else:
                    found.append(one)
        seen.eligible += len(found)
        tell(seen.rows)
        yield found


def facts_of(policy: PolicyDeclaration, values: Any) -> dict[str, Any]:
    """A golden record's values under the names of the rule's inputs."""
    return {name: values.get(source) for name, source in policy.rule.inputs.items()}


def amount_of(policy: PolicyDeclaration, yuan: Any) -> int:
    """What a rule's amount comes to: whole fen, at most the cap."""
    return min(fen_of(yuan), fen_of(policy.cap)) if yuan is not None else 0


def priority_of(policy: PolicyDeclaration, facts: dict[str, Any]) -> tuple[Decimal, ...]:
    """The place in the queue: numbers and days as they are, falling ones turned round, missing ones last."""
    return tuple(_rank(facts.get(one.input), falling=one.order == "falling") for one in policy.priority)


def rules_of(policy: PolicyDeclaration) -> Rulebook:
    """The rules in force.

    Raises:
        RulesNotInstalled: no pack declares them.
    """
    return installed_rules(policy.rule.rules)


def _candidate(
    policy: PolicyDeclaration, batch: Any, index: int, yuan: Any, because: str
) -> Candidate | None:
    def cell(name: str) -> str:
        return str(batch.column(name)[index].as_py() or "").strip()

    amount = amount_of(policy, yuan)
    if amount <= 0 or not cell(RECIPIENT):
        return None
    kept = {
        name: batch.column(name)[index].as_py() for name in policy.rule.inputs if name in batch.schema.names
    }
    facts = {name: plain(value) for name, value in kept.items()}
    return Candidate(
        recipient=cell(RECIPIENT), name=cell(NAME) or cell(RECIPIENT), account=cell(ACCOUNT),
        account_name=cell(HOLDER) or cell(NAME), amount=amount, because=because[:500], facts=facts,
        priority=priority_of(policy, kept),
    )  # fmt: skip


def plain(value: Any) -> Any:
    """A fact as JSON keeps it; numbers as texts, so that no digit is lost."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def _rank(value: Any, *, falling: bool) -> Decimal:
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, date):
        value = value.toordinal()
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return LAST
    return -Decimal(value) if falling else Decimal(value)


def _read(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        try:
            return Decimal(text)
        except ArithmeticError:
            return None


def _part(answer: Any, name: str) -> list[Any]:
    """One output of the answers."""
    if not pa.types.is_struct(answer.type):
        return list(answer.to_pylist())
    names = [answer.type.field(at).name for at in range(answer.type.num_fields)]
    return list(answer.field(names.index(name)).to_pylist()) if name in names else [None] * len(answer)


def _decide_each(
    policy: PolicyDeclaration, rules: Rulebook, *, table: Path, out: Path, as_of: date, at: datetime
) -> None:
    """The same answers, one record after the other."""
    told = pa.struct([(policy.rule.amount, pa.decimal128(38, 10)), (policy.rule.because, pa.string())])
    given = pq.ParquetFile(table)
    schema = given.schema_arrow.append(pa.field(ANSWER, told)).append(pa.field(ELIGIBLE, pa.string()))
    unfinished = out.with_name(f".{out.name}.part")
    with pq.ParquetWriter(unfinished, schema) as writer:
        for batch in given.iter_batches(CHUNK):
            made = [_asked(policy, rules, row, as_of, at) for row in batch.to_pylist()]
            answers = pa.array([answer for answer, _ in made], told)
            says = pa.array([said for _, said in made], pa.string())
            writer.write_batch(pa.record_batch([*batch.columns, answers, says], schema=schema))
    unfinished.replace(out)


def _asked(
    policy: PolicyDeclaration, rules: Rulebook, row: dict[str, Any], as_of: date, at: datetime
) -> tuple[dict[str, Any], str]:
    inputs = {name: row[name] for name in policy.rule.inputs if name in row}
    answer = rules.decide(policy.rule.decision, inputs, as_of=as_of, at=at, strict=True)
    if answer.status is not Status.VALUE or not isinstance(answer.value, dict):
        return {policy.rule.amount: None, policy.rule.because: None}, "unknown"
    value = answer.value
    told = {name: value.get(name) for name in (policy.rule.amount, policy.rule.because)}
    told[policy.rule.amount] = (
        None if told[policy.rule.amount] is None else Decimal(str(told[policy.rule.amount]))
    )
    eligible = value.get(policy.rule.eligible)
    return told, "unknown" if eligible is None else "yes" if eligible is True else "no"
