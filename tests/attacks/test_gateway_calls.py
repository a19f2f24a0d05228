"""Attacks by calls that look right (网关调用攻击): clocks, nonces, algorithms, look-alikes, other offices, races."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter

import httpx
import pytest

from shuzhi.data.exchange import signing
from shuzhi.foundation.clock import now
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.world import AT, FIRM, USCC, add_firm, subscribe

RETIRED_USCC, ABSENT_USCC = "91330182843963542R", "9133010014304617XG"
SQL = [
    "' OR '1'='1", "'; DROP TABLE registers_entity;--", "1) UNION SELECT secret FROM exchange_credential--",
    "$1", "%s", "%(x)s", "{0.__class__}", "{{7*7}}", "${7*7}", "\\'; --", "E'\\x41'", "pg_sleep(9)",
]  # fmt: skip
# Full-width letters are not among them: clerks type them, and the comparison takes them for what they are.
LOOK_ALIKES = [
    USCC.replace("M", "\u041c"), "\u202e" + USCC, USCC + "\u200b", "\ufeff" + USCC, USCC.replace("0", "\u0660"),
    USCC.replace("1", "\u2460"), USCC + "\u0000", USCC + "\n", " " * 9 + USCC + "x",
]  # fmt: skip


@pytest.fixture
def counter(each_counter):
    return each_counter


def unsigned_headers():
    """Headers in their form, of a key that nobody has."""
    return {
        signing.KEY: "nobody-has-it",
        signing.TIMESTAMP: "1700000000",
        signing.NONCE: "n" * 24,
        signing.SIGNATURE: "HMAC-SHA256 " + "0" * 64,
    }


def leaked(reply) -> bool:
    """Whether anything of the record or the inside stands in an answer."""
    text = str(reply.content)
    inside = ("SELECT", "psycopg", "Traceback", "syntax", "relation", "registers_", "exchange_")
    return any(word in text for word in (FIRM["name"], FIRM["phone"], FIRM["address"], *inside))


class TestParameters:
    def test_no_text_is_more_than_a_text(self, world, counter):
        asked = [Asked(world.record, {"uscc": text}) for text in SQL]
        asked += [Asked(world.record, {"uscc": USCC, "name": text}) for text in SQL]
        asked += [Asked(world.record, {"uscc": USCC, "purpose": text}) for text in SQL]
        asked += [Asked(world.verification, {"uscc": USCC, "name": text}, "firm-exists") for text in SQL]

        replies = counter.send(*asked)

        assert {reply.status for reply in replies[: -len(SQL)]} <= {400, 403, 404}
        assert {reply.content.get("answer") for reply in replies[-len(SQL) :]} <= {"no", None}
        assert not any(leaked(reply) for reply in replies)
        assert counter.one(world.record).status == 200  # the tables are where they were

    def test_a_look_alike_is_another_text(self, world, counter):
        replies = counter.send(*(Asked(world.record, {"uscc": text}) for text in LOOK_ALIKES))

        told = {ascii(text): reply.status for text, reply in zip(LOOK_ALIKES, replies, strict=True)}
        assert set(told.values()) <= {400, 404}, told
        assert not any(leaked(reply) for reply in replies)

    def test_look_alikes_of_keys_and_interfaces_are_unknown(self, world, counter):
        key = world.record
        spoiled = [
            replace(key, key_id=key.key_id.swapcase()), replace(key, key_id="\uff21" + key.key_id[1:]),
            replace(key, key_id=key.key_id + "\u200b"), replace(key, key_id=key.key_id + " "),
        ]  # fmt: skip
        assert all(counter.one(one).rule in ("key", "format") for one in spoiled)
        for place in (
            "FIRM-BY-USCC",
            "firm-by-uscc\u200b",
            "firm\u2010by-uscc",
            "firm-by-uscc/",
            "firm-by-uscc%00",
            "firm%2dby-uscc",
        ):
            assert counter.one(key, interface=place).rule in ("format", "subscription"), place

    @pytest.mark.parametrize(
        "sent", ["uscc=%C0%AE", "uscc=%ED%A0%80", "uscc=%FF", "uscc=%00", "uscc=%E2%80%AE", "uscc=a%0D%0Ab"]
    )
    def test_bytes_that_are_no_text_are_refused(self, world, counter, sent):
        method, target, headers, body = Asked(world.record, {"uscc": USCC}).parts()

        reply = counter.send((method, target.split("?")[0] + "?" + sent, headers, body))[0]

        assert reply.status in (400, 401)
        assert not leaked(reply)

    def test_a_parameter_in_query_and_body_is_not_two(self, world, counter):
        """What is signed once is not read in another place: query against body, body against query."""
        method, target, headers, body = Asked(world.record, {"uscc": ABSENT_USCC}, method="POST").parts()

        for polluted in (
            f"{target}?uscc={USCC}",
            f"{target}?uscc[]={USCC}",
            f"{target}?uscc={ABSENT_USCC}&uscc={USCC}",
        ):
            reply = counter.send((method, polluted, headers, body))[0]
            assert reply.status in (400, 401), polluted
            assert not leaked(reply)


class TestSignatures:
    def test_nothing_but_what_was_signed(self, world, counter):
        method, target, headers, body = Asked(world.record, {"uscc": USCC}, method="POST").parts()
        given = headers[signing.SIGNATURE].split()[1]
        attacks = [
            ("GET", f"{target}?uscc={USCC}", headers, b""),
            (method, target.replace("by-uscc", "exists"), headers, body),
            (method, target, headers, body.replace(b"4", b"5", 1)),
            (method, target, headers, body + b" "),
            (method, target + "?", headers | {signing.NONCE: "m" * 20}, body),
            *[
                (method, target, headers | {signing.SIGNATURE: text}, body)
                for text in ("", "HMAC-SM3 ", f"HMAC-SHA256 {given}", f"none {given}", f"SM2 {given}{given}",
                             f"hmac-sm3 {given}", f"HMAC-SM3 {given.upper()}x", f"HMAC-SM3 {given[:-2]}",
                             f"HMAC-SM3  {given}", f"HMAC-SM3 {given}, HMAC-SM3 {given}", "HMAC-SM3 " + "0" * 64,
                             "SM2 " + "0" * 128, "SM2 " + "f" * 128)
            ],
        ]  # fmt: skip

        replies = counter.send(*attacks)

        assert [reply.status for reply in replies if reply.status not in (400, 401)] == []
        assert {reply.rule for reply in replies} <= {"signature", "format"}
        assert not any(leaked(reply) for reply in replies)

    def test_another_office_s_key_does_not_open_an_interface(self, world, counter):
        """A confused deputy: the right key for the wrong interface, and a secret under another key's name."""
        stranger = subscribe("firm-exists", office="taxation")

        assert counter.one(stranger).rule == "subscription"
        assert counter.one(replace(world.record, secret=stranger.secret)).rule == "signature"
        assert counter.one(replace(stranger, secret=world.record.secret)).rule == "signature"


