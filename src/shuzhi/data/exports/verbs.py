"""What scenarios do with exports: take one, and find out whose file was leaked."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.exports import queries, services
from shuzhi.data.exports.errors import NothingToExport
from shuzhi.data.exports.tracing import find_leaker
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words

FIRST = 5


class Exporting(BaseModel):
    """What is taken out, in which form, for what and on which law."""

    model_config = ConfigDict(extra="forbid")

    dataset: str
    form: str = "csv"
    purpose: str
    basis: str


class Leaked(BaseModel):
    """The last export's rows from one number to another, as if somebody had passed them on."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(default=1, ge=1)
    last: int = Field(default=1_000_000, ge=1)


class OfDataSet(BaseModel):
    """A data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str


def take_out(said: Exporting, stage: Stage) -> dict[str, Any]:
    """Take a data set's rows out as the step's actor may have them; `sample` holds the first rows."""
    folder = stage.write("export", b"").parent
    made, file = services.export_dataset(
        dataset=said.dataset, form=said.form, purpose=said.purpose, basis=said.basis, folder=folder,
        by=stage.by, at=stage.at,
    )  # fmt: skip
    told = {name: getattr(made, name) for name in ("id", "rows", "clear", "masked", "withheld", "marked")}
    return {**told, "file": str(file), "sample": _rows(file)[:FIRST] if said.form == "csv" else []}


def trace(said: Leaked, stage: Stage) -> list[dict[str, Any]]:
    """Whose export the leaked rows come from, the likeliest first."""
    last = stage.latest("export data")
    if last is None:
        raise NothingToExport(dataset="—")
    lines = Path(last["file"]).read_bytes().splitlines(keepends=True)
    sample = stage.write("leaked.csv", b"".join([lines[0], *lines[said.first : said.last + 1]]))
    found = find_leaker(sample=sample, by=stage.by, at=stage.at)
    return [
        {
            "export": lead.export.id,
            "receiver": lead.export.receiver,
            "office": lead.export.office,
            "found": lead.is_found,
        }
        for lead in found
    ]


def look(said: OfDataSet, stage: Stage) -> list[Any]:
    """What was taken out of a data set, the newest first."""
    del stage
    return list(queries.exports(dataset=said.dataset))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


NAMES = {"dataset": "datasets"}
VERBS = (
    Verb("export data", Words(zh="导出数据", en="take data out"), Exporting, take_out, names=NAMES),
    Verb("trace leak", Words(zh="追查泄露", en="find who leaked"), Leaked, trace),
    Verb("exports", Words(zh="查看导出", en="look at exports"), OfDataSet, look, looks=True, names=NAMES),
)
