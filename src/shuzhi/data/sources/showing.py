"""A batch's quarantine as one reader gets it: values are kept masked, and the policy decides who reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.policies import policy_of, regraded_since
from shuzhi.data.sources.types import Batch, Page, QuarantinedCell
from shuzhi.pillars.security.data_policy import Channel, Given, Reader, decide
from shuzhi.pillars.security.types import Actor


def shown_cells(page: Page, batch: Batch, *, by: Actor, at: datetime, console: bool = False) -> Page:
    """A page of quarantine with the values that this reader is given; reasons are always there.

    A cell of the row's key is shown where all of the key is. Values masked under another grade or mask than today's
    are left out, and so are all where the reader gets only some rows: an unfit row does not say whose it is.
    """
    schema = catalog.entry(batch.dataset).schema_
    channel = Channel.CONSOLE if console else Channel.QUARANTINE
    decision = decide(policy_of(schema), Reader(by), channel, at)
    regraded = regraded_since(batch.dataset, batch.collected_at or batch.received_at)
    shown = {
        field.id
        for field in schema.fields
        if decision.treatment(field.id).given is not Given.WITHHELD
        and field.id not in regraded
        and decision.rows.whole
    }

    def gated(cell: QuarantinedCell) -> QuarantinedCell:
        allowed = cell.field in shown if cell.field else shown.issuperset(schema.key) and bool(schema.key)
        return cell if allowed else replace(cell, value=None)

    return replace(page, cells=tuple(gated(cell) for cell in page.cells))
