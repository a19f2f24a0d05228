"""A job waits once, and whoever asks again keeps its transaction."""

from __future__ import annotations

import pytest
from django.db import connection


def waiting(task):
    with connection.cursor() as cursor:  # fails where the transaction was spoilt
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [task]
        )
        return cursor.fetchone()[0]


def news(dataset):
    return {"dataset": dataset, "batch": "a"}


@pytest.mark.django_db
class TestOnce:
    def test_says_whether_it_was_queued(self):
        from shuzhi.business.benefits.jobs import pay
        from shuzhi.foundation.queueing import defer_once

        task = pay.configure(queueing_lock="tests/once")

        assert [defer_once(task), defer_once(task)] == [True, False]
        assert waiting("benefits.pay") == 1

    def test_batches_of_one_data_set_are_looked_into_once(self):
        from shuzhi.business.classification import jobs

        for dataset in ("one", "one", "another"):
            jobs.on_batch_collected(news(dataset), None)

        assert waiting("classification.classify") == 2

    def test_a_batch_that_waits_is_asked_for_again(self, monkeypatch):
        from types import SimpleNamespace

        from shuzhi.data.sources import jobs

        monkeypatch.setattr(jobs.queries, "batch", lambda batch: SimpleNamespace(dataset="one"))
        for _ in range(2):
            jobs.collect_later("batch-1")

        assert waiting("sources.collect_batch") == 1

    def test_a_case_is_served_once(self):
        from shuzhi.support.workflow import jobs

        for _ in range(2):
            jobs.serve_soon(7)

        assert waiting("workflow.serve") == 1

    def test_the_dispatcher_is_asked_once(self):
        from shuzhi.support.messages import jobs

        for _ in range(2):
            jobs.dispatch_soon()

        assert waiting("messages.dispatch") == 1
