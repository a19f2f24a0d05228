"""What scenarios do with open data: open a data set, withdraw it, look at a release."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfDataSet(BaseModel):
    """A data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str


class Withdrawal(OfDataSet):
    """A data set, and why it is open no longer."""

    reason: str


def open_data(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """Open a data set to everybody."""
    return _told(services.open_dataset(dataset=said.dataset, by=stage.by, at=stage.at))


def withdraw(said: Withdrawal, stage: Stage) -> dict[str, Any]:
    """Take a release back."""
    services.withdraw_release(dataset=said.dataset, by=stage.by, at=stage.at, reason=said.reason)
    return {"dataset": said.dataset}


def look(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """What is open of a data set."""
    del stage
    return _told(queries.release(said.dataset))


def _told(release: Release) -> dict[str, Any]:
    return {
        "dataset": release.dataset,
        "number": release.number,
        "rows": release.rows,
        "columns": [column.id for column in release.columns],
        "masked": list(release.masked),
        "formats": [file.format for file in release.files],
    }


NAMES = {"dataset": "datasets"}
VERBS = (
    Verb("open data", Words(zh="开放数据", en="open a data set"), OfDataSet, open_data, names=NAMES),
    Verb("withdraw data", Words(zh="撤回开放", en="withdraw a release"), Withdrawal, withdraw, names=NAMES),
    Verb(
        "release", Words(zh="查看开放数据", en="look at a release"), OfDataSet, look, looks=True, names=NAMES
    ),
)
