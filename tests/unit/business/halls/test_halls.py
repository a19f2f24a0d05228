"""Halls: numbers, the order of calling, windows, appointments, the end of a day."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.unit.business.benefits.world import ROOT

from shuzhi.business.halls import errors, models, queries, services
from shuzhi.business.halls.types import HallDeclaration, Precedence, TicketState
from shuzhi.foundation.clock import CHINA
from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC, Actor, Role, system

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)  # ten in the morning, a Monday
DAY = date(2026, 3, 16)
PLATFORM = system("test")
CLERK = Actor("account/clerk", "陈窗", "taxation", roles=frozenset({Role.DATA_OFFICER}))
OTHER = Actor("account/other", "林窗", "planning", roles=frozenset({Role.APPROVER}))
STRANGER = Actor("account/far", "远某", "statistics", roles=frozenset({Role.DATA_OFFICER}))
ANNA = Actor("account/anna", "李娜", roles=frozenset({Role.RESIDENT}))
BEN = Actor("account/ben", "王本", roles=frozenset({Role.RESIDENT}))
FILE = ROOT / "packs/services/service-halls/halls/city-hall.yaml"


def install():
    declared = HallDeclaration.model_validate(
        yaml.safe_load(FILE.read_text("utf-8")) | {"opens": "09:00", "closes": "17:00"}
    )
    services.install_hall(declaration=declared, pack="services/service-halls", by=PLATFORM, at=AT)
    return declared


@pytest.fixture
def hall(db):
    return install()


def take(queue="persons", at=AT, precedence=Precedence.NONE):
    return services.take_number(hall="city-hall", queue=queue, precedence=precedence, by=PUBLIC, at=at)


def call(window="w1", by=CLERK, at=AT):
    return services.call_next(hall="city-hall", window=window, by=by, at=at)


def at_window(act, window="w1", by=CLERK, at=AT, **more):
    return act(hall="city-hall", window=window, by=by, at=at, **more)


class TestTaking:
    def test_numbers_run_by_queue_and_begin_at_one_each_day(self, hall):
        told = [take().number, take("firms").number, take().number, take(at=AT + timedelta(days=1)).number]

        assert told == ["A001", "B001", "A002", "A001"]

    def test_nobody_is_named(self, hall):
        take()
        row = models.Ticket.objects.values().get()
        assert not {"account", "name", "phone"} & set(row)

    @pytest.mark.parametrize("at", [AT - timedelta(hours=2), AT + timedelta(hours=7), AT - timedelta(days=1)])
    def test_not_when_the_hall_is_closed(self, hall, at):
        with pytest.raises(errors.HallClosed):
            take(at=at)

    def test_a_hand_that_keeps_pressing_is_stopped(self, hall):
        for _ in range(30):
            take()
        with pytest.raises(errors.MoreThanEnough):
            take()
        assert take(at=AT + timedelta(minutes=2)).number == "A031"

    def test_the_precedence_of_an_appointment_is_not_given_for_the_asking(self, hall):
        assert take(precedence=Precedence.APPOINTMENT).precedence is Precedence.NONE

    @pytest.mark.django_db
    def test_no_such_hall_or_queue(self, hall):
        with pytest.raises(errors.NoSuchQueue):
            take("nothing")
        with pytest.raises(errors.NoSuchHall):
            queries.hall("nowhere")


class TestOrder:
    def test_elders_count_as_come_half_an_hour_earlier_and_no_more(self, hall):
        first = take()
        late = take(at=AT + timedelta(minutes=31), precedence=Precedence.ELDER)
        early = take(at=AT + timedelta(minutes=29), precedence=Precedence.DISABLED)
        now = AT + timedelta(minutes=32)

        order = [each.number for each in queries.next_tickets(hall, "w1", at=now)]
        assert order == [early.number, first.number, late.number]

    @given(
        st.lists(
            st.tuples(st.integers(0, 200), st.sampled_from(list(Precedence)[:3])), min_size=2, max_size=12
        )
    )
    @rules(max_examples=25)
    @pytest.mark.django_db
    def test_nobody_is_passed_by_whoever_comes_half_an_hour_later(self, told):
        from django.db import transaction

        with transaction.atomic():
            hall = install()
            taken = {}
            for minute, precedence in sorted(told, key=lambda each: each[0]):
                taken[take(at=AT + timedelta(minutes=minute), precedence=precedence).number] = minute
            order = [taken[each.number] for each in queries.next_tickets(hall, "w1", at=AT, most=99)]
            transaction.set_rollback(True)

        for place, minute in enumerate(order):
            assert all(later > minute - 31 for later in order[place:])

    def test_a_window_serves_its_queues_only(self, hall):
        take("results")
        with pytest.raises(errors.NobodyWaits):
            call("w1")
        assert call("w3").number == "C001"

    def test_yesterdays_numbers_are_called_no_more(self, hall):
        take()
        with pytest.raises(errors.NobodyWaits):
            call(at=AT + timedelta(days=1))


class TestServing:
    def test_a_window_has_one_number_at_a_time(self, hall):
        take(), take()
        call()
        with pytest.raises(errors.WindowBusy):
            call()
        at_window(services.begin)
        at_window(services.finish)
        assert call().number == "A002"

    def test_calls_are_counted_before_a_number_is_passed_over(self, hall):
        take()
        call()
        with pytest.raises(errors.CalledTooSeldom):
            at_window(services.pass_over)
        at_window(services.recall), at_window(services.recall)
        with pytest.raises(errors.CalledEnough):
            at_window(services.recall)
        assert at_window(services.pass_over).state is TicketState.NO_SHOW

    def test_who_was_passed_over_comes_back_once_behind_the_others(self, hall):
        take(), take()
        call(), at_window(services.recall), at_window(services.pass_over)
        back = services.put_back(hall="city-hall", number=" a001 ", by=CLERK, at=AT + timedelta(minutes=5))
        assert back.ahead == 1

        call(at=AT + timedelta(minutes=6))
        at_window(services.begin), at_window(services.finish)
        call(), at_window(services.recall), at_window(services.pass_over)
        with pytest.raises(errors.NotAtThisWindow):
            services.put_back(hall="city-hall", number="A001", by=CLERK, at=AT)

    def test_a_transfer_keeps_number_and_place(self, hall):
        take(), take("results"), take("results")
        call()
        sent = at_window(services.transfer, queue="results")

        assert (sent.number, sent.queue, sent.ahead) == ("A001", "results", 0)
        assert call("w3", OTHER).number == "A001"

    def test_a_transfer_to_one_window_waits_for_that_one(self, hall):
        take()
        call("w1")
        at_window(services.transfer, to_window="w2")
        with pytest.raises(errors.NobodyWaits):
            call("w1")
        assert call("w2", OTHER).number == "A001"

    @pytest.mark.parametrize("to", [{"to_window": "w1"}, {"to_window": "w9"}, {"queue": "persons"}, {}])
    def test_a_transfer_goes_somewhere_else(self, hall, to):
        take()
        call()
        with pytest.raises((errors.NoSuchWindow, errors.NoSuchQueue)):
            at_window(services.transfer, **to)

    def test_strangers_and_residents_call_nobody(self, hall):
        take()
        with pytest.raises(errors.NotOfThisHall):
            call(by=STRANGER)
        for nobody, refusal in ((ANNA, Forbidden), (PUBLIC, NotSignedIn)):
            with pytest.raises(refusal):
                call(by=nobody)

    def test_served_tells_how_long_one_waits(self, hall):
        for minute in range(4):
            take(at=AT + timedelta(minutes=2 * minute))
        for minute in range(3):
            at = AT + timedelta(minutes=10 * minute)
            call(at=at), at_window(services.begin, at=at)
            at_window(services.finish, at=at + timedelta(minutes=8))
        found = {each.queue.id: each for each in queries.waiting(hall, at=AT)}

        assert (found["persons"].waiting, found["persons"].minutes) == (1, 4)  # two windows serve it
        assert found["firms"].minutes is None


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_call_at_once_get_different_numbers():
    from django.db import connection

    install()
    for _ in range(3):
        take()
    found, gate = [], threading.Barrier(3)

    def clerk(window, by):
        gate.wait()
        try:
            found.append(call(window, by).number)
        except errors.WindowBusy:
            found.append("busy")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=clerk, args=each) for each in (("w1", CLERK), ("w2", OTHER), ("w2", CLERK))
    ]
    [each.start() for each in threads]
    [each.join() for each in threads]

    assert len([each for each in found if each.startswith("A")]) >= 1
    numbers = [each for each in found if each.startswith("A")]
    assert len(set(numbers)) == len(numbers) <= 2
    active = models.Ticket.objects.filter(state="called").values_list("window", flat=True)
    assert len(set(active)) == len(active)


class TestAppointments:
    NINE = datetime(2026, 3, 16, 11, 0, tzinfo=CHINA)

    def book(self, by=ANNA, at=AT, begins=NINE):
        return services.book(hall="city-hall", queue="firms", begins_at=begins, by=by, at=at)

    def test_becomes_a_number_by_its_code_once_around_its_time(self, hall):
        made = self.book()
        with pytest.raises(errors.AppointmentNotRight):
            services.check_in(hall="city-hall", code=made.code, by=PUBLIC, at=AT)
        take("firms", at=AT + timedelta(minutes=40))

        ticket = services.check_in(hall="city-hall", code=made.code, by=PUBLIC, at=AT + timedelta(minutes=45))

        assert (ticket.precedence, ticket.ahead) == (Precedence.APPOINTMENT, 0)
        with pytest.raises(errors.AppointmentNotRight):
            services.check_in(hall="city-hall", code=made.code, by=PUBLIC, at=AT + timedelta(minutes=46))

    def test_a_slot_takes_as_many_as_it_has_places(self, hall):
        people = [Actor(f"account/p{n}", "某", roles=frozenset({Role.RESIDENT})) for n in range(4)]
        for each in people[:3]:
            self.book(by=each)
        with pytest.raises(errors.SlotTaken):
            self.book(by=people[3])
        mine = queries.appointments(by=people[0], at=AT)[0]
        services.cancel(appointment=mine.id, by=people[1], at=AT)  # somebody else's: nothing happens
        with pytest.raises(errors.SlotTaken):
            self.book(by=people[3])
        services.cancel(appointment=mine.id, by=people[0], at=AT)
        assert self.book(by=people[3]).code

    def test_one_a_day_and_only_times_of_the_hall(self, hall):
        self.book()
        with pytest.raises(errors.BookedAlready):
            self.book(begins=self.NINE + timedelta(minutes=30))
        for begins in (
            self.NINE + timedelta(minutes=7),
            self.NINE - timedelta(days=1),
            self.NINE + timedelta(days=60),
        ):
            with pytest.raises(errors.SlotTaken):
                self.book(by=BEN, begins=begins)


class TestDays:
    def test_who_was_not_served_has_left_and_all_are_counted(self, hall):
        take(), take(), take()
        call(at=AT + timedelta(minutes=20)), at_window(services.begin)
        call("w2", OTHER)
        tomorrow = AT + timedelta(days=1)
        take(at=tomorrow)

        assert services.close_days(by=PLATFORM, at=tomorrow) == 3
        assert services.close_days(by=PLATFORM, at=tomorrow) == 0
        found = queries.figures(hall, DAY)
        assert (found.taken, found.done, found.left, found.counted, found.in_time) == (3, 1, 2, 3, 1)
        assert (
            found.taken
            == found.waiting + found.called + found.serving + found.done + found.no_show + found.left
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"closes": "08:00"},
            {"queues": [{"id": "x", "letter": "A", "title": {"zh": "一", "en": "a"}}]},
            {"windows": [{"id": "w1", "number": 1, "title": {"zh": "一", "en": "a"}, "queues": ["persons"]}]},
        ],
    )
    def test_a_declaration_that_does_not_fit_is_refused(self, change):
        said = yaml.safe_load(FILE.read_text("utf-8")) | {"opens": "09:00", "closes": "17:00"} | change
        with pytest.raises(ValidationError):
            HallDeclaration.model_validate(said)
