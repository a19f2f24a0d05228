from __future__ import annotations

import csv
import runpy
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.packfiles import packs_root
from shuzhi.pillars.organization.divisions import Division, DivisionTree, Succession, shipped_tree, short_code
from shuzhi.pillars.organization.divisions.tree import DIVISIONS

REPOSITORY = Path(__file__).resolve().parents[4]
TODAY = date(2026, 11, 22)
SPLIT = date(2021, 4, 9)


@pytest.fixture(scope="module")
def tree():
    return shipped_tree()


@pytest.fixture(scope="module")
def disagreements():
    with (packs_root() / DIVISIONS / "disagreements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestYuhang:
    """330110: one code with two extents, and a city of another code before it."""

    def test_at_the_start_of_2001_sources_know_only_the_year(self, tree):
        found = tree.as_of("330110", date(2001, 1, 1))
        assert (found.name, found.surely_on(date(2001, 1, 1))) == ("余杭区", False)
        assert tree.as_of("330184", date(2001, 1, 1)).name == "余杭市"
        assert tree.as_of("330110", date(2000, 12, 31)) is None
        assert tree.as_of("330184", date(2000, 12, 31)).surely_on(date(2000, 12, 31))
        assert tree.as_of("330110", date(2001, 12, 31)).surely_on(date(2001, 12, 31))

    def test_before_and_after_the_split_it_is_not_the_same_place(self, tree):
        before, after = tree.as_of("330110", date(2020, 1, 1)), tree.as_of("330110", date(2021, 6, 1))
        assert (before.name, after.name) == ("余杭区", "余杭区")
        assert before != after
        assert before.valid_to == after.valid_from == SPLIT
        assert "范围缩小" in after.note

    def test_what_became_of_it(self, tree):
        steps = tree.successors("330110", date(2020, 1, 1))
        assert {(s.new_code, s.kind, s.day) for s in steps} == {
            ("330110", "split", SPLIT),
            ("330113", "split", SPLIT),
        }
        assert all("sources disagree" in step.basis for step in steps)
        assert tree.successors("330110", SPLIT) == []


class TestHangzhou:
    @pytest.mark.parametrize(
        ("old", "now"),
        [
            ("330103", ["330105"]),
            ("330104", ["330102", "330114"]),
            ("330109", ["330109", "330114"]),
            ("330110", ["330110", "330113"]),
            ("330183", ["330111"]),
            ("330184", ["330110", "330113"]),
            ("330185", ["330112"]),
            ("330106", ["330106"]),
            ("999999", []),
        ],
    )
    def test_where_codes_went(self, tree, old, now):
        assert tree.current_codes(old, TODAY) == now

    def test_written_after_the_change_a_code_means_what_it_says(self, tree):
        assert tree.current_codes("330110", TODAY, written_on=SPLIT) == ["330110"]

    def test_its_thirteen_districts_then_and_now(self, tree):
        then = {division.name for division in tree.children("330100", date(2020, 1, 1))}
        now = {division.name for division in tree.children("330100", TODAY)}
        assert len(then) == len(now) == 13
        assert then - now == {"下城区", "江干区"}
        assert now - then == {"临平区", "钱塘区"}

    def test_retired_codes_are_not_current(self, tree):
        assert [tree.is_current(code, TODAY) for code in ("330103", "330104", "330183", "330185", "330113")] == [
            False, False, False, False, True,
        ]  # fmt: skip

    def test_down_to_the_village(self, tree):
        assert tree.full_name("330110005", TODAY) == "浙江省杭州市余杭区五常街道"
        village = tree.children("330110005", TODAY)[0]
        assert [division.level for division in tree.path(village.code, TODAY)] == [
            "province", "city", "county", "town", "village",
        ]  # fmt: skip

    def test_twelve_digits_mean_the_same(self, tree):
        assert tree.as_of("330110000000", TODAY) == tree.as_of("330110", TODAY)
        assert short_code("330110005000") == "330110005"
        assert short_code("330110005001") == "330110005001"


class TestConsistency:
    def test_no_two_lives_of_a_code_overlap(self, tree):
        for code in tree.codes():
            for earlier, later in pairwise(tree.history(code)):
                assert earlier.valid_to is not None
                assert earlier.valid_to <= later.valid_from, code

    def test_every_interval_is_in_order(self, tree):
        for code in tree.codes():
            for life in tree.history(code):
                assert life.not_before <= life.valid_from
                assert life.valid_to is None or life.valid_from < life.valid_to <= life.not_after

    def test_every_parent_existed(self, tree):
        for code in tree.codes():
            for life in tree.history(code):
                assert (life.level == "province") == (life.parent is None)
                assert life.parent is None or tree.as_of(life.parent, life.valid_from), life

    def test_every_succession_ties_codes_that_exist(self, tree):
        for change in tree.successions():
            assert change.old_name in {life.name for life in tree.history(change.old_code)}, change
            assert change.new_name in {life.name for life in tree.history(change.new_code)}, change

    @given(st.sampled_from(sorted(shipped_tree(lower=False).codes())), st.dates(date(1981, 1, 1), TODAY))
    def test_a_path_leads_to_a_province_and_a_sure_answer_holds_that_day(self, code, day):
        tree = shipped_tree(lower=False)
        found = tree.as_of(code, day)
        if found is None:
            return
        assert found.maybe_on(day)
        assert not found.surely_on(day) or not any(
            other.surely_on(day) for other in tree.history(code) if other != found
        )
        assert tree.path(code, day)[-1] == found

    @given(st.sampled_from(sorted(shipped_tree(lower=False).codes())))
    def test_what_a_code_became_is_current(self, code):
        tree = shipped_tree(lower=False)
        assert all(tree.is_current(now, TODAY) for now in tree.current_codes(code, TODAY))


class TestDisagreements:
    def test_a_name_that_no_list_gives_the_code_is_caught(self, disagreements):
        found = [
            row
            for row in disagreements
            if row["code"] == "330110" and row["rule"] == "event_name_not_in_lists"
        ]
        assert [row["name"] for row in found] == ["临平区"]
        assert "330113" in found[0]["finding"]

    def test_two_document_numbers_for_one_event_are_caught(self, disagreements):
        found = [row for row in disagreements if row["rule"] == "document_numbers_differ"]
        assert {row["code"] for row in found} == {"330105", "330110", "350405"}

    def test_towns_under_districts_that_their_own_source_does_not_have(self, disagreements):
        found = {row["code"][:6] for row in disagreements if row["rule"] == "town_without_county"}
        assert found == {"330113", "330114"}

    def test_the_wrong_event_is_not_a_succession(self, tree):
        assert "临平区" not in {life.name for life in tree.history("330110")}

    def test_shipped_files_are_what_the_sources_say(self, shared_data, tmp_path):
        script = runpy.run_path(str(REPOSITORY / "scripts" / "build_divisions"))
        pack = packs_root() / DIVISIONS
        script["build"](shared_data / "admin_divisions", tmp_path, pack / "curated_successions.csv")
        for made in tmp_path.iterdir():
            assert made.read_bytes() == (pack / made.name).read_bytes(), made.name


class TestRules:
    """The tree's own rules, on a small tree."""

    def test_a_chain_of_changes_is_followed_in_time(self):
        first, second = date(2000, 1, 1), date(2010, 1, 1)
        tree = DivisionTree(
            [life("110000", "甲省", date(1990, 1, 1)), life("110101", "乙县", date(1990, 1, 1), first),
             life("110181", "乙市", first, second), life("110102", "乙区", second)],
            [step("110101", "110181", first), step("110181", "110102", second)],
        )  # fmt: skip
        assert tree.current_codes("110101", TODAY) == ["110102"]
        assert tree.current_codes("110101", date(2005, 1, 1)) == ["110181"]
        assert tree.as_of("110101", first) is None
        assert tree.as_of("110101", first - timedelta(days=1)).name == "乙县"

    def test_a_division_that_only_ended_leads_nowhere(self):
        tree = DivisionTree([life("110101", "乙县", date(1990, 1, 1), date(2000, 1, 1))])
        assert tree.current_codes("110101", TODAY) == []


def life(code, name, start, end=None):
    parent = None if code.endswith("0000") else "110000"
    return Division(code, name, "county", parent, start, start, end, end, "test")


def step(old, new, day):
    return Succession(old, "", new, "", day, day, "restyled", "", "test")
