"""News is published with the act that makes it true, and delivered at least once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SomethingHappened:
    name: str
    on: date = date(2026, 3, 2)


@pytest.fixture
def outbox(transactional_db, monkeypatch):
    """The outbox with nobody subscribed but those of the test, and no worker to ask."""
    from shuzhi.foundation.outbox import asking, models, services

    monkeypatch.setattr(services, "_subscribers", {})
    asking.forget()
    models.Message.objects.all().delete()
    return services


@pytest.fixture
def heard(outbox):
    names = []
    outbox.subscribe(SomethingHappened, lambda event, at: names.append(event["name"]))
    return names


def publish(outbox, *names):
    from django.db import transaction

    with transaction.atomic():
        for name in names:
            outbox.publish(SomethingHappened(name), at=AT)


class TestPublishing:
    def test_what_is_rolled_back_was_never_news(self, outbox, heard):
        from django.db import transaction

        with transaction.atomic():
            outbox.publish(SomethingHappened("x"), at=AT)
            transaction.set_rollback(True)

        assert outbox.deliver_waiting(at=AT) == 0
        assert heard == []

    def test_days_and_times_travel_as_text(self, outbox):
        events = []
        outbox.subscribe(SomethingHappened, lambda event, at: events.append(event))
        publish(outbox, "x")
        outbox.deliver_waiting(at=AT)

        assert events == [{"name": "x", "on": "2026-03-02"}]

    def test_the_worker_is_asked_once_the_transaction_has_committed(self, outbox):
        from procrastinate.contrib.django.models import ProcrastinateJob

        publish(outbox, "x", "y")

        assert ProcrastinateJob.objects.filter(task_name="outbox.deliver", status="todo").count() == 1

    def test_the_worker_is_not_asked_for_each_of_many(self, outbox, monkeypatch):
        from shuzhi.foundation.outbox import asking

        asked, moments = [], iter([100.0, 100.01, 100.049, 100.06])
        monkeypatch.setattr(asking, "_defer", lambda: asked.append(1))
        monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: next(moments)))
        for name in "abcd":
            publish(outbox, name)

        assert len(asked) == 2
        assert asking.HEARD_FOR > asking.ASKED_FOR

    def test_an_asking_that_failed_was_none(self, outbox, monkeypatch):
        from shuzhi.foundation.outbox import asking

        asked = []

        def fails():
            asked.append(1)
            raise OSError

        monkeypatch.setattr(asking, "_defer", fails)
        publish(outbox, "a")
        publish(outbox, "b")

        assert len(asked) == 2

    def test_the_relay_takes_what_came_while_nobody_asked(self, outbox, heard, monkeypatch):
        from shuzhi.foundation.outbox import asking, jobs

        monkeypatch.setattr(jobs, "now", lambda: AT)
        monkeypatch.setattr(jobs, "time", SimpleNamespace(sleep=lambda s: publish(outbox, f"after {s} s")))
        publish(outbox, "a")

        assert jobs.deliver() == 2
        assert heard == ["a", f"after {asking.HEARD_FOR} s"]


def test_asking_twice_leaves_a_running_transaction_whole(db):
    from shuzhi.foundation.outbox import jobs

    jobs.deliver_soon()
    jobs.deliver_soon()  # the worker has been asked already: refused by the database

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


class TestDelivering:
    def test_in_their_order_and_no_more_than_asked(self, outbox, heard):
        publish(outbox, "a", "b", "c")

        assert outbox.deliver_waiting(at=AT, most=2) == 2
        assert heard == ["a", "b"]
        assert (outbox.deliver_waiting(at=AT), outbox.deliver_waiting(at=AT)) == (1, 0)

    def test_every_subscriber_hears(self, outbox, heard):
        outbox.subscribe(SomethingHappened, lambda event, at: heard.append(event["name"].upper()))
        publish(outbox, "a")
        outbox.deliver_waiting(at=AT)

        assert heard == ["a", "A"]

    def test_an_event_without_subscribers_is_done(self, outbox):
        publish(outbox, "a")

        assert outbox.deliver_waiting(at=AT) == 1

    def test_what_a_failing_subscriber_wrote_is_undone_and_tried_again(self, outbox):
        from shuzhi.foundation.outbox import models

        def writes_and_fails(event, at):
            models.Message.objects.create(event="Written", payload={}, at=at)
            message = "not today"
            raise RuntimeError(message)

        outbox.subscribe(SomethingHappened, writes_and_fails)
        publish(outbox, "a")

        assert outbox.deliver_waiting(at=AT) == 0
        (row,) = models.Message.objects.all()
        assert (row.event, row.attempts) == ("SomethingHappened", 1)
        assert row.last_error == "RuntimeError: not today"


class TestPoison:
    @pytest.fixture
    def poisoned(self, outbox):
        names = []

        def fails(event, at):
            if event["name"] == "poison":
                message = "always"
                raise RuntimeError(message)
            names.append(event["name"])

        outbox.subscribe(SomethingHappened, fails)
        publish(outbox, "poison", "b")
        return names

    def test_the_others_go_on(self, outbox, poisoned):
        assert outbox.deliver_waiting(at=AT) == 1
        assert poisoned == ["b"]

    def test_it_waits_longer_each_time_then_is_a_dead_letter(self, outbox, poisoned):
        from shuzhi.foundation.outbox import models, queries

        at, waits = AT, []
        for _ in range(outbox.MOST_ATTEMPTS):
            outbox.deliver_waiting(at=at)
            row = models.Message.objects.get(payload__name="poison")
            waits.append((row.not_before - at).total_seconds())
            outbox.deliver_waiting(at=row.not_before - timedelta(milliseconds=1))  # too soon: not tried
            at = row.not_before

        assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
        (letter,) = queries.dead_letters()
        assert (letter.event, letter.payload["name"]) == ("SomethingHappened", "poison")
        assert queries.undelivered() == {"waiting": 0, "dead": 1}
        assert outbox.deliver_waiting(at=at + timedelta(days=1)) == 0

    def test_a_dead_letter_can_be_tried_again(self, outbox, poisoned):
        from shuzhi.foundation.outbox import models, queries

        models.Message.objects.filter(payload__name="poison").update(dead=True, payload={"name": "cured"})
        (letter,) = queries.dead_letters()

        assert outbox.retry_dead(message=letter.id, at=AT)
        assert not outbox.retry_dead(message=letter.id, at=AT)
        outbox.deliver_waiting(at=AT)
        assert "cured" in poisoned


def test_two_relays_deliver_each_message_once(outbox):
    from django.db import connection

    names, lock, slow = [], threading.Lock(), threading.Event()

    def hears(event, at):
        slow.wait(0.005)
        with lock:
            names.append(event["name"])

    outbox.subscribe(SomethingHappened, hears)
    publish(outbox, *(str(number) for number in range(30)))
    counts = []

    def relay():
        counts.append(outbox.deliver_waiting(at=AT))
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 30
    assert sorted(names, key=int) == [str(number) for number in range(30)]


def test_a_message_that_a_relay_holds_does_not_stop_another(outbox, heard):
    from django.db import connection, transaction

    from shuzhi.foundation.outbox import models

    publish(outbox, "held", "free")
    first = models.Message.objects.order_by("id").first()

    def relay():
        outbox.deliver_waiting(at=AT)
        connection.close()

    with transaction.atomic():
        models.Message.objects.select_for_update().get(id=first.id)
        other = threading.Thread(target=relay)
        other.start()
        other.join()

    assert heard == ["free"]
    outbox.deliver_waiting(at=AT)
    assert heard == ["free", "held"]


def test_the_relay_job_delivers_all_and_old_messages_go(outbox, heard, monkeypatch):
    from shuzhi.foundation.outbox import jobs, models

    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    publish(outbox, *"abcde")

    assert jobs.deliver_all(at=AT) == 5
    assert heard == list("abcde")
    assert jobs.forget(int((AT + timedelta(days=29)).timestamp())) == 0
    assert jobs.forget(int((AT + timedelta(days=31)).timestamp())) == 5
    assert not models.Message.objects.exists()


def test_jobs_that_ended_well_are_forgotten_and_failed_ones_stay(transactional_db):
    from django.db import connection
    from procrastinate.contrib.django import app

    from shuzhi.foundation.outbox import jobs

    def insert(status, days):
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH j AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
                " VALUES ('default', %s, %s) RETURNING id)"
                " INSERT INTO procrastinate_events (job_id, type, at)"
                " SELECT id, %s, now() - %s * interval '1 day' FROM j",
                [f"test.{status}{days}", status, status, days],
            )

    for status, days in (("succeeded", 5), ("succeeded", 1), ("failed", 5)):
        insert(status, days)
    jobs.forget_jobs.defer(timestamp=0)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE task_name LIKE 'test.%' ORDER BY 1")
        assert [name for (name,) in cursor.fetchall()] == ["test.failed5", "test.succeeded1"]
