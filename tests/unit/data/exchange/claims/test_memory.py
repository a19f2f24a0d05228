"""What the processes of one gateway keep together: nobody uses a nonce twice, and nobody more than rate and quota."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.data.exchange.gateway.claims.claim import Crowded
from shuzhi.data.exchange.gateway.claims.memory import MINUTE, SLACK, Memory
from shuzhi.data.exchange.gateway.rules import WINDOW_SECONDS

TODAY = date(2026, 3, 2)
NOW = 1_772_415_000
FORK = multiprocessing.get_context("fork")


def small(**sizes: int) -> Memory:
    return Memory(**{"tables": 8, "places": 256, "slots": 64} | sizes)


def mark(number: int) -> str:
    return f"{number * 0x9E37_79B9_7F4A_7C15 % 2**64:016x}{number:016x}"


class TestNonces:
    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(-300, 300)), max_size=150))
    def test_each_is_used_once_whatever_its_timestamp(self, calls):
        memory, used = small(tables=16), set()
        for number, seconds in calls:
            assert memory.use(mark(number), NOW + seconds) is (number not in used)
            used.add(number)

    def test_more_than_a_table_holds(self):
        memory = small()
        assert all(memory.use(mark(number), NOW) for number in range(1, 200))
        assert not any(memory.use(mark(number), NOW) for number in range(1, 200))

    def test_are_kept_for_as_long_as_their_timestamp_is_accepted_and_then_make_room(self):
        memory = small(tables=1)
        assert memory.use(mark(1), NOW)
        memory.forget(NOW + WINDOW_SECONDS + SLACK)
        assert not memory.use(mark(1), NOW)
        with pytest.raises(Crowded):
            memory.use(mark(2), NOW + 5 * MINUTE)
        assert not memory.use(mark(1), NOW)
        memory.forget(NOW + WINDOW_SECONDS + SLACK + 2 * MINUTE)
        assert memory.use(mark(2), NOW + 5 * MINUTE)

    def test_a_process_sees_what_another_used_and_let_go(self):
        memory = small()
        assert in_another(lambda: [memory.use(mark(number), NOW) for number in range(100)]) == [True] * 100
        assert not any(memory.use(mark(number), NOW) for number in range(100))
        in_another(lambda: memory.forget(NOW + 3600))
        assert memory.use(mark(5), NOW)


class TestSubscriptions:
    PACE = 1.0, 5

    def take(self, memory: Memory, subscription: int, calls: int, *, day=TODAY, quota=100, moment=NOW):
        return memory.take(subscription, day, calls=calls, quota=quota, pace=self.PACE, moment=moment)

    def test_the_rate_first_and_the_quota_of_what_keeps_to_it(self):
        memory = small()
        memory.learn(7, TODAY, calls=96, busy=0.0)
        assert self.take(memory, 7, 8) == (5, 4)
        assert self.take(memory, 7, 8) == (0, 0)
        assert self.take(memory, 7, 8, moment=NOW + 2) == (2, 0)

    def test_what_is_not_known_is_not_given(self):
        with pytest.raises(Crowded):
            self.take(small(), 7, 1)

    def test_what_is_known_is_known_better_than_what_is_learnt_again(self):
        memory = small()
        memory.learn(7, TODAY, calls=0, busy=0.0)
        self.take(memory, 7, 4)
        memory.learn(7, TODAY, calls=0, busy=0.0)
        assert self.take(memory, 7, 4) == (1, 1)

    def test_midnight_gives_a_new_quota_and_fills_no_bucket(self):
        memory, tomorrow = small(), TODAY + timedelta(days=1)
        memory.learn(7, TODAY, calls=0, busy=0.0)
        assert self.take(memory, 7, 5, quota=5) == (5, 5)
        assert not memory.knows(7, tomorrow)
        memory.learn(7, tomorrow, calls=0, busy=0.0)
        assert self.take(memory, 7, 5, day=tomorrow, quota=5, moment=NOW + 1) == (1, 1)

    def test_days_that_are_over_make_room_and_today_s_do_not(self):
        memory = small(places=16)
        for number in range(16):
            memory.learn(number, TODAY, calls=number, busy=0.0)
        with pytest.raises(Crowded):
            memory.learn(99, TODAY + timedelta(days=1), calls=0, busy=0.0)
        memory.learn(99, TODAY + timedelta(days=2), calls=3, busy=0.0)
        assert memory.knows(99, TODAY + timedelta(days=2))

    @pytest.mark.parametrize("first", [1, 4096, 10**9])
    def test_a_hundred_thousand_have_room_on_two_days_running(self, first):
        memory, numbers = Memory(tables=1), range(first, first + 100_000)
        for day in (TODAY, TODAY + timedelta(days=1)):
            for number in numbers:
                memory.learn(number, day, calls=number % 7, busy=0.0)
        for number in numbers:
            assert memory.knows(number, TODAY)

    def test_places_are_used_to_nine_tenths(self):
        memory = small(places=1024)
        for number in range(921):
            memory.learn(number, TODAY, calls=0, busy=0.0)

    @given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(0, 3)), max_size=60))
    def test_never_more_than_quota_or_rate(self, steps):
        memory, moment, given_, met_since = (
            small(),
            NOW,
            dict.fromkeys(range(6), 0),
            dict.fromkeys(range(6), 0),
        )
        for number in range(6):
            memory.learn(number, TODAY, calls=0, busy=0.0)
        for number, calls, seconds in steps:
            moment += seconds
            met, taken = self.take(memory, number, calls, quota=20, moment=moment)
            assert taken <= met <= calls
            given_[number] += taken
            met_since[number] += met
            assert given_[number] <= 20
            assert met_since[number] <= 5 + (moment - NOW) * 1.0 + 0.01


class TestProcesses:
    def test_several_at_once_use_each_nonce_once_and_no_more_than_the_quota(self):
        memory = small(slots=1024, tables=8)
        memory.learn(1, TODAY, calls=0, busy=0.0)
        start = FORK.Barrier(4)

        def work() -> tuple[int, int]:
            start.wait(30)
            used = taken = 0
            for number in range(1500):
                with memory.alone():
                    used += memory.use(mark(number), NOW)
                    taken += memory.take(1, TODAY, calls=1, quota=777, pace=(1e9, 10**9), moment=NOW)[1]
            return used, taken

        results = in_others(work, times=4)

        assert sum(used for used, _ in results) == 1500
        assert sum(taken for _, taken in results) == 777

    def test_one_that_is_killed_in_between_holds_nobody_up(self):
        memory, inside = small(), FORK.Event()

        def hold() -> None:
            with memory.alone():
                inside.set()
                time.sleep(60)

        process = FORK.Process(target=hold, daemon=True)
        process.start()
        assert inside.wait(30)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(30)
        with memory.alone():
            assert memory.use(mark(1), NOW)


def in_another(work):
    (answer,) = in_others(work, times=1)
    return answer


def in_others(work, *, times: int) -> list:
    """What processes that were forked from this one make of it."""
    answers = FORK.SimpleQueue()
    processes = [FORK.Process(target=lambda: answers.put(work()), daemon=True) for _ in range(times)]
    for process in processes:
        process.start()
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join(30)
    return found
