"""The check before opening: groups too small, groups too alike, small counts, and what is mended or refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.data.opendata import world

from shuzhi.pillars.security.anonymity import Roles, check_rows, mend_rows
from shuzhi.pillars.security.data_policy.declaring import AnonymityDeclaration

COLUMNS = ("district", "born_on", "illness", "count")
ROLES = Roles(quasi=("district", "born_on"), sensitive=("illness",))
KEPT = [("余杭区", "1980-01-01", f"病{n % 3}", 9) for n in range(6)]
ALONE = [("西湖区", "1981-05-05", "病1", 2)]
ALIKE = [("上城区", "1990-01-01", "病9", 7)] * 5


def checked(rows, roles=ROLES, **rules):
    return check_rows(rows, COLUMNS, roles, AnonymityDeclaration(**rules))


def mended(rows, roles=ROLES, **rules):
    made = mend_rows(lambda: rows, COLUMNS, roles, AnonymityDeclaration(**rules))
    return made, list(made.rows(rows))


class TestCheck:
    def test_groups_that_are_large_and_diverse_pass(self):
        found = checked(KEPT)
        assert (found.passes, found.smallest, found.least_diverse, found.groups) == (True, 6, 3, 1)

    def test_a_group_of_one_is_named_with_its_count_and_nothing_sensitive(self):
        found = checked(KEPT + ALONE)
        assert [(cell.fault, cell.named) for cell in found.cells] == [
            ("few", "district=西湖区、born_on=1981-05-05：1")
        ]
        assert (found.faulty_cells, found.faulty_rows, found.smallest) == (1, 1, 1)

    def test_a_group_with_one_illness_is_too_alike(self):
        found = checked(KEPT + ALIKE)
        assert [(cell.fault, cell.rows) for cell in found.cells] == [("uniform", 5)]
        assert "病9" not in str(found.cells)

    def test_absent_values_make_a_group_of_their_own(self):
        assert checked([(None, None, "病1", 1)]).cells[0].named.startswith("district=（空）")

    def test_small_counts_are_seen(self):
        found = checked(KEPT + ALONE, Roles(counts=("count",)))
        assert [(cell.fault, cell.column, cell.rows) for cell in found.cells] == [("small", "count", 1)]
        assert checked([("a", "b", "c", 0), ("a", "b", "c", None)], Roles(counts=("count",))).passes

    def test_a_field_that_names_persons_never_passes(self):
        assert not checked(KEPT, Roles(identifiers=("illness",))).passes
        assert checked([], ROLES).passes


class TestMend:
    def test_refusing_changes_nothing(self):
        made, rows = mended(KEPT + ALONE)
        assert (made.finding.passes, rows) == (False, [list(row) for row in KEPT + ALONE])

    def test_few_rows_are_left_out(self):
        made, rows = mended(KEPT * 4 + ALONE, otherwise="suppress")
        assert (made.finding.passes, made.left_out, len(rows)) == (True, 1, 24)

    def test_too_many_are_not(self):
        assert not mended(KEPT + ALONE + ALIKE, otherwise="suppress")[0].finding.passes

    def test_days_become_months_then_years(self):
        people = [("余杭区", f"1980-{n % 12 + 1:02d}-0{n % 9 + 1}", f"病{n % 3}", 9) for n in range(60)]
        made, rows = mended(people, otherwise="generalise")
        assert made.finding.passes
        assert {row[1] for row in rows} <= {f"1980-{n:02d}" for n in range(1, 13)} | {"1980"}

    def test_small_counts_are_blanked(self):
        made, rows = mended(KEPT + ALONE, Roles(counts=("count",)), otherwise="suppress")
        assert (made.finding.passes, [row[3] for row in rows]) == (True, [9] * 6 + [None])

    @settings(deadline=None, max_examples=20)
    @given(
        rows=st.lists(
            st.tuples(
                st.sampled_from(["甲区", "乙区", None]),
                st.dates().map(str),
                st.sampled_from("xyz"),
                st.integers(0, 9),
            ),
            max_size=40,
        ),
        otherwise=st.sampled_from(["suppress", "generalise"]),
    )
    def test_what_passes_really_passes_and_no_row_is_invented(self, rows, otherwise):
        made, out = mended(rows, otherwise=otherwise, most_suppressed=0.3)
        assert len(out) == len(rows) - made.left_out
        if made.finding.passes and out:
            assert checked(out).passes


@pytest.mark.parametrize(
    ("name", "zh", "leads"),
    [("xb", "性别", True), ("f7", "工作单位", True), ("sex", "甲", True), ("home_postcode", "甲", True), ("amount", "金额", False), ("sextant", "六分仪", False)],
)  # fmt: skip
def test_what_leads_to_a_person_is_known_by_id_or_by_chinese_name(name, zh, leads):
    from shuzhi.data.opendata import disclosure
    from shuzhi.data.opendata.types import Column
    from shuzhi.foundation.words import Words

    words = {"zh": zh, "en": "X"}
    number = {"id": "number", "name": {"zh": "证号", "en": "No"}, "policy": {"disclosure": "identifier"}}
    schema = world.declaration("x", key=(), fields=[{"id": name, "name": words, "open": True}, number])
    found = disclosure.roles_of(schema, [Column(name, Words(**words), schema.fields[0].type)])
    assert (name in found.quasi) is leads


@pytest.mark.django_db
class TestOpening:
    PERSONS = (
        *(field for field in world.FIELDS if field["id"] != "inner"),
        {
            "id": "inner",
            "name": {"zh": "证号", "en": "Number"},
            "grade": "L4",
            "policy": {"disclosure": "identifier"},
        },
    )

    def test_a_release_about_persons_is_refused_with_the_cells_named(self, tmp_path):
        from shuzhi.data.opendata import disclosure, queries
        from shuzhi.data.opendata.errors import GivesPersonsAway, NotOpen

        dataset = world.plant(tmp_path, fields=self.PERSONS)
        with pytest.raises(GivesPersonsAway) as refused:
            world.open_it(dataset)
        assert "district=" in refused.value.message_zh
        assert not disclosure.check(dataset, at=world.AT).passes
        with pytest.raises(NotOpen):
            queries.release(dataset)

    def test_it_is_mended_where_the_declaration_says_so(self, tmp_path):
        from shuzhi.data.opendata import queries
        from shuzhi.data.opendata.types import RowQuestion

        rules = {"anonymity": {"k": 2, "l": 1, "otherwise": "generalise", "most_suppressed": 0}}
        dataset = world.plant(tmp_path, fields=self.PERSONS, policy=rules)
        world.open_it(dataset)
        rows = queries.rows(dataset, RowQuestion(fields=("district",))).rows
        assert [row["district"] for row in rows] == [None] * 4

    def test_what_is_not_about_persons_is_not_judged(self, tmp_path):
        from shuzhi.data.opendata import disclosure

        found = disclosure.check(world.plant(tmp_path), at=world.AT)
        assert (found.passes, found.roles.about_persons) == (True, False)