class TestClocksAndNonces:
    def test_a_stamp_out_of_time_or_out_of_form(self, world, counter):
        for seconds in (301, -301, 86_400, -86_400, 10**9):
            assert counter.one(world.record).status == 200
            reply = counter.send(Asked(world.record, {"uscc": USCC}, at=AT + timedelta(seconds=seconds)))[0]
            assert reply.rule == "timestamp"
        _, target, headers, _ = Asked(world.record, {"uscc": USCC}).parts()
        for stamp in ("", "0", "-1", "+1", "1e9", "0x10", "1.5", "９９９", "9" * 40, "NaN", " 1700000000"):
            assert (
                counter.send(("GET", target, headers | {signing.TIMESTAMP: stamp}, b""))[0].rule == "format"
            )

    def test_a_nonce_is_used_once_whatever_else_is_changed(self, world, counter):
        """Also after a restart: each `send` is a gateway of its own. Another case is another nonce, and signed as such."""
        nonce = "abcdefghijklmnopqrstuv"
        assert counter.one(world.record, nonce=nonce).status == 200
        again = [
            Asked(world.record, {"uscc": USCC}, nonce=nonce),
            Asked(world.record, {"uscc": ABSENT_USCC}, nonce=nonce),
            Asked(world.record, {"uscc": USCC}, nonce=nonce, method="POST"),
            Asked(world.record, {"uscc": USCC}, nonce=nonce, algorithm=signing.SHA256),
            Asked(world.record, {"uscc": USCC}, nonce=nonce, at=AT + timedelta(seconds=60)),
        ]
        assert {counter.send(one)[0].rule for one in again} == {"nonce"}
        method, target, headers, body = Asked(world.record, {"uscc": USCC}, nonce=nonce).parts()
        assert (
            counter.send((method, target, headers | {signing.NONCE: nonce.upper()}, body))[0].rule
            == "signature"
        )

    def test_a_forger_cannot_use_up_anothers_nonces(self, world, counter):
        nonce = "predictable-nonce-0001"
        assert counter.one(replace(world.record, secret="x" * 43), nonce=nonce).rule == "signature"
        assert counter.one(world.record, nonce=nonce).status == 200


