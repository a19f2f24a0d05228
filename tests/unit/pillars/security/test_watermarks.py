"""The traceable watermark: what is said never changes, the receiver is found, nobody is accused wrongly."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.security.watermarks import Marker, canonical, mark_key, suspects

SECRET = b"s" * 32
RECEIVERS = [f"receiver-{number}" for number in range(50)]
MARKERS = {name: Marker(mark_key(SECRET, name)) for name in RECEIVERS}
ROADS = ["文一西路", "古墩路", "莫干山路", "体育场路", "凤起路", "延安路", "庆春路", "中山北路"]


def addresses(count, seed):
    drawn = random.Random(seed)

    def one():
        room = f"{drawn.randrange(1, 40)}幢{drawn.randrange(1, 30)}层"
        name = f"{drawn.choice(ROADS)}{drawn.randrange(1, 2000)}号"
        kind = drawn.randrange(4)
        return [
            name + room,
            f"{name}（{room}）",
            f"{name}({room}，自主申报)",
            f"{name[:2]} {drawn.randrange(1, 999)} 号",
        ][kind]

    return [one() for _ in range(count)]


TEXTS = addresses(1_000, seed=1)


def given_to(receiver, texts):
    return [MARKERS[receiver].marked(text) for text in texts]


@given(st.text(st.sampled_from("文一西路123AB（）(),，；;:：!？ \t.、-①㎡"), max_size=40) | st.text())
def test_what_is_said_never_changes(text):
    made = MARKERS["receiver-1"].marked(text)
    assert canonical(made) == canonical(text)
    assert made == MARKERS["receiver-1"].marked(made)
    assert [c for c in made if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    "text", ["2020-05-06", "12,345.60", "91350100M000100Y43", "13812345678", "a,b;c:(d)", "10:30", "张三", ""]
)
def test_numbers_codes_days_and_names_are_left_as_they_are(text):
    assert all(marker.marked(text) == text for marker in MARKERS.values())


@pytest.mark.parametrize("rows", [300])
def test_each_of_fifty_receivers_is_found_from_a_sample_and_no_other(rows):
    drawn = random.Random(rows)
    for receiver in RECEIVERS:
        sample = drawn.sample(given_to(receiver, TEXTS), rows)
        found = suspects([sample], MARKERS)
        assert [each.export for each in found if each.is_found] == [receiver]
        assert found[0].probability > 0.999


def test_data_that_nobody_was_given_accuse_nobody():
    """The rate of false accusations over 50 receivers and 10 samples of data in their own or one uniform style."""
    accused = 0
    for seed in range(10):
        raw = addresses(300, seed=100 + seed)
        uniform = [text.replace(" ", "").replace("(", "（").replace(")", "）") for text in raw]
        stranger = Marker(mark_key(SECRET, f"someone-{seed}"))
        for sample in (raw, uniform, [stranger.marked(text) for text in raw]):
            accused += sum(each.is_found for each in suspects([sample], MARKERS))
    assert accused == 0  # of 1,500 chances


class TestSurvives:
    @pytest.fixture
    def leaked(self):
        return random.Random(7).sample(given_to("receiver-9", TEXTS), 600)

    @pytest.mark.parametrize(
        "changed",
        [
            sorted,
            lambda texts: texts[::2],
            lambda texts: [f"  {text}" for text in texts],
            lambda texts: [f"杭州市{text}" if n % 10 == 0 else text for n, text in enumerate(texts)],
            lambda texts: texts[:300] + addresses(100, seed=9),
        ],
        ids=["sorting", "sampling", "padding", "a tenth rewritten", "others' rows mixed in"],
    )
    def test_what_leakers_do(self, leaked, changed):
        found = suspects([changed(leaked)], MARKERS)
        assert [each.export for each in found if each.is_found] == ["receiver-9"]

    def test_other_columns_beside_it(self, leaked):
        numbers = [str(number) for number in range(len(leaked))]
        names = addresses(len(leaked), seed=3)
        found = suspects([numbers, names, leaked], MARKERS)
        assert (found[0].export, found[0].column, found[0].is_found) == ("receiver-9", 2, True)

    def test_two_receivers_who_put_their_files_together_are_both_likely(self):
        half = given_to("receiver-1", TEXTS[:500]) + given_to("receiver-2", TEXTS[500:])
        found = suspects([half], MARKERS)
        assert {each.export for each in found[:2]} == {"receiver-1", "receiver-2"}
        assert all(each.chance < 1e-6 for each in found[:2])

    def test_writing_everything_in_one_style_removes_it_and_accuses_nobody(self, leaked):
        found = suspects([[canonical(text) for text in leaked]], MARKERS)
        assert not [each for each in found if each.is_found]


def test_few_rows_or_none_say_nothing():
    assert not any(each.is_found for each in suspects([given_to("receiver-3", TEXTS[:5])], MARKERS))
    assert suspects([], {}) == []
    assert not any(each.is_found for each in suspects([[]], MARKERS))
