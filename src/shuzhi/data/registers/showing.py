"""A golden record as the command line gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shuzhi.data.registers.policies import policy_of
from shuzhi.data.registers.types import GoldenRecord, RegisterDeclaration
from shuzhi.pillars.security.data_policy import Channel, Reader, decide
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Actor


def shown_record(
    record: GoldenRecord, declared: RegisterDeclaration, *, by: Actor, at: datetime
) -> GoldenRecord | None:
    """The record as the console may see it; None where it is not among the reader's rows."""
    decision = decide(policy_of(declared), Reader(by), Channel.CONSOLE, at)
    if not decision.rows.admits(record.values):
        return None
    seen = decision.row(record.values, key=masking_key())
    label = decision.value(declared.label, record.label, key=masking_key())
    return replace(
        record,
        label=record.id if label is None else str(label),
        values={name: None if value is None else str(value) for name, value in seen.items()},
        provenance={name: origin for name, origin in record.provenance.items() if name in seen},
    )
