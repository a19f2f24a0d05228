"""Finding the leaker (追查泄露): whose mark does a sample of rows carry?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from shuzhi.data.exports import queries
from shuzhi.data.exports.types import Lead
from shuzhi.data.sources.reading.opening import open_table
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.security.watermarks import Marker, mark_key, suspects

MOST_EXPORTS = 2_000
MOST_ROWS = 20_000
SHOWN = 5


def find_leaker(*, sample: Path, by: Actor, at: datetime) -> list[Lead]:
    """The exports that a leaked file may come from, the likeliest first; whatever format the file is in.

    The sample is read, not kept. Some hundred rows with a marked column are enough.

    Raises:
        Forbidden: only the bureau and administrators trace.
        UnreadableFile: the sample is no table.
    """
    policy.require("exports.trace", by=by)
    columns = _columns(sample)
    key = secret(settings().home, "watermark").encode()
    known = {export.id: export for export in queries.exports(most=MOST_EXPORTS)}
    found = suspects(columns, {name: Marker(mark_key(key, name)) for name in known})
    leads = [
        Lead(known[each.export], each.read, each.agreeing, each.probability, each.chance, each.is_found)
        for each in found[:SHOWN]
    ]
    named = [lead.export.id for lead in leads if lead.is_found]
    audit.record(
        "exports.traced", target="exports", by=by, at=at, outcome="found" if named else "none", found=named
    )
    return leads


def _columns(sample: Path) -> list[list[str]]:
    columns: list[list[str]] = []
    with open_table(sample) as reader:
        columns = [[] for _ in reader.columns]
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                break
            for texts, value in zip(columns, row.values, strict=False):
                if value:
                    texts.append(str(value))
    return columns
