"""What consents give of rows, against a reading of the rules in so many words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shuzhi.pillars.security import consents
from shuzhi.pillars.security.data_policy import (
    Channel,
    FieldPolicy,
    PolicyDeclaration,
    SubjectDeclaration,
    askable,
)
from shuzhi.pillars.security.data_policy.declaring import consent_problems
from shuzhi.pillars.security.data_policy.types import DataPolicy, FieldRule
from shuzhi.pillars.security.types import Actor, Grade, Mask

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
READER = Actor("office/bank", office="bank", purpose="loan", basis="law")
TOPICS = st.sampled_from([None, "t1", "t2"])
HELD = st.builds(
    dict,
    topic=st.sampled_from(["t1", "t2"]),
    value=st.sampled_from(["A", "b"]),
    office=st.sampled_from(["bank", "tax"]),
    purpose=st.sampled_from(["loan", "rent"]),
    fields=st.sets(st.sampled_from(["x", "y"])).map(tuple),
    since=st.integers(-2, 1),
    days=st.integers(1, 3),
)


def policy(whole, x, y, *, subject=True):
    rules = {
        name: FieldRule(name, Grade.L1, Mask.NONE, uses=FieldPolicy(consent=topic))
        for name, topic in (("who", None), ("x", x), ("y", y))
    }
    named = SubjectDeclaration(field="who", scheme="id") if subject else None
    return DataPolicy("dataset/d", "o", rules, PolicyDeclaration(consent=whole, subject=named))


def agreed(held, topic, value, field):
    """Whether somebody agreed, in so many words."""
    return any(
        one["topic"] == topic
        and one["value"].upper() == value.upper()
        and (one["office"], one["purpose"]) == ("bank", "loan")
        and one["since"] <= 0 < one["since"] + one["days"]
        and (field is None or field in one["fields"])
        for one in held
    )


class TestRows(TestCase):
    @settings(max_examples=60)
    @given(whole=TOPICS, x=TOPICS, y=TOPICS, held=st.lists(HELD, max_size=5))
    def test_gives_what_was_agreed_to_and_nothing_else(self, whole, x, y, held):
        for number, one in enumerate(held):
            since = AT + timedelta(days=one["since"])
            consents.put_in_force(
                consents.InForce(
                    str(number), one["topic"], "id", one["value"], one["office"], one["purpose"], one["fields"], since, since + timedelta(days=one["days"])
                )
            )  # fmt: skip
        rows = [{"who": who, "x": 1, "y": 2, "y__currency": "CNY"} for who in ("a", "B", None)]

        got = list(consents.agreed_rows(rows, policy=policy(whole, x, y), actor=READER, at=AT))

        wanted = []
        for row in rows:
            who = row["who"] or ""
            if whole and not (who and agreed(held, whole, who, None)):
                continue
            kept = {}
            for name, value in row.items():
                field = name.partition("__")[0]
                needs = [topic for topic in (whole, {"x": x, "y": y}.get(field)) if topic]
                kept[name] = value if all(who and agreed(held, each, who, field) for each in needs) else None
            wanted.append(kept)
        assert got == wanted


def test_is_asked_only_where_a_purpose_and_an_office_are_stated():
    needing = policy("t1", "t2", None)
    assert askable(needing, READER, Channel.EXPORT) == {"t1", "t2"}
    assert askable(needing, READER, Channel.PAGE) == frozenset()
    assert askable(needing, Actor("x", office="bank"), Channel.EXPORT) == frozenset()
    assert askable(needing, Actor("x", purpose="loan"), Channel.EXPORT) == frozenset()
    assert askable(policy("t1", None, None, subject=False), READER, Channel.EXPORT) == frozenset()


@pytest.mark.django_db
def test_ending_calls_whoever_keeps_copies_in_the_same_transaction(monkeypatch):
    called = []
    monkeypatch.setattr(consents, "_followers", [lambda *what: called.append(what)])
    consents.put_in_force(
        consents.InForce("r", "t1", "id", "a", "bank", "loan", ("x",), AT, AT + timedelta(days=1))
    )
    assert consents.first_end("bank", ["t1"], AT) == AT + timedelta(days=1)
    assert consents.end(["r", "unknown"], at=AT) == 1
    assert called == [("bank", frozenset({"t1"}), AT)]
    assert consents.ended_since("bank", ["t1"], AT)
    assert consents.end(["r"], at=AT) == 0
    assert len(called) == 1


def test_the_checker_names_what_can_not_be_kept():
    class Declared:
        id, open, policy = "f", True, FieldPolicy(consent="t1")

    said = consent_problems(PolicyDeclaration(), [Declared()])
    assert [each.en.split(",")[0] for each in said] == ["consent is asked for", "f is delivered with the person's consent only: it can't be opened"]  # fmt: skip
    assert consent_problems(PolicyDeclaration(), []) == []
