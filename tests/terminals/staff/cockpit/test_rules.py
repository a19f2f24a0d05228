"""The small rules under the cockpit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.organization.places import newest_boundaries, square_kilometres
from shuzhi.terminals.staff.cockpit.names import english_name, source_title
from shuzhi.terminals.staff.cockpit.scales import quantiles


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("余杭区", "Yuhang"), ("临安区", "Lin'an"), ("淳安县", "Chun'an"), ("建德市", "Jiande"),
        ("五常街道", "Wuchang Subdistrict"), ("径山镇", "Jingshan Town"), ("鸬鸟镇", "Luniao Town"),
    ],
)  # fmt: skip
def test_english_names(name, english):
    assert english_name(name) == english


def test_a_source_is_named_for_people():
    assert source_title("nbs-2023-06-30").zh == "国家统计局统计用区划代码（2023-06-30）"


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e7), st.integers(0, 10**7)), max_size=40))
def test_bounds_rise_from_nought_and_reach_no_further_than_the_values(values):
    bounds = quantiles(values)

    assert bounds[0] == 0
    assert bounds == sorted(set(bounds))
    assert bounds[-1] <= max([value for value in values if value is not None], default=0)


def test_fifths_hold_about_as_many_areas():
    bounds = quantiles([513, 827, 1126, 1245, 1389, 1844, 2445, 2685, 3203, 3532, 3854, 4964, 5383])

    assert bounds == [0, 1100, 1800, 2600, 3800]


@pytest.mark.parametrize(
    ("code", "official"), [("330110", 942), ("330106", 309), ("330127", 4427), ("330182", 2321)]
)
def test_areas_are_within_some_percent_of_the_official_ones(code, official):
    found = square_kilometres(newest_boundaries("330100"))[code]

    assert found == pytest.approx(official, rel=0.06)


def test_no_boundaries_no_areas():
    assert newest_boundaries("110000") is None
    assert square_kilometres("no-such-file") == {}
