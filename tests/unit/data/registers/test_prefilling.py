"""What a register gives to a form: a person's own record whole, to a clerk what the policy gives in clear."""

from __future__ import annotations

import pytest

from shuzhi.data.registers import prefilling
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.forms.errors import RegisterDown

CODE = "91330182843963542R"
PERSON = Actor(name="account/person", roles=frozenset({Role.RESIDENT}))
CLERK = Actor(name="account/clerk", office="taxation", roles=frozenset({Role.APPROVER}))


def asked(city, value=CODE, *, by=PERSON, own=True, register=None, scheme="uscc", latest=None):
    return prefilling.look_up(
        register=register or city.register,
        scheme=scheme,
        value=value,
        latest=latest,
        by=by,
        own=own,
        at=city.now,
    )


@pytest.fixture
def built(city):
    from tests.unit.data.registers.world import ONE

    city.publish("firms", "taxes")
    city.send("firms", ONE)
    city.build()
    return city


def test_one_s_own_record_comes_with_its_sources(built):
    found = asked(built)
    assert found.values["name"] == "甲公司"
    assert found.sources["name"].batch
    assert found.sources["name"].day == built.now.date()
    assert asked(built, CODE.lower()) == found


def test_who_is_not_there_has_no_record(built):
    assert asked(built, "9133010014304617XG") is None


def test_a_register_that_is_not_there_or_not_built_is_down(city):
    for register in (city.register, "no-such"):
        with pytest.raises(RegisterDown):
            asked(city, register=register)


def test_a_register_that_does_not_identify_so_is_down(built):
    with pytest.raises(RegisterDown):
        asked(built, scheme="phone")


def test_a_clerk_is_given_no_masked_value(built):
    own, clerks = asked(built), asked(built, by=CLERK, own=False)
    assert set(clerks.values) <= set(own.values)
    assert all(clerks.values[name] == own.values[name] for name in clerks.values)
