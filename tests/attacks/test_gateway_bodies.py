"""Attacks by what is signed rightly but could be read in two ways (签名有效的歧义报文): bodies, queries, places, one nonce twice."""

from __future__ import annotations

import pytest

from shuzhi.data.exchange import signing
from tests.attacks.test_gateway_calls import leaked
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.world import AT, OTHER_USCC, USCC

PATH = "/v1/interfaces/firm-by-uscc"
ONE, OTHER = f'"uscc":"{USCC}"'.encode(), f'"uscc":"{OTHER_USCC}"'.encode()
BODIES = {
    "a name twice": b"{" + ONE + b"," + OTHER + b"}",
    "a name twice with one value": b"{" + ONE + b" , " + ONE + b"}",
    "a name twice, once escaped": b"{" + ONE + b"," + OTHER.replace(b'"u', rb'"\u0075') + b"}",
    "two documents": b"{" + ONE + b"}{" + OTHER + b"}",
    "something behind the document": b"{" + ONE + b"}x",
    "a NUL behind the document": b"{" + ONE + b"}\x00",
    "a comment": b"{/* */" + ONE + b"}",
    "a comma too many": b"{" + ONE + b",}",
    "single quotes": b"{" + ONE.replace(b'"', b"'") + b"}",
    "a mark of byte order": b"\xef\xbb\xbf{" + ONE + b"}",
    "UTF-16": ("{" + ONE.decode() + "}").encode("utf-16"),
    "UTF-7": b"{+ACI-uscc+ACI-:1}",
    "an overlong quote": b"{" + ONE.replace(b'"', b"\xc0\xa2") + b"}",
    "half a pair": rb'{"uscc":"\ud800"}',
    "a NUL": rb'{"uscc":"\u0000"}',
    "a list": b"[" + b'"uscc"' + b"]",
    "a list as value": b'{"uscc":["' + USCC.encode() + b'"]}',
    "an operator as value": b'{"uscc":{"$ne":"x"}}',
    "a number as value": b'{"uscc":1}',
    "a number without end": b'{"uscc":' + b"9" * 9_000 + b"}",
    "an exponent without end": b'{"uscc":1e999999}',
    "not a number": b'{"uscc":NaN}',
    "nothing as value": b'{"uscc":null}',
    "lists without end": b"[" * 16_000,
    "objects without end": b'{"a":' * 3_000,
    "the prototype": b'{"__proto__":"x",' + ONE + b"}",
    "names without end": b"{" + b",".join(b'"a%d":"x"' % number for number in range(1_500)) + b"}",
    "a form": b"uscc=" + USCC.encode(),
    "markup with an entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}  # fmt: skip
PLACES = [
    "/v1/interfaces/%66irm-by-uscc", "/v1/interfaces/firm-by-uscc/", "/v1/interfaces//firm-by-uscc", "/V1/interfaces/firm-by-uscc",
    "/v1/interfaces/./firm-by-uscc", "/v1/x/../interfaces/firm-by-uscc", "/v1/interfaces/firm-by-uscc;v=1", "/v1/interfaces/firm-by-uscc/2",
    "/v1/interfaces/firm-by-uscc\\", "http://gateway/v1/interfaces/firm-by-uscc", "//v1/interfaces/firm-by-uscc",
]  # fmt: skip


def signed(key, *, path=PATH, query="", body=b"", method="POST", nonce=None) -> dict[str, str]:
    return dict(
        signing.signed_headers(
            key_id=key.key_id, secret=key.secret, method=method, path=path, query=query, body=body, at=AT, nonce=nonce
        )
    )  # fmt: skip


def test_a_body_has_one_meaning(world, counter):
    replies = counter.send(
        *(("POST", PATH, signed(world.record, body=body), body) for body in BODIES.values())
    )

    told = {name: (reply.status, reply.rule) for name, reply in zip(BODIES, replies, strict=True)}
    assert {name: one for name, one in told.items() if one[0] not in (400, 413)} == {}
    assert not any(leaked(reply) for reply in replies)


def test_values_with_colons_are_no_names(world, counter):
    """What finds names that stand twice looks at colons first, and those may stand in a value."""
    for value in ("a:b", "::", r"\u003a", r"\":"):
        body = f'{{"uscc":"{value}"}}'.encode()
        reply = counter.send(("POST", PATH, signed(world.record, body=body), body))[0]
        assert (reply.status, reply.rule) == (400, "parameters"), value  # read, and no such number


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_is_written_otherwise_is_no_place(world, counter, place):
    query = f"uscc={USCC}"
    reply = counter.send(
        ("GET", f"{place}?{query}", signed(world.record, path=place, query=query, method="GET"), b"")
    )[0]

    assert reply.status in (400, 404)
    assert not leaked(reply)


def test_a_call_written_otherwise_is_the_same_call(world, counter):
    """One signature fits every encoding of its query; so its nonce must be used up by the first."""
    _, target, headers, _ = Asked(world.record, {"uscc": USCC}).parts()
    encoded = "".join(f"%{ord(letter):02X}" for letter in USCC)
    calls = [
        ("GET", text, headers, b"")
        for text in (target, f"{PATH}?uscc={encoded}", f"{PATH}?%75scc={USCC}", target)
    ]

    replies = [counter.send(call)[0] for call in calls]

    assert [reply.status for reply in replies] == [200, 401, 401, 401]
    assert {reply.rule for reply in replies[1:]} == {"nonce"}


def test_one_nonce_of_two_keys_is_two_nonces(world, counter):
    """Nobody uses up another caller's nonces, and nobody learns from a refusal which were used."""
    nonce = "the-same-nonce-of-two"
    replies = [
        counter.one(world.record, nonce=nonce),
        counter.send(Asked(world.verification, {"uscc": USCC, "name": "x"}, "firm-exists", nonce=nonce))[0],
        counter.one(world.record, nonce=nonce),
    ]

    assert [reply.status for reply in replies] == [200, 200, 401]


@pytest.mark.parametrize(
    "method", ["get", "gEt", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "GETX", ""]
)
def test_a_method_is_one_of_two(world, counter, method):
    query = f"uscc={USCC}"
    headers = signed(world.record, query=query, method=method) | {"x-http-method-override": "GET"}
    reply = counter.send((method, f"{PATH}?{query}", headers, b""))[0]

    assert reply.status in (400, 405)
    assert not leaked(reply)
