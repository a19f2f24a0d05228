"""Another city's catalog as entries beside our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shuzhi.data.catalog import harvesting, queries, search
from shuzhi.data.catalog.harvesting import HarvestDeclaration
from shuzhi.data.catalog.search import Question
from shuzhi.data.catalog.types import Access, Status
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, tzinfo=UTC)
BUREAU = Actor(name="account/zhou", office="data-bureau", roles=frozenset({Role.BUREAU}))
DECLARATION = HarvestDeclaration.model_validate(
    {
        "harvest": "there",
        "dataset": "their-catalog",
        "node": "elsewhere",
        "title": {"zh": "别的城市", "en": "Another city"},
        "source": {"zh": "收割自别处", "en": "Harvested elsewhere"},
        "tier": "city",
        "update": "irregular",
        "columns": {
            "id": "slug",
            "title": "title",
            "publisher": "org",
            "licence": "licence",
            "theme": "kind",
            "formats": "formats",
            "opening": "class",
            "tags": ["kind"],
        },
        "themes": {"交通": "transport"},
        "theme": "city",
        "openings": {"开放": "unconditional"},
        "opening": "conditional",
        "licences": {"署名": "CC-BY-4.0"},
        "formats": {"msf": "none"},
    }
)
ROWS = [
    {
        "slug": "AQI",
        "title": "空气质量",
        "org": "环保局",
        "licence": "署名",
        "kind": "其他、交通",
        "formats": "CSV、msf；Xls\t",
        "class": "开放",
    },
    {"slug": "bus", "title": "公交", "org": None, "kind": ""},
    {"slug": "", "title": "没有编号"},
    {"slug": "x", "title": None},
]


def harvest(rows=ROWS, by=BUREAU):
    return harvesting.harvest_entries(declaration=DECLARATION, rows=rows, by=by, at=AT)


class TestHarvest:
    def test_maps_what_the_pack_declares(self):
        report = harvest()
        entry = queries.entry("elsewhere-aqi")

        assert (report.entries, report.changed, report.unreadable) == (2, 2, 2)
        assert (entry.title.zh, entry.theme, entry.opening) == ("空气质量", "transport", Access.UNCONDITIONAL)
        assert (entry.publisher, entry.node, entry.schema_.licence) == ("环保局", "elsewhere", "CC-BY-4.0")
        assert (entry.formats, entry.status) == (("csv", "xls"), Status.PUBLISHED)
        assert queries.entry("elsewhere-bus").opening is Access.CONDITIONAL

    def test_the_same_rows_change_nothing(self):
        harvest()
        assert harvest().changed == 0
        assert queries.entry("elsewhere-aqi").version == 1

    def test_what_is_gone_there_is_withdrawn_here_and_may_come_back(self):
        harvest()
        assert harvest(ROWS[:1]).withdrawn == 1
        assert queries.entry("elsewhere-bus").status is Status.WITHDRAWN
        harvest()
        assert queries.entry("elsewhere-bus").status is Status.PUBLISHED

    def test_only_the_bureau_harvests(self):
        with pytest.raises(Forbidden):
            harvest(by=Actor(name="account/x", office="elsewhere", roles=frozenset({Role.DATA_OFFICER})))


class TestSearch:
    def test_counts_facets_once_and_pages_exactly(self):
        harvest()
        answer = search.search(Question(public=True, size=1, page=2, facets=("formats", "theme")))

        assert (answer.total, [row.id for row in answer.rows]) == (2, ["elsewhere-aqi"])
        assert answer.facets == {"formats": {"csv": 1, "xls": 1}, "theme": {"city": 1, "transport": 1}}

    @pytest.mark.parametrize("text", ["AQI", "aqi", "空气", "空气 交通", "收割"])
    def test_finds_words_however_written(self, text):
        harvest()
        assert "elsewhere-aqi" in [row.id for row in search.search(Question(text=text)).rows]

    @pytest.mark.parametrize("text", ["\x00", "\ud800", "%", "'; --", "_____"])
    def test_finds_nothing_for_what_stands_nowhere(self, text):
        harvest()
        assert search.search(Question(text=text, filters={"owner": "\x00"})).total == 0

    def test_an_empty_catalog_has_no_facets(self):
        answer = search.search(Question(text="nichts", facets=("owner",)))
        assert (answer.rows, answer.total, answer.facets) == ([], 0, {"owner": {}})
