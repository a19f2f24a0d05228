from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.organization.divisions import shipped_tree
from shuzhi.pillars.organization.places import district_at, gcj02_to_wgs84, wgs84_to_gcj02
from shuzhi.pillars.organization.places.boundaries import shipped_boundaries

DAY = date(2026, 11, 22)
CITY = st.tuples(st.floats(118.3, 120.8), st.floats(29.1, 30.6))


class TestDistrictAt:
    @pytest.mark.parametrize(
        ("lon", "lat", "code"),
        [
            (120.2990, 30.4190, "330113"),  # 临平
            (119.9800, 30.2800, "330110"),  # 余杭, west
            (120.3450, 30.3100, "330114"),  # 下沙
            (120.1690, 30.2420, "330102"),  # 上城
            (119.0400, 29.6080, "330127"),  # 千岛湖
            (121.4700, 31.2300, None),  # Shanghai
        ],
    )
    def test_known_points(self, lon, lat, code):
        assert district_at(lon, lat) == code

    def test_every_area_is_a_current_district(self):
        boundaries = shipped_boundaries()
        names = {division.code for division in shipped_tree(lower=False).children("330100", DAY)}
        assert set(boundaries.codes) == names

    def test_a_point_within_each_area_is_found_there(self):
        boundaries = shipped_boundaries()
        for code, area in zip(boundaries.codes, boundaries.areas, strict=True):
            inside = area.representative_point()
            assert boundaries.at(inside.x, inside.y) == code


class TestOffsetCoordinates:
    @given(CITY)
    def test_there_and_back(self, point):
        assert gcj02_to_wgs84(*wgs84_to_gcj02(*point)) == pytest.approx(point, abs=1e-7)

    @given(CITY)
    def test_the_offset_is_hundreds_of_metres(self, point):
        shown = wgs84_to_gcj02(*point)
        assert 0.003 < shown[0] - point[0] < 0.007
        assert -0.005 < shown[1] - point[1] < 0.002

    def test_abroad_nothing_is_shifted(self):
        assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)

    def test_explains_two_real_files(self, shared_data):
        """A county's western end in GCJ-02 (DataV), turned back, is its western end in WGS 84 (Tianditu)."""
        folder = shared_data / "hangzhou_geojson"
        offset = json.loads((folder / "hangzhou_datav_2021-08_13districts_before.json").read_text("utf-8"))
        shown = next(f for f in offset["features"] if f["properties"]["name"] == "淳安县")
        points = [p for polygon in shown["geometry"]["coordinates"] for ring in polygon for p in ring]
        true = shipped_boundaries().areas[shipped_boundaries().codes.index("330127")].bounds
        west = min(gcj02_to_wgs84(*point)[0] for point in points)
        assert abs(min(point[0] for point in points) - true[0]) > 0.004
        assert abs(west - true[0]) < 0.001
