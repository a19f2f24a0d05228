"""What scenarios do with the catalog: publish an entry, look at one, harvest another node's."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.data.catalog import models, queries, services
from shuzhi.data.catalog.harvesting import HarvestDeclaration, HarvestReport, harvest_entries
from shuzhi.data.catalog.search import Question, search
from shuzhi.data.catalog.types import Entry
from shuzhi.foundation import lake
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import PUBLIC


class OfDataSet(BaseModel):
    """A data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str


class Sought(BaseModel):
    """Words to look for."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""


class OfThing(BaseModel):
    """A thing by its kind and id: `dataset/x`, `register/y`, `open/z`."""

    model_config = ConfigDict(extra="forbid")

    thing: str


class OfHarvest(BaseModel):
    """A harvest."""

    model_config = ConfigDict(extra="forbid")

    harvest: str


def publish(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """Publish a proposed entry."""
    return _told(services.publish_entry(dataset=said.dataset, by=stage.by, at=stage.at))


def look(said: OfDataSet, stage: Stage) -> dict[str, Any]:
    """An entry as it stands."""
    del stage
    return _told(queries.entry(said.dataset))


def find(said: Sought, stage: Stage) -> dict[str, Any]:
    """What the catalog holds for these words; whoever has not signed in finds what the public may see."""
    question = Question(text=said.text, public=stage.by.name == PUBLIC.name, size=50)
    found = search(question)
    return {"total": found.total, "ids": [row.id for row in found.rows], "facets": found.facets}


def look_at_lineage(said: OfThing, stage: Stage) -> list[dict[str, Any]]:
    """The way of the data to and from a thing, the oldest step first."""
    del stage
    return [
        {"origin": each.origin, "target": each.target, "kind": each.kind}
        for each in queries.lineage(said.thing)
    ]


def harvest(said: OfHarvest, stage: Stage) -> HarvestReport:
    """Make another node's catalog, as it was collected, entries beside our own."""
    row = models.Harvest.objects.get(id=said.harvest)
    declared = HarvestDeclaration.model_validate(row.declared)
    rows = lake.current(declared.dataset).to_pylist()
    return harvest_entries(declaration=declared, rows=rows, by=stage.by, at=stage.at)


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
    Verb(
        "harvest",
        Words(zh="汇聚目录", en="harvest a catalog"),
        OfHarvest,
        harvest,
        names={"harvest": "harvests"},
    ),
    Verb("search catalog", Words(zh="检索目录", en="search the catalog"), Sought, find, looks=True),
    Verb("lineage", Words(zh="查看血缘", en="look at lineage"), OfThing, look_at_lineage, looks=True),
)