def two_gateways(start) -> list[str]:
    return [start(SHUZHI_GATEWAY_CLAIMS="database").url for _ in range(2)]


def two_processes_of_one(start) -> list[str]:
    return [start(SHUZHI_GATEWAY_WORKERS="2").url] * 2


class TestRaces:
    @pytest.mark.parametrize("urls_of", [two_gateways, two_processes_of_one])
    def test_two_processes_together_never_exceed_a_quota_or_a_nonce(self, world, start_gateway, urls_of):
        quota = 15
        key = subscribe(daily_quota=quota)
        urls = urls_of(start_gateway)
        nonces = [f"raced-nonce-number-{number:04}" for number in range(8)]
        start = threading.Barrier(8)

        def call(number: int) -> list[tuple[str, int]]:
            start.wait(30)
            found = []
            with httpx.Client(trust_env=False, timeout=30) as line:
                # Everybody sends the same eight nonces: of all calls with one, one may pass.
                found += [
                    (nonce, send(line, urls[(number + place) % 2], key, nonce))
                    for place, nonce in enumerate(nonces)
                ]
            with httpx.Client(trust_env=False, timeout=30) as line:
                found += [("", send(line, urls[number % 2], key, None)) for _ in range(4)]
            return found

        with ThreadPoolExecutor(8) as callers:
            results = [one for each in callers.map(call, range(8)) for one in each]

        assert Counter(status for _, status in results)[200] == quota
        used = Counter(nonce for nonce, status in results if status == 200 and nonce)
        assert max(used.values()) == 1


def send(line, url, key, nonce) -> int:
    path, query = "/v1/interfaces/firm-by-uscc", f"uscc={USCC}"
    headers = signing.signed_headers(
        key_id=key.key_id, secret=key.secret, method="GET", path=path, query=query, at=now(), nonce=nonce
    )
    return line.get(f"{url}{path}?{query}", headers=dict(headers)).status_code


class TestExistence:
    """What is protected looks alike whether it exists or not, in what is said and in how long it takes."""

    def test_a_record_that_is_absent_and_one_that_was_retired(self, world, counter):
        add_firm("e-3", FIRM | {"uscc": RETIRED_USCC}, retired=True)

        absent, retired = counter.one(world.record, ABSENT_USCC), counter.one(world.record, RETIRED_USCC)

        assert shape(absent) == shape(retired)
        assert absent.status == 404

    def test_a_firm_that_is_absent_and_a_wrong_name(self, world, counter):
        add_firm("e-3", FIRM | {"uscc": RETIRED_USCC}, retired=True)

        replies = counter.send(
            *(
                Asked(world.verification, {"uscc": uscc, "name": "别的公司"}, "firm-exists")
                for uscc in (USCC, ABSENT_USCC, RETIRED_USCC)
            )
        )

        assert len({str(shape(reply)) for reply in replies}) == 1

    def test_an_interface_that_is_absent_and_one_of_others(self, world, counter):
        replies = [counter.one(world.record, interface=name) for name in ("firm-exists", "no-such-one")]

        assert shape(replies[0]) == shape(replies[1])

    def test_the_time_tells_no_more(self, world, counter):
        """A generous bound on noisy machines: medians of interleaved calls differ by less than half."""
        times: dict[str, list[float]] = {USCC: [], ABSENT_USCC: []}
        for number in range(30):
            asked = {
                uscc: Asked(world.verification, {"uscc": uscc, "name": f"别的公司{number}"}, "firm-exists")
                for uscc in times
            }
            for uscc, one in asked.items():
                begun = perf_counter()
                counter.send(one)
                times[uscc].append(perf_counter() - begun)
        known, unknown = (median(one) for one in times.values())
        assert abs(known - unknown) < 0.5 * min(known, unknown)


def shape(reply):
    """An answer without what is new in every answer."""
    return reply.status, {name: value for name, value in reply.content.items() if name != "request_id"}
