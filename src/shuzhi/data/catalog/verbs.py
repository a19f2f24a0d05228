"""What scenarios do with the catalog: publish an entry, look at one, harvest another node's."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.data.catalog import queries, services
from shuzhi.data.catalog.types import Entry
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfDataSet(BaseModel):
    """A data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str


def publish(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """Publish a proposed entry."""
    return _told(services.publish_entry(dataset=said.dataset, by=stage.by, at=stage.at))


def look(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """An entry as it stands."""
    del stage
    return _told(queries.entry(said.dataset))


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "status": entry.status,
        "owner": entry.owner,
        "version": entry.version,
        "title": entry.title,
        "fields": [field.id for field in entry.schema_.fields],
    }


NAMES = {"dataset": "datasets"}
VERBS = (
    Verb(
        "publish entry", Words(zh="发布目录", en="publish a catalog entry"), OfDataSet, publish, names=NAMES
    ),
    Verb(
        "entry", Words(zh="查看目录", en="look at a catalog entry"), OfDataSet, look, looks=True, names=NAMES
    ),
)
