"""Making one golden record of the records that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.linkage.types import Record
from shuzhi.data.registers.types import RegisterField
from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class Golden:
    """The values chosen for one entity, the record each came from, where the sources differ, and why a
    derived value is missing.
    """

    values: dict[str, str | None]
    chosen_from: dict[str, Record]
    differing: dict[str, dict[str, str]]
    missing: dict[str, Words]


def golden_record(
    fields: Sequence[RegisterField], precedence: Mapping[str, tuple[str, ...]], records: Sequence[Record]
) -> Golden:
    """Choose each field's value by the order of precedence (一数一源): the first source that says anything.

    Within one source the record of the latest batch and row speaks.
    """
    golden = Golden({}, {}, {}, {})
    latest = sorted(records, key=lambda record: (record.seq, record.row), reverse=True)
    for field in fields:
        _choose(field, precedence[field.id], latest, golden)
    return golden


def _choose(
    field: RegisterField, precedence: Sequence[str], records: Sequence[Record], golden: Golden
) -> None:
    said: dict[str, Record] = {}
    for record in records:
        if record.values.get(field.id) is not None:
            said.setdefault(record.dataset, record)
    order = [dataset for dataset in precedence if dataset in said]
    golden.values[field.id] = None
    if not order:
        reasons = [record.reasons[field.id] for record in records if field.id in record.reasons]
        if reasons:
            golden.missing[field.id] = reasons[0]
        return
    winner = said[order[0]]
    golden.values[field.id] = winner.values[field.id]
    golden.chosen_from[field.id] = winner
    values = {dataset: str(said[dataset].values[field.id]) for dataset in order}
    if len(values) > 1 and len({comparable(value, field.compare) for value in values.values()}) > 1:
        golden.differing[field.id] = values
