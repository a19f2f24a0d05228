"""What builds note of their changes, for those who follow a register."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.data.registers.world import ONE, TAXED_ONE, TWO

from shuzhi.data.registers import feed, queries
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.foundation.outbox import models as outbox


@pytest.fixture
def followed(city):
    city.publish()
    city.send("firms", ONE)
    city.build()
    feed.keep_changes(city.register)
    return city


def noted(city, after=0):
    return [(one.kind.value, one.values["name"]) for one in feed.changes_after(city.register, after, most=99)]


def test_nothing_is_noted_before_somebody_follows(followed):
    assert noted(followed) == []
    assert feed.latest_changes() == {}


def test_each_build_notes_what_it_did_in_order(followed):
    followed.send("firms", TWO, mode="incremental")
    followed.build()
    followed.send("firms", ONE.replace("甲公司", "新甲公司"), mode="incremental")
    followed.build()
    followed.send("firms", ONE, mode="delete")
    followed.build()
    followed.send("firms", ONE, mode="incremental")
    followed.build()

    assert noted(followed) == [
        ("created", "乙公司"),
        ("changed", "新甲公司"),
        ("deleted", "新甲公司"),
        ("created", "甲公司"),  # it came back
    ]
    first, second, *_ = feed.changes_after(followed.register, 0, most=99)
    assert (second.before["name"], first.before) == ("甲公司", None)
    assert noted(followed, after=second.id)[0][0] == "deleted"
    messages = outbox.Message.objects.filter(event="RegisterChanged", payload__register=followed.register)
    assert messages.count() == 4


def test_a_build_without_news_notes_nothing(followed):
    followed.build()
    followed.send("taxes", TAXED_ONE)
    followed.build()
    assert [kind for kind, _ in noted(followed)] == ["changed"]


def test_changes_are_forgotten_after_their_time(followed):
    followed.send("firms", TWO, mode="incremental")
    followed.build()
    assert feed.forget_changes(before=followed.now + timedelta(days=1)) == 1
    assert noted(followed) == []


def test_an_unknown_register_is_not_followed(db):
    with pytest.raises(NoSuchRegister):
        feed.keep_changes("none")


def test_the_declaration_anew_keeps_following(followed):
    followed.install()
    followed.send("firms", TWO, mode="incremental")
    followed.build()
    assert ("created", "乙公司") in noted(followed)
    assert queries.find(followed.register, "uscc", "9133010014304617XG")
