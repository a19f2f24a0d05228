"""Nobody gets more than the bucket and its rate allow, whatever is asked when, and whoever waits as told is served."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.addresses import caller_of, counted_as, lies_in
from shuzhi.foundation.buckets import Buckets, Pace

PACE = Pace(rate=2.0, burst=10.0)
steps = st.lists(st.tuples(st.floats(0, 5), st.sampled_from([0.1, 1.0, 5.0])), max_size=80)


class TestBuckets:
    @given(steps)
    def test_never_gives_more_than_burst_and_rate(self, asked):
        buckets, moment, taken = Buckets(), 0.0, 0.0
        for later, cost in asked:
            moment += later
            if not buckets.take("a", PACE, cost=cost, moment=moment):
                taken += cost
            assert taken <= PACE.burst + PACE.rate * moment + 1e-6

    @given(steps)
    def test_whoever_waits_as_told_is_served(self, asked):
        buckets, moment = Buckets(), 0.0
        for later, cost in asked:
            moment += later
            wait = buckets.take("a", PACE, cost=cost, moment=moment)
            if wait:
                moment += wait + 1e-6
                assert not buckets.take("a", PACE, cost=cost, moment=moment)

    def test_one_does_not_take_from_another(self):
        buckets = Buckets()
        assert not buckets.take("a", PACE, cost=10, moment=0)
        assert buckets.take("a", PACE, cost=1, moment=0) == pytest.approx(0.5)
        assert not buckets.take("b", PACE, cost=1, moment=0)

    def test_what_costs_more_than_a_bucket_holds_takes_a_full_one(self):
        buckets = Buckets()
        assert not buckets.take("a", PACE, cost=1_000, moment=0)
        assert buckets.take("a", PACE, cost=1_000, moment=0) == pytest.approx(5)

    def test_keeps_few_and_those_who_are_held_back(self):
        buckets = Buckets(most_keys=100)
        buckets.take("loud", PACE, cost=10, moment=0)
        for n in range(5_000):
            buckets.take(f"other-{n}", PACE, cost=1, moment=0)

        assert len(buckets) <= 100
        assert buckets.take("loud", PACE, cost=1, moment=0)


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
