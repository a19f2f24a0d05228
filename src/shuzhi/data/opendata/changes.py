"""What changed in the open catalog (变更): releases made and withdrawn, entries newly published; newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import models
from shuzhi.foundation.words import Words

MOST = 100


class Kind(StrEnum):
    """What happened to a data set."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    LISTED = "listed"


TITLES = {
    Kind.RELEASED: Words(zh="发布了第 {n} 版，{rows} 行", en="release {n}, {rows} rows"),
    Kind.WITHDRAWN: Words(zh="第 {n} 版已撤回", en="release {n} withdrawn"),
    Kind.LISTED: Words(zh="列入开放目录", en="listed in the open catalog"),
}


@dataclass(frozen=True)
class Change:
    """One thing that happened to one data set."""

    kind: Kind
    dataset: str
    title: Words
    owner: str
    at: datetime
    number: int = 0
    rows: int = 0

    @property
    def says(self) -> Words:
        """What happened, in words."""
        said = TITLES[self.kind]
        facts = {"n": self.number, "rows": f"{self.rows:,}"}
        return Words(zh=said.zh.format(**facts), en=said.en.format(**facts))


def changes(
    *, question: Question | None = None, datasets: Iterable[str] | None = None, since: datetime | None = None
) -> list[Change]:
    """The latest changes of what the public may know of; of the given data sets, or of what a question finds."""
    found = search.matching(question or Question(public=True)).filter(search.visible_to_public())
    if datasets is not None:
        found = found.filter(id__in=list(datasets))
    facts = ("id", "owner", "proposed_at", "published_at")
    newest = found.order_by("-modified_at").values_list(*facts)[:MOST]
    listed = {row[0]: row for row in newest}
    named = catalog.titles(listed)
    every = [*_listed(listed, named), *_released(listed, named)]
    fresh = [change for change in every if since is None or change.at > since]
    return sorted(fresh, key=lambda change: (change.at, change.dataset, change.kind), reverse=True)[:MOST]


def _listed(
    listed: dict[str, tuple[str, str, datetime, datetime | None]], named: dict[str, Words]
) -> Iterator[Change]:
    for dataset, owner, proposed_at, published_at in listed.values():
        yield Change(Kind.LISTED, dataset, named[dataset], owner, published_at or proposed_at)


def _released(
    listed: dict[str, tuple[str, str, datetime, datetime | None]], named: dict[str, Words]
) -> Iterator[Change]:
    # Read from the oldest: a release that ends when its successor begins was replaced, not withdrawn.
    rows = models.Release.objects.filter(dataset__in=list(listed)).order_by("dataset", "number")
    facts = list(rows.values_list("dataset", "number", "rows", "released_at", "withdrawn_at"))
    begun = {(dataset, at) for dataset, _, _, at, _ in facts}
    for dataset, number, count, released_at, withdrawn_at in facts:
        title, owner = named[dataset], listed[dataset][1]
        yield Change(Kind.RELEASED, dataset, title, owner, released_at, number, count)
        if withdrawn_at is not None and (dataset, withdrawn_at) not in begun:
            yield Change(Kind.WITHDRAWN, dataset, title, owner, withdrawn_at, number, count)
