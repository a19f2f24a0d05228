"""While a batch is collected, whoever looks from outside sees how far it is; afterwards the receipt says it all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shuzhi.data.sources import models, progress, queries, services
from shuzhi.data.sources.types import Status, Step

HEADER = "企业名称,统一社会信用代码,注册日期,注册资金,联系电话\n"
GOOD = "甲公司,91330182843963542R,1980-01-01,534(万元人民币),13800001111\n"
BAD = "乙公司,不是代码,1980-01-21,N/A,\n"


def seen_from_outside(batch):
    """What another connection reads now."""

    def read():
        from django.db import connection

        try:
            return queries.progress([batch]).get(batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(read).result()


@pytest.fixture
def outside_sender(tmp_path, transactional_db):
    from tests.unit.data.sources.sending import make_sender

    return make_sender(tmp_path)


def test_figures_are_seen_before_the_batch_is_done(outside_sender, monkeypatch):
    from tests.unit.data.sources.sending import AT, OFFICER

    monkeypatch.setattr(progress, "SECONDS_APART", 0)
    batch = outside_sender.receive(HEADER + GOOD * 3 + BAD * 2, declared_rows=5)
    seen = {}

    def look(step):
        seen[step] = seen_from_outside(batch.id)

    services.collect_batch(batch=batch.id, by=OFFICER, at=AT, checkpoint=look)

    assert seen["begun"] is None
    assert (seen["staged"].step, seen["staged"].expected) == (Step.READING, 5)
    assert (seen["judged"].step, seen["judged"].read, seen["judged"].quarantined) == (Step.JUDGING, 5, 2)
    assert (seen["appended"].step, seen["appended"].accepted, seen["appended"].duplicates) == (
        Step.WRITING,
        1,
        2,
    )
    assert seen["appended"].written == 1
    assert seen_from_outside(batch.id) is None
    assert queries.batch(batch.id).balances


def test_rows_are_counted_while_they_are_read(sender, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_APART", 0)
    batch = sender.receive(HEADER + GOOD)
    meter = progress.Meter(batch.id)

    rows = meter.counted(range(2 * progress.ROWS_APART))
    read = [queries.progress([batch.id])[batch.id].read for row in rows if row % progress.ROWS_APART == 0]
    assert read == [0, progress.ROWS_APART]


def test_figures_are_written_at_most_twice_a_second(sender, django_assert_num_queries):
    batch = sender.receive(HEADER + GOOD)
    meter = progress.Meter(batch.id)
    with django_assert_num_queries(0):
        for _ in meter.counted(range(5 * progress.ROWS_APART)):
            pass


def test_a_refused_batch_leaves_no_figures_behind(sender):
    batch = sender.send(HEADER + GOOD, declared_rows=7)
    assert batch.status is Status.FAILED
    assert not models.Progress.objects.exists()


def test_a_batch_that_broke_off_begins_its_figures_anew(sender):
    batch = sender.receive(HEADER + GOOD)
    progress.Meter(batch.id).enter(Step.WRITING, accepted=9)
    progress.Meter(batch.id)
    found = queries.progress([batch.id])[batch.id]
    assert (found.step, found.accepted) == (Step.READING, 0)


def test_a_figure_that_cannot_be_written_does_not_stop_the_work(outside_sender, monkeypatch):
    from django.db import DatabaseError
    from tests.unit.data.sources.sending import AT, OFFICER

    def refuse(*_args, **_kwargs):
        raise DatabaseError

    batch = outside_sender.receive(HEADER + GOOD)
    monkeypatch.setattr(progress.models.Progress.objects, "update_or_create", refuse)
    assert services.collect_batch(batch=batch.id, by=OFFICER, at=AT).status is Status.COLLECTED
