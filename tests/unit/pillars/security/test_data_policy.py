"""The decision over one policy: every limit of use by itself, every default on the closed side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.security.data_policy import (
    CHANNELS,
    Channel,
    FieldPolicy,
    Given,
    PolicyDeclaration,
    Reader,
    compile_policy,
    decide,
)
from shuzhi.pillars.security.data_policy.deciding import subtree
from shuzhi.pillars.security.data_policy.declaring import NO_FIELD_POLICY, unknown_names
from shuzhi.pillars.security.types import PUBLIC, Actor, Grade, Mask, Role, system

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)  # Monday, ten o'clock in China
KEY = b"k" * 32
BUREAU = Actor(
    "account/zhou",
    office="bureau",
    division="330100",
    roles=frozenset({Role.BUREAU}),
    purpose="核验",
    basis="法",
)
OWNER = replace(BUREAU, name="account/chen", office="market", roles=frozenset({Role.DATA_OFFICER}))
OTHER = replace(OWNER, name="account/wang", office="taxation")
LEADER = replace(OWNER, roles=frozenset({Role.LEADER}))
DISTRICT = replace(OTHER, division="330110")


@dataclass(frozen=True)
class Declared:
    id: str
    grade: Any = Grade.L1
    mask: Any = Mask.NONE
    open: bool = False
    policy: FieldPolicy = NO_FIELD_POLICY


FIELDS = (
    Declared("l1", open=True),
    Declared("l2", Grade.L2, Mask.PARTIAL, open=True),
    Declared("l3", Grade.L3, Mask.HASH),
    Declared("l4", Grade.L4, Mask.TOKEN),
    Declared("bare", Grade.L3),
    Declared("dropped", Grade.L3, Mask.DROP),
    Declared("odd-mask", Grade.L3, "scramble"),
    Declared("odd-grade", "L9", Mask.PARTIAL),
)


def asked(actor, channel, *, fields=FIELDS, at=AT, clearance=None, consents=frozenset(), **uses):
    policy = compile_policy(thing="dataset/x", owner="market", fields=fields, uses=PolicyDeclaration(**uses))
    return decide(policy, Reader(actor, clearance, consents), channel, at)


def one(actor, channel=Channel.PAGE, *, at=AT, consents=frozenset(), **limits):
    return asked(
        actor, channel, fields=(Declared("f", policy=FieldPolicy(**limits)),), at=at, consents=consents
    ).treatment("f")


def given_of(decision):
    return "".join(decision.treatment(field.id).given.value[0] for field in FIELDS)


@pytest.mark.parametrize(
    ("actor", "channel", "expected"),
    [
        (BUREAU, Channel.PAGE, "cccmcccw"),
        (OWNER, Channel.PAGE, "cccmcccw"),
        (OTHER, Channel.PAGE, "ccmmwwww"),
        (LEADER, Channel.PAGE, "cmmmwwww"),
        (PUBLIC, Channel.PAGE, "cmmmwwww"),
        (OWNER, Channel.SAMPLE, "cmmmmwww"),
        (OWNER, Channel.QUARANTINE, "cmmmmwww"),
        (system("console"), Channel.CONSOLE, "cmmmwwww"),
        (OTHER, Channel.GATEWAY, "cmmmwwww"),
        (OWNER, Channel.EXPORT, "cccmcccw"),
        (OTHER, Channel.MODEL, "ccmwwwww"),
        (BUREAU, Channel.MODEL, "ccmwwwww"),
        (BUREAU, Channel.OPEN, "cmwwwwww"),
        (PUBLIC, Channel.OPEN, "cmwwwwww"),
        (BUREAU, "fax", "wwwwwwww"),
    ],
)
def test_every_reader_on_every_way(actor, channel, expected):
    assert given_of(asked(actor, channel)) == expected


@pytest.mark.parametrize("channel", [c for c in Channel if CHANNELS[c].states_purpose])
@pytest.mark.parametrize("lacking", [{"purpose": None}, {"purpose": "  "}, {"basis": None}, {"basis": ""}])
def test_a_way_that_asks_for_purpose_and_basis_gives_nothing_without(channel, lacking):
    assert given_of(asked(replace(BUREAU, **lacking), channel, clearance=Grade.L4)) == "wwwwwwww"


def test_a_subscription_decides_what_the_gateway_gives_in_clear():
    assert given_of(asked(OTHER, Channel.GATEWAY, clearance=Grade.L3)) == "cccmcccw"
    assert given_of(asked(OTHER, Channel.GATEWAY, clearance=Grade.L4)) == "ccccccc" + "w"


def test_a_declared_clearance_replaces_the_usual_one_of_the_role():
    assert given_of(asked(OWNER, Channel.PAGE, clearances={"data_officer": "L1"})) == "cmmmwwww"
    assert given_of(asked(LEADER, Channel.PAGE, clearances={"leader": "L2"})) == "ccmmwwww"
    assert asked(OWNER, Channel.PAGE, clearances={"data_officer": "L4"}).treatment("l4").given is Given.MASKED


class TestLimits:
    @pytest.mark.parametrize(
        ("limits", "actor", "rule"),
        [
            ({"purposes": ["核验"]}, BUREAU, "cleared"),
            ({"purposes": ["统计"]}, BUREAU, "other-purpose"),
            ({"purposes": ["核验"]}, replace(BUREAU, purpose=None), "no-purpose"),
            ({"roles": ["bureau"]}, BUREAU, "cleared"),
            ({"roles": ["bureau"]}, OWNER, "role"),
            ({"refuse": ["page"]}, BUREAU, "channel-refused"),
            ({"refuse": ["model"]}, BUREAU, "cleared"),
            ({"since": "2026-03-02", "until": "2026-03-02"}, BUREAU, "cleared"),
            ({"since": "2026-03-03"}, BUREAU, "out-of-time"),
            ({"until": "2026-03-01"}, BUREAU, "out-of-time"),
            ({"consent": "loan"}, BUREAU, "no-consent"),
        ],
    )
    def test_a_field_keeps_its_own(self, limits, actor, rule):
        found = one(actor, **limits)
        assert (found.reason.rule, found.clear) == (rule, rule == "cleared")
        assert found.reason.says.zh
        assert found.reason.law

    def test_consent_that_is_there_opens(self):
        assert one(BUREAU, consent="loan", consents=frozenset({"loan"})).clear
        assert not one(BUREAU, consent="loan", consents=frozenset({"other"})).clear

    def test_a_limit_of_the_whole_holds_for_every_field_and_row(self):
        found = asked(BUREAU, Channel.MODEL, refuse=["model"])
        assert given_of(found) == "wwwwwwww"
        assert not found.rows.admits({})

    def test_roles_do_not_bind_an_office_that_calls_by_its_subscription(self):
        assert one(Actor("caller", purpose="核验", basis="法"), Channel.GATEWAY, roles=["bureau"]).clear

    @pytest.mark.parametrize(
        ("start", "end", "clear"),
        [
            ("09:00", "17:00", True),
            ("11:00", "17:00", False),
            ("22:00", "10:30", True),
            ("22:00", "06:00", False),
        ],
    )
    def test_hours_of_use(self, start, end, clear):
        assert asked(BUREAU, Channel.PAGE, hours_from=start, hours_to=end).is_clear("l1") is clear

    def test_a_field_nobody_declared_is_withheld(self):
        assert asked(BUREAU, Channel.PAGE).treatment("typo").given is Given.WITHHELD
        assert asked(BUREAU, Channel.PAGE).row({"typo": 1, "l1": 2}, key=KEY) == {"l1": 2}


class TestRows:
    @pytest.mark.parametrize(
        ("actor", "code", "admitted"),
        [
            (DISTRICT, "330110", True),
            (DISTRICT, "330110005", True),
            (DISTRICT, "330106", False),
            (DISTRICT, "330100", False),
            (DISTRICT, None, False),
            (BUREAU, "330106", True),
            (BUREAU, "330200", False),
            (replace(DISTRICT, division="330110005"), "330110005", True),
            (replace(DISTRICT, division="330110005"), "330110006", False),
            (replace(DISTRICT, division=None), "330110", False),
            (replace(DISTRICT, division="余杭"), "330110", False),
        ],
    )
    def test_own_division_and_what_lies_below(self, actor, code, admitted):
        assert asked(actor, Channel.PAGE, scope={"division": "d"}).rows.admits({"d": code}) is admitted

    @pytest.mark.parametrize(
        ("actor", "row", "admitted"),
        [
            (OTHER, {"o": "taxation", "p": "wang"}, True),
            (OTHER, {"o": "taxation", "p": "account/wang"}, True),
            (OTHER, {"o": "taxation", "p": "zhou"}, False),
            (OTHER, {"o": "market", "p": "wang"}, False),
            (OTHER, {}, False),
            (replace(OTHER, office=None), {"o": None, "p": "wang"}, False),
            (OWNER, {"o": "taxation", "p": "wang"}, True),
            (BUREAU, {"o": "taxation", "p": "wang"}, True),
        ],
    )
    def test_own_office_and_own_clients(self, actor, row, admitted):
        assert asked(actor, Channel.PAGE, scope={"office": "o", "person": "p"}).rows.admits(row) is admitted

    def test_rows_told_apart_by_reader_are_not_opened(self):
        assert asked(PUBLIC, Channel.OPEN, scope={"division": "d"}).rows.nothing

    @pytest.mark.parametrize(
        ("code", "begins"),
        [
            ("330000", "33"),
            ("330100", "3301"),
            ("330110", "330110"),
            ("330110005", "330110005"),
            ("330110005000", "330110005"),
            ("330110005001", "330110005001"),
            ("", ""),
            ("33", ""),
        ],
    )
    def test_what_a_division_spans(self, code, begins):
        assert subtree(code) == begins


grades = st.sampled_from(list(Grade))


@given(
    fields=st.lists(
        st.builds(
            Declared,
            id=st.sampled_from("abc"),
            grade=grades,
            mask=st.sampled_from(list(Mask)),
            open=st.booleans(),
        ),
        max_size=3,
    ),
    roles=st.frozensets(st.sampled_from(list(Role))),
    office=st.sampled_from(["market", "taxation", None]),
    channel=st.sampled_from(list(Channel)),
    clearance=st.none() | grades,
)
def test_nothing_above_the_ceiling_of_a_way_ever_leaves_in_clear(fields, roles, office, channel, clearance):
    actor = Actor("account/x", office=office, roles=roles, purpose="p", basis="b")
    found = asked(actor, channel, fields=fields, clearance=clearance)
    for field in {field.id: field for field in fields}.values():
        if found.is_clear(field.id):
            assert field.grade <= CHANNELS[channel].ceiling
            assert channel is not Channel.OPEN or (field.open and field.grade is Grade.L1)
        value = found.value(field.id, "13812345678", key=KEY)
        assert found.is_clear(field.id) or value != "13812345678"


def test_a_policy_names_only_fields_that_exist():
    declared = PolicyDeclaration(scope={"division": "gone"}, anonymity={"counts": ["there", "lost"]})
    fields = [Declared("a", policy=FieldPolicy(mask_as={"subject": "nobody"}))]
    assert unknown_names(declared, fields, {"a", "there"}) == ["gone", "lost", "nobody"]
    assert unknown_names(PolicyDeclaration(), [Declared("a")], {"a"}) == []
