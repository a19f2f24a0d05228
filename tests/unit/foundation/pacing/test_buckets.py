"""Nobody gets more than the bucket and its rate allow, whatever is asked when, and whoever waits as told is served."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation import buckets
from shuzhi.foundation.addresses import caller_of, counted_as, lies_in
from shuzhi.foundation.buckets import Buckets, Pace

PACE = Pace(rate=2.0, burst=10.0)
steps = st.lists(st.tuples(st.floats(0, 5), st.sampled_from([0.1, 1.0, 5.0])), max_size=80)


class TestBuckets:
    @given(steps)
    def test_never_gives_more_than_burst_and_rate(self, asked):
        held, moment, taken = Buckets(), 0.0, 0.0
        for later, cost in asked:
            moment += later
            if not held.take("a", PACE, cost=cost, moment=moment):
                taken += cost
            assert taken <= PACE.burst + PACE.rate * moment + 1e-6

    @given(steps)
    def test_whoever_waits_as_told_is_served(self, asked):
        held, moment = Buckets(), 0.0
        for later, cost in asked:
            moment += later
            wait = held.take("a", PACE, cost=cost, moment=moment)
            if wait:
                moment += wait + 1e-6
                assert not held.take("a", PACE, cost=cost, moment=moment)

    def test_one_does_not_take_from_another(self):
        held = Buckets()
        assert not held.take("a", PACE, cost=10, moment=0)
        assert held.take("a", PACE, cost=1, moment=0) == pytest.approx(0.5)
        assert not held.take("b", PACE, cost=1, moment=0)

    def test_what_costs_more_than_a_bucket_holds_takes_a_full_one(self):
        held = Buckets()
        assert not held.take("a", PACE, cost=1_000, moment=0)
        assert held.take("a", PACE, cost=1_000, moment=0) == pytest.approx(5)

    def test_keeps_few_and_those_who_are_held_back(self):
        held = Buckets(most_keys=100)
        held.take("loud", PACE, cost=10, moment=0)
        for n in range(5_000):
            held.take(f"other-{n}", PACE, cost=1, moment=0)

        assert len(held) <= 100
        assert held.take("loud", PACE, cost=1, moment=0)


TAKER = """
import sys, time
from pathlib import Path
from shuzhi.foundation.buckets import Buckets, Pace
buckets, taken = Buckets(Path(sys.argv[1])), 0
print("ready", flush=True)
sys.stdin.readline()
for _ in range(3_000):
    taken += not buckets.take("a", Pace(rate=1e-9, burst=5_000), cost=1, moment=1.0)
print(taken, flush=True)
sys.stdin.read()
"""


class TestSharing:
    def test_processes_together_get_what_one_alone_would(self, tmp_path):
        file = tmp_path / "folder" / "a"
        takers = [
            subprocess.Popen(
                [sys.executable, "-c", TAKER, str(file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for one in takers:
            assert one.stdout.readline() == "ready\n"
        for one in takers:
            one.stdin.write("\n")
            one.stdin.flush()
        taken = [int(one.stdout.readline()) for one in takers]
        assert sum(taken) == 5_000
        assert file.stat().st_mode & 0o777 == 0o600

        for one in takers:  # while they still have it in memory
            one.kill()
            one.communicate()
        known = Buckets(file)
        assert known.take("a", Pace(rate=1e-9, burst=5_000), cost=1, moment=1.0)
        assert not known.take("b", Pace(rate=1e-9, burst=5_000), cost=1, moment=1.0)

    def test_named_ones_are_shared_only_where_that_was_said_and_cleared_at_a_start(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(buckets, "_folder", [])
        assert not buckets.named("x").take("a", PACE, cost=10, moment=0)
        assert not buckets.named("x").take("a", PACE, cost=10, moment=0)

        buckets.share(tmp_path)
        assert not buckets.named("x").take("a", PACE, cost=10, moment=0)
        assert buckets.named("x").take("a", PACE, cost=10, moment=0) == pytest.approx(5)
        assert not buckets.named("y").take("a", PACE, cost=10, moment=0)

        buckets.clear(tmp_path)
        assert not buckets.named("x").take("a", PACE, cost=10, moment=0)

    def test_a_file_of_another_size_is_made_anew(self, tmp_path):
        (tmp_path / "a").write_bytes(b"\xff" * 100)

        assert not Buckets(tmp_path / "a").take("a", PACE, cost=10, moment=0)


class TestAddresses:
    @pytest.mark.parametrize(
        ("peer", "said", "found"),
        [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody's proxy
            ("10.8.0.4", "198.51.100.1", "198.51.100.1"),
            ("10.8.0.4", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the caller's own words stand before
            ("10.8.0.4", "1.2.3.4, 198.51.100.1, 10.8.0.5", "198.51.100.1"),  # two of ours
            ("10.8.0.4", "1.2.3.4, rubbish", "10.8.0.4"),
            ("10.8.0.4", "", "10.8.0.4"),
            ("10.8.0.4", "::ffff:198.51.100.1", "198.51.100.1"),
        ],
    )
    def test_a_proxy_is_believed_as_far_as_it_was_declared(self, peer, said, found):
        meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": said}

        assert caller_of(meta, proxies=("10.8.0.0/24",)) == found

    def test_without_a_proxy_nothing_is_believed(self):
        meta = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}

        assert caller_of(meta, proxies=()) == "127.0.0.1"

    def test_of_ipv6_the_half_that_is_given_counts(self):
        assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:ffff::9")
        assert counted_as("2001:db8:1:3::1") != counted_as("2001:db8:1:2::1")
        assert counted_as("::ffff:192.0.2.1") == counted_as("192.0.2.1")

    def test_lies_in_networks(self):
        assert lies_in("10.8.0.77", ("192.0.2.0/24", "10.8.0.0/16"))
        assert not lies_in("no address", ("0.0.0.0/0",))
