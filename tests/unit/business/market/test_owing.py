"""What receivers owe, for every way in which consents are given, narrowed, withdrawn and used."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.business.market.owing import Delivered, Span, owed, spans

START = datetime(2026, 3, 2, tzinfo=UTC)
FIELDS = st.frozensets(st.sampled_from("abc"))
STEPS = st.lists(st.tuples(st.sampled_from(["agree", "use", "ask"]), FIELDS), max_size=14)


def at(hour):
    return START + timedelta(hours=hour)


def revision(hour, fields, *, given=True, state="signed", until=1000):
    said = {
        "optIn": given,
        "state": state,
        "receivers": ["x"],
        "fields": sorted(fields),
        "until": at(until).isoformat(),
    }
    return json.dumps({"objectData": said}), at(hour)


@given(STEPS)
def test_each_field_is_asked_back_once_after_its_last_delivery_and_none_that_is_agreed_to(steps):
    """Against a book kept step by step: what the office holds."""
    revisions, uses, asked, holds, agreed = [], [], [], set(), frozenset()
    for hour, (step, fields) in enumerate([*steps, ("ask", None)]):
        if step == "agree":  # an empty choice withdraws
            revisions.append(revision(hour, fields, given=bool(fields)))
            agreed = fields
        elif step == "use" and agreed:
            uses.append(at(hour))
            holds |= agreed
        elif step == "ask":
            found = owed(_delivered(spans(revisions), uses), agreed=agreed, asked=asked)
            assert set(found.fields if found else ()) == holds - agreed
            if found:
                asked.append((frozenset(found.fields), at(hour)))
                assert found.last_at in uses
                assert found.deliveries >= 1
            holds -= holds - agreed


def _delivered(known, uses):
    for span in known:
        within = [use for use in uses if span.since <= use < span.until]
        if within:
            yield Delivered(span.fields, len(within), max(within))


def test_spans_are_those_that_were_signed_and_not_over():
    told = [
        revision(0, "a", state="unsigned"),
        revision(1, "ab"),
        revision(2, "ab", given=False),
        revision(3, "b", until=5),
    ]
    assert spans(told) == [
        Span(frozenset("x"), frozenset("ab"), at(1), at(2)),
        Span(frozenset("x"), frozenset("b"), at(3), at(5)),
    ]
    assert spans([]) == []
