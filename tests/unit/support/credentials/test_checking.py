"""Whoever has only public keys and a status list: what is changed is refused, what is not shown stays unseen.

Two verifiers that share no code are asked: the platform's and the one file for outsiders.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.crypto import signing
from shuzhi.support.credentials import verify_credential as alone
from shuzhi.support.credentials.errors import Revoked, StatusUnknown, Suspended
from shuzhi.support.credentials.formats import cwt, keys, sdjwt, statuslist
from shuzhi.support.credentials.formats.coding import decode, decode_json, encode
from shuzhi.support.credentials.types import State
from shuzhi.support.credentials.verifying import SKEW, Trust, check

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ISSUER, KEY = "https://node.example", "00112233445566aa"
LIST = f"{ISSUER}/credentials/status/0"
SIGNERS = {name: signing.generate(name) for name in signing.ALGORITHMS}
FIELDS = {"child": "林小满", "born_on": "2026-11-20", "holder": "resident_id/330102199003078809"}
CLAIMS = {
    "iss": ISSUER, "iat": int(AT.timestamp()), "exp": int(AT.timestamp()) + 86400, "jti": "CSYX1",
    "vct": f"{ISSUER}/credentials/kinds/birth", "titles": {"zh": "证", "en": "C"},
    "status": {"status_list": {"idx": 7, "uri": LIST}},
}  # fmt: skip


def public(algorithm):
    return [keys.PublicKey(ISSUER, KEY, algorithm, SIGNERS[algorithm].public)]


def salts():
    made = iter(range(10_000))
    return lambda size: next(made).to_bytes(size)


def credential(algorithm=signing.ED25519, **changes):
    return sdjwt.issue(CLAIMS | changes, FIELDS, key_id=KEY, key=SIGNERS[algorithm], entropy=salts())


def code(algorithm=signing.ED25519):
    claims = {
        1: ISSUER, 5: int(AT.timestamp()), 4: int(AT.timestamp()) + 60, 7: b"nonce-of-12b", "t": "code",
        "w": [{"k": "birth", "z": "证", "n": "CSYX1", "s": [0, 7], "f": {"child": "林小满"}}],
    }  # fmt: skip
    return cwt.sign(claims, key_id=KEY, key=SIGNERS[algorithm])


@lru_cache(maxsize=64)
def published(*ended, algorithm=signing.ED25519, at=AT):
    return statuslist.publish(LIST, ended, issuer=ISSUER, key_id=KEY, key=SIGNERS[algorithm], at=at)


@lru_cache(maxsize=64)
def read_alone(token, algorithm):
    known = alone.read_keys([json.loads(json.dumps(keys.key_set(ISSUER, public(algorithm))))])
    return known, [alone.read_status(token, known)]


def both(text, *ended, algorithm=signing.ED25519, at=AT):
    """What both verifiers say: True or False, alike."""
    known = public(algorithm)
    token = published(*ended, algorithm=algorithm)
    found = statuslist.read(token, keys.by_issuer(known))
    try:
        check(text, Trust(keys.by_issuer(known), {LIST: found}), at=at)
        ours = True
    except PlatformError:
        ours = False
    theirs_keys, lists = read_alone(token, algorithm)
    try:
        alone.check(text, theirs_keys, lists, at.timestamp())
        theirs = True
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        theirs = False
    assert ours == theirs
    return ours


@pytest.mark.parametrize("algorithm", signing.ALGORITHMS)
def test_every_algorithm_is_checked_by_both(algorithm):
    signed = credential(algorithm)
    for text in (signed.compact, signed.file, code(algorithm)):
        assert both(text, algorithm=algorithm)
        assert both(text, (8, State.REVOKED), (6, State.SUSPENDED), algorithm=algorithm)
        assert not both(text, (7, State.REVOKED), algorithm=algorithm)
        assert not both(text, (7, State.SUSPENDED), algorithm=algorithm)


TEXTS = (credential().compact, credential().file, code())


@given(
    which=st.integers(0, 2),
    place=st.integers(0, 10**6),
    put=st.characters(min_codepoint=33, max_codepoint=126),
)
def test_any_changed_character_is_refused(which, place, put):
    text = TEXTS[which]
    place %= len(text)
    changed = text[:place] + put + text[place + 1 :]
    assert both(changed) == (changed == text)


@given(which=st.integers(0, 2), place=st.integers(0, 10**6), size=st.integers(1, 40))
def test_what_is_cut_out_is_refused(which, place, size):
    text = TEXTS[which]
    place %= len(text)
    changed = text[:place] + text[place + size :]
    shown_less = which == 0 and changed in {credential().showing(names).compact for names in _subsets()}
    assert both(changed) == shown_less


def _subsets():
    names = list(FIELDS)
    return [[name for at, name in enumerate(names) if bits >> at & 1] for bits in range(8)]


@given(chosen=st.sets(st.sampled_from(sorted(FIELDS))))
def test_only_what_is_shown_is_seen(chosen):
    shown = credential().showing(chosen)
    known = keys.by_issuer(public(signing.ED25519))
    for text in (shown.compact, shown.file):
        found = check(text, Trust(known, None), at=AT)
        assert found.shows == {name: FIELDS[name] for name in chosen}
        for name in set(FIELDS) - chosen:
            assert FIELDS[name] not in json.dumps(decode_json(shown.token.split(".")[1]), ensure_ascii=False)


@given(name=st.sampled_from([*FIELDS, "exp", "jti", "status", "new"]), value=st.text() | st.integers())
def test_a_disclosure_of_ones_own_is_refused(name, value):
    made = encode(json.dumps([encode(b"0" * 16), name, value]).encode())
    signed = credential()
    assert not both(sdjwt.SignedCredential(signed.token, (*signed.disclosures, made)).compact)


def test_a_disclosure_counts_once():
    signed = credential()
    assert not both(sdjwt.SignedCredential(signed.token, signed.disclosures + signed.disclosures[:1]).compact)


def test_another_algorithm_or_another_type_is_refused():
    header, payload, signature = credential().token.split(".")
    for changed in (
        {"alg": "none"},
        {"alg": "ES256"},
        {"alg": "HS256"},
        {"typ": "statuslist+jwt"},
        {"kid": "no"},
    ):
        head = encode(json.dumps(decode_json(header) | changed).encode())
        assert not both(f"{head}.{payload}.{signature}~")
        assert not both(f"{head}.{payload}.~")
    assert not both(published())
    assert decode(signature)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(-31, False), (-30, True), (0, True), (60, True), (90, True), (91, False)]
)
def test_a_code_lives_a_minute_give_or_take_the_clocks(seconds, holds):
    assert timedelta(seconds=alone.SKEW) == SKEW
    assert both(code(), at=AT + timedelta(seconds=seconds)) == holds


def test_an_old_list_says_nothing():
    known = keys.by_issuer(public(signing.ED25519))
    old = statuslist.read(published(at=AT - timedelta(hours=25)), known)
    with pytest.raises(StatusUnknown):
        check(credential().compact, Trust(known, {LIST: old}), at=AT)
    with pytest.raises(StatusUnknown):
        check(credential().compact, Trust(known, {}), at=AT)


@given(
    ended=st.dictionaries(st.integers(0, statuslist.SIZE - 1), st.sampled_from([State.REVOKED, State.SUSPENDED]), max_size=50),
    asked=st.integers(0, statuslist.SIZE - 1),
)  # fmt: skip
def test_a_list_says_of_each_what_is_so(ended, asked):
    known = keys.by_issuer(public(signing.ED25519))
    found = statuslist.read(published(*ended.items()), known)
    expected = {State.REVOKED: Revoked, State.SUSPENDED: Suspended}
    for place in (asked, *ended):
        named = {"status_list": {"uri": LIST, "idx": place}}
        if place in ended:
            with pytest.raises(expected[ended[place]]):
                statuslist.require_valid(named, {LIST: found}, at=AT, leeway=SKEW)
        else:
            assert statuslist.require_valid(named, {LIST: found}, at=AT, leeway=SKEW) == found


@given(secret=st.binary(min_size=8, max_size=32), first=st.integers(0, 5))
def test_no_two_credentials_share_a_place(secret, first):
    base = first * statuslist.SIZE
    places = {statuslist.place_of(base + number, secret) for number in range(0, statuslist.SIZE, 97)}
    assert len(places) == len(range(0, statuslist.SIZE, 97))
    assert {which for which, _ in places} == {first}


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda each: "SZ1:" + encode(each or b"0")))
def test_nonsense_is_refused_in_words(text):
    assert not both(text)
