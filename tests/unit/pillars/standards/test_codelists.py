from __future__ import annotations

import json
import re
import runpy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.standards import codelists
from shuzhi.pillars.standards.codelists import load, shipped_code_lists
from shuzhi.pillars.standards.errors import CodeListBroken, UnknownVersion
from shuzhi.pillars.standards.validators.amounts import CURRENCIES

REPOSITORY = Path(__file__).resolve().parents[4]
INDUSTRIES = shipped_code_lists()["industries"]


class TestShipped:
    def test_every_list_has_titles_a_standard_and_codes_whose_parents_exist(self):
        for code_list in shipped_code_lists().values():
            assert code_list.title_zh
            assert code_list.title_en
            assert code_list.standard
            assert code_list.source
            for version in code_list.versions:
                assert version.codes
                assert {c.parent for c in version.codes.values()} - {None} <= set(version.codes)

    def test_every_currency_that_amounts_read_is_in_the_list(self):
        assert set(shipped_code_lists()["currencies"].latest.codes) == set(CURRENCIES)

    def test_labels(self):
        sexes = shipped_code_lists()["sexes"].latest
        assert (sexes.label("1"), sexes.label("1", "en"), sexes.label("7")) == ("男性", "male", None)

    def test_industry_files_are_what_the_source_says(self, shared_data, tmp_path):
        script = runpy.run_path(str(REPOSITORY / "scripts" / "build_codelists.py"))
        script["build"](shared_data / "gbt4754", tmp_path)
        for made in tmp_path.iterdir():
            assert made.read_bytes() == (packs_root() / codelists.CODELISTS / made.name).read_bytes()


class TestVersions:
    @pytest.mark.parametrize(
        ("day", "version"),
        [
            (date(1995, 4, 1), "1994"),
            (date(2011, 10, 31), "2002"),
            (date(2011, 11, 1), "2011"),
            (date(2026, 1, 1), "2017"),
        ],
    )
    def test_the_version_of_a_day(self, day, version):
        assert INDUSTRIES.at(day).version == version

    def test_before_the_first_there_is_none(self):
        assert INDUSTRIES.at(date(1990, 1, 1)) is None

    def test_an_unknown_version_is_refused(self):
        with pytest.raises(UnknownVersion, match="1994, 2002, 2011, 2017"):
            INDUSTRIES.crosswalk("1986", "2017", "0110")

    def test_counts_of_classes(self):
        counts = {v.version: sum(len(code) == 4 for code in v.codes) for v in INDUSTRIES.versions}
        assert counts == {"1994": 839, "2002": 914, "2011": 1094, "2017": 1381}


class TestCrosswalk:
    def test_one_class_may_become_many_and_many_one(self):
        assert INDUSTRIES.crosswalk("2002", "2011", "0111") == ["0111", "0112", "0113", "0119"]
        assert INDUSTRIES.crosswalk("2011", "2017", "0169") == ["0164", "0169"]
        assert INDUSTRIES.crosswalk("2017", "2011", "0164") == ["0169"]
        assert INDUSTRIES.crosswalk("2017", "2017", "0164") == ["0164"]
        assert INDUSTRIES.crosswalk("2011", "2017", "9999") == []

    @given(st.sampled_from(sorted(INDUSTRIES.version("2011").codes)))
    def test_the_way_back_leads_home(self, code):
        for later in INDUSTRIES.crosswalk("2011", "2017", code):
            assert code in INDUSTRIES.crosswalk("2017", "2011", later)


class TestTranscriptions:
    """The two 2017 transcriptions that may not ship, against the codes that do."""

    def test_the_one_class_too_many_and_the_one_under_another_code(self, shared_data):
        folder = shared_data / "gbt4754"
        tree = json.loads((folder / "国民经济行业分类_2017.json").read_text("utf-8"))
        sql = (folder / "industry_category_init_data.sql").read_text("utf-8")
        in_json = {code for code in _codes(tree) if len(code) == 4}
        in_sql = set(re.findall(r"\bvalues\s*\(\s*(?:\d+,\s*)?'(\d{4})'", sql))
        shipped = {code for code in INDUSTRIES.version("2017").codes if len(code) == 4}
        assert in_json == shipped
        # The SQL puts 建筑陶瓷制品制造 in at 3032, which shifts its neighbours up to 3035, and numbers 9299 as 9292.
        assert (in_sql - in_json, in_json - in_sql) == ({"3035", "9292"}, {"9299"})
        assert (len(in_sql), len(in_json)) == (1382, 1381)


class TestBroken:
    @pytest.mark.parametrize("text", ["", "list: x", "versions: 3", "a: [", "- 1"])
    def test_a_broken_file_is_named(self, tmp_path, text):
        path = tmp_path / "broken.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(CodeListBroken, match=r"broken\.yaml"):
            load(path)


def _codes(nodes):
    for node in nodes:
        yield node["code"]
        yield from _codes(node["children"])
