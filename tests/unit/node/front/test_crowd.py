"""Connections by address: nobody takes all places, and neither a proxy nor this machine is taken for one caller."""

from __future__ import annotations

import asyncio

import pytest

from shuzhi.node.front.connection import Connection
from shuzhi.node.front.crowd import Crowd


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (["192.0.2.1", "192.0.2.1", "192.0.2.1"], [False, False, True]),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], [False, False, False]),
        (["::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"], [False, False, True]),
        (["2001:db8::1", "2001:db8::2", "2001:db8::ffff:3"], [False, False, True]),
        (["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"], [False, False, False]),
        (["127.0.0.1"] * 3, [False] * 3),
        (["::1"] * 3, [False] * 3),
        (["10.1.2.3"] * 3, [False] * 3),  # a proxy
        (["no address"] * 3, [False] * 3),
    ],
)
def test_too_many_are_told_from_enough(addresses, told):
    crowd = Crowd(2, ["10.1.0.0/16"])
    assert [crowd.enter(n, (each, 1)) is not None for n, each in enumerate(addresses)] == told


def test_whoever_leaves_makes_room_and_leaves_nothing_behind():
    crowd = Crowd(1)
    assert crowd.enter("a", ("192.0.2.1", 1)) is None
    assert set(crowd.enter("b", ("192.0.2.1", 2))) == {"a", "b"}
    for one in ("a", "a", "b", "stranger"):
        crowd.leave(one)

    assert crowd.enter("c", ("192.0.2.1", 3)) is None
    crowd.leave("c")
    assert not crowd._by_address
    assert not crowd._address_of


def test_none_is_limited_by_nought():
    crowd = Crowd(0)
    assert all(crowd.enter(n, ("192.0.2.1", n)) is None for n in range(100))


class Transport(asyncio.Transport):
    def __init__(self, address):
        super().__init__({"peername": (address, 1)})
        self.ended = False

    def abort(self):
        self.ended = True

    def write(self, data):
        del data


class TestConnections:
    """Which of them has to go."""

    def connect(self, *addresses, busy=()):
        async def run():
            crowd, everyone, lines = Crowd(2), set(), []
            for place, address in enumerate(addresses):
                lines.append(Transport(address))
                one = Connection(lambda *_: None, everyone, crowd)
                one.deadline += place
                one.connection_made(lines[-1])
                if place in busy:
                    one.data_received(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            return [line.ended for line in lines], len(everyone)

        return asyncio.run(run())

    def test_the_one_that_rested_longest_of_this_address(self):
        ended, left = self.connect("192.0.2.9", "192.0.2.1", "192.0.2.1", "192.0.2.1")
        assert (ended, left) == ([False, True, False, False], 3)

    def test_one_that_is_answered_stays(self):
        ended, _ = self.connect("192.0.2.1", "192.0.2.1", "192.0.2.1", busy=(0,))
        assert ended == [False, True, False]

    def test_the_new_one_where_all_are_busy(self):
        ended, _ = self.connect("192.0.2.1", "192.0.2.1", "192.0.2.1", busy=(0, 1))
        assert ended == [False, False, True]
