"""Finding records, and lists that ask the database the same number of times however long they are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.unit.data.registers.world import ONE, TAXED_ONE, TWO

from shuzhi.data.registers import queries
from shuzhi.data.registers.errors import NoSuchEntity, NoSuchRegister, NoSuchScheme


@pytest.fixture
def built(city):
    city.publish()
    city.send("firms", ONE, TWO)
    city.send("taxes", TAXED_ONE, *(f"T{number:04},丙{number}公司,B,,\n" for number in range(45)))
    city.build()
    return city


def labels(page):
    return [record.label for record in page.records]


class TestFind:
    def test_an_identifier_is_compared_as_declared(self, built):
        assert queries.find(built.register, "uscc", " 91330182843963542r ").label == "甲公司"

    def test_nobody_of_that_name(self, built):
        assert queries.find(built.register, "uscc", "") is None

    def test_what_does_not_identify_is_refused(self, built):
        with pytest.raises(NoSuchScheme):
            queries.find(built.register, "name", "甲公司")

    def test_what_is_not_there_is_refused(self, built):
        with pytest.raises(NoSuchEntity):
            queries.record(built.register, "nobody")
        with pytest.raises(NoSuchRegister):
            queries.declaration("nothing")


class TestSearch:
    def test_by_a_part_of_the_label(self, built):
        assert labels(queries.search(built.register, "甲")) == ["甲公司"]

    def test_by_an_identifier(self, built):
        assert labels(queries.search(built.register, "９133010014304617xg")) == ["乙公司"]

    def test_wildcards_are_plain_characters(self, built):
        assert queries.search(built.register, "%").total == 0

    def test_pages_hold_every_record_once(self, built):
        pages = [queries.search(built.register, page=page) for page in (1, 2, 3)]

        assert [page.total for page in pages] == [47, 47, 47]
        assert len({label for page in pages for label in labels(page)}) == 47
        assert labels(queries.search(built.register, page=0)) == labels(pages[0])
        assert labels(queries.search(built.register, page=99)) == []

    def test_chinese_comes_by_its_pinyin(self, built):
        found = labels(queries.search(built.register, size=50))

        assert found.index("丙0公司") < found.index("甲公司") < found.index("乙公司")


def test_figures_by_field(built):
    assert queries.count_by(built.register, "credit") == {"A": 1, "B": 45, None: 1}
    assert queries.members(queries.find(built.register, "uscc", "T0000").id) == [
        f"{built.dataset('taxes')}#T0000"
    ]
    assert {built.dataset("firms"), built.dataset("taxes")} <= queries.demanded_datasets()
    (summary,) = [one for one in queries.registers() if one.declaration.id == built.register]
    assert summary.report["entities"] == 47


@pytest.mark.parametrize("size", [1, 40])
def test_lists_ask_a_fixed_number_of_times(built, size):
    with CaptureQueriesContext(connection) as search:
        queries.search(built.register, size=size)
    with CaptureQueriesContext(connection) as conflicts:
        queries.conflicts(built.register, size=size)

    assert (len(search), len(conflicts)) == (2, 2)
