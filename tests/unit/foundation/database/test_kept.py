"""A kept value is made once for a version of its row, and a change is seen by the next reader."""

import pytest
from django.db import transaction

from shuzhi.foundation.database.kept import Kept
from shuzhi.pillars.organization import models, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return []


@pytest.fixture
def kept(made):
    def make(row):
        made.append(row.title_zh)
        return row.title_zh

    return Kept(models.Office, make, most=2)


def office(name, title):
    return models.Office.objects.create(
        id=name, title_zh=title, title_en="", division="330110", tier="district"
    )


def test_it_is_made_once_while_the_row_is_the_same(kept, made):
    office("a", "甲局")

    assert [kept.found("a") for _ in range(3)] == ["甲局"] * 3
    assert made == ["甲局"]
    assert kept.found("b") is None


def test_every_change_is_seen_at_once_and_taken_back_with_its_transaction(kept, made):
    row = office("a", "甲局")
    kept.found("a")
    with transaction.atomic():
        models.Office.objects.filter(id="a").update(title_zh="乙局")
        assert kept.found("a") == "乙局"
        transaction.set_rollback(True)
    assert kept.found("a") == "甲局"

    row.title_zh = "丙局"
    row.save()
    assert kept.found("a") == "丙局"
    row.delete()
    assert kept.found("a") is None
    office("a", "丁局")
    assert kept.found("a") == "丁局"
    assert made == ["甲局", "乙局", "丙局", "丁局"]


def test_no_more_than_so_many_are_kept_and_the_order_is_the_statements(kept, made):
    for name in "abc":
        office(name, name)

    assert kept.some("WHERE id = ANY(%s) ORDER BY id DESC", [["a", "b", "c"]]) == ["c", "b", "a"]
    assert kept.some("ORDER BY id", []) == ["a", "b", "c"]
    assert len(made) > 3


def test_a_room_that_keeps_them_tells_the_new_title():
    office("a", "甲局")
    assert queries.office_title("a").zh == "甲局"

    models.Office.objects.filter(id="a").update(title_zh="乙局")

    assert queries.office_title("a").zh == queries.office_titles()["a"].zh == "乙局"
