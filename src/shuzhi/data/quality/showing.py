"""A check as one reader gets it: samples are kept masked, and the data set's policy decides who reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.policies import policy_of, regraded_since
from shuzhi.data.quality.types import CheckRun, SampleRow
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.data_policy import Channel, Given, Reader, decide
from shuzhi.pillars.security.types import Actor


def may_see_samples(run: CheckRun, *, by: Actor) -> bool:
    """Whether the reader is one who mends the data: sample rows are for nobody else."""
    return policy.allows("quality.check", by=by, office=run.office)


def shown_run(run: CheckRun, *, by: Actor, at: datetime) -> CheckRun:
    """The check with the sample values that this reader is given, and no others.

    A value that was masked under another grade or mask than today's is left out, and so are all where the reader
    gets only some rows: a sample does not say whose rows it holds.
    """
    if not may_see_samples(run, by=by):
        return replace(run, results=tuple(replace(result, samples=()) for result in run.results))
    schema = catalog.entry(run.dataset).schema_
    decision = decide(policy_of(schema), Reader(by), Channel.SAMPLE, at)
    regraded = regraded_since(run.dataset, run.at)
    hidden = {
        field.id
        for field in schema.fields
        if decision.treatment(field.id).given is Given.WITHHELD
        or field.id in regraded
        or not decision.rows.whole
    }
    known = {field.id for field in schema.fields}

    def gated(sample: SampleRow) -> SampleRow:
        return replace(
            sample,
            values={n: v if n in known and n not in hidden else None for n, v in sample.values.items()},
        )

    results = (replace(each, samples=tuple(gated(sample) for sample in each.samples)) for each in run.results)
    return replace(run, results=tuple(results))
