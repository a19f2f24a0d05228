"""The library: what is declared, and what it takes in somebody's situation."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.unit.business.matters.made import LICENCE, matter

from shuzhi.business.matters import errors
from shuzhi.business.matters.library import queries, services, situations
from shuzhi.business.matters.parts import check
from shuzhi.business.matters.types import Standing
from shuzhi.business.matters.zones import TITLES, Zone
from shuzhi.foundation.parts import Declaration, Known
from shuzhi.pillars.security.types import system

AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PLATFORM = system("test")
ANSWERS = {each.id: [choice.id for choice in each.choices] for each in matter().situations}


def needed(chosen, applicant=None, declared=None):
    return queries.needed_materials(
        declared or matter(materials=LICENCE["materials"][1:]), chosen, applicant, at=AT
    )


def ids(needs, *, certain=None):
    return [each.material.id for each in needs.materials if certain is None or each.certain is certain]


class TestDeclaration:
    @pytest.mark.parametrize(
        "changes",
        [
            {"handling": {"process": "a", "loop": "b"}},
            {"handling": {}},
            {"materials": [{**LICENCE["materials"][0], "field": ""}]},
            {"materials": [{**LICENCE["materials"][1], "credential": "x"}]},
            {"materials": [LICENCE["materials"][1]] * 2},
            {"journey": ["food-licence"]},
            {"time": {"promised_days": 1, "promised_minutes": 5}},
            {"zones": ["moon"]},
            {"fee": {"amount": "-1"}},
        ],
    )
    def test_refuses_what_contradicts_itself(self, changes):
        with pytest.raises(ValidationError):
            matter(**changes)

    def test_without_handling_it_is_for_information_only(self):
        assert not matter().can_begin
        assert matter(handling={"instant": "food/licence"}).handling.instant.decision == "licence"

    def test_every_zone_has_a_title(self):
        assert set(TITLES) == set(Zone)


class TestSituations:
    def test_asks_a_question_only_where_it_matters(self):
        assert [each.id for each in needed({"place": "own"}).asked] == ["place"]
        assert [each.id for each in needed({"place": "rented"}).asked] == ["place", "term"]

    def test_says_what_is_not_yet_certain(self):
        before = needed({})

        assert ids(before, certain=True) == ["plan"]
        assert set(ids(before, certain=False)) == {"lease", "renewal"}

    def test_an_answer_to_a_question_no_longer_asked_counts_for_nothing(self):
        assert ids(needed({"place": "own", "term": "short"})) == ["plan"]

    def test_refuses_an_answer_that_does_not_exist(self):
        with pytest.raises(errors.ChoiceUnknown):
            needed({"place": "moon"})

    @given(st.dictionaries(st.sampled_from(sorted(ANSWERS)), st.integers(0, 1)))
    def test_what_is_certain_stays_whatever_is_answered_then(self, picked):
        chosen = {name: ANSWERS[name][at] for name, at in picked.items()}
        declared = matter()
        for material in declared.materials:
            holds = situations.holds(material.when, declared, situations.checked(declared, chosen))
            rest = [name for name in ANSWERS if name not in chosen]
            for answers in product(*(ANSWERS[name] for name in rest)):
                later = situations.checked(declared, {**chosen, **dict(zip(rest, answers, strict=True))})
                if holds is not None:
                    assert (situations.holds(material.when, declared, later) is True) is holds


@pytest.mark.django_db
class TestNeeds:
    def test_own_materials_come_first_and_known_ones_name_no_value(self):
        found = needed({"place": "rented", "term": "short"}, declared=matter())

        assert [each.standing for each in found.materials[:3]] == [Standing.BRING] * 3
        assert found.materials[0].material.id in {
            "licence",
            "plan",
            "lease",
        }  # no such register here: to be brought
        assert found.materials[-1].standing is Standing.DECLARE

    def test_matters_are_installed_changed_and_retired(self):
        first = services.install_matter(declaration=matter(), pack="a/b", by=PLATFORM, at=AT)
        changed = matter(visits=1)
        second = services.install_matter(declaration=changed, pack="a/b", by=PLATFORM, at=AT)

        assert first != second
        assert queries.matter("food-licence").digest == second
        assert [each.id for each in queries.matters(zone=Zone.FOOD)] == ["food-licence"]
        assert queries.matters(zone=Zone.DEATH) == []

        services.retire_matter(matter="food-licence", by=PLATFORM, at=AT)
        with pytest.raises(errors.NoSuchMatter):
            queries.matter("food-licence")


class TestCheck:
    def test_names_everything_that_is_not_there(self):
        declared = matter(
            form="no-form",
            handling={"process": "no-process"},
            result={"credential": "no-kind"},
            journey=["no-matter"],
            objection="no-loop",
            systems=["51"],
            materials=[{**LICENCE["materials"][1], "when": "moon = 1 and ("}],
        )
        declaration = Declaration("a/b", Path("x.yaml"), declared, {})

        found = list(check([declaration], Known(ids={})))

        said = " ".join(each.message.en for each in found)
        for name in ("no-form", "no-process", "no-kind", "no-matter", "no-loop", "market-regulation", "51"):
            assert name in said
        assert {"matter-unknown-name", "matter-feel", "matter-system"} == {each.rule for each in found}

    def test_an_expression_speaks_of_its_own_situations_only(self):
        declared = matter(materials=[{**LICENCE["materials"][1], "when": 'elsewhere = "own"'}])

        assert [what for _, what in situations.faults(declared)] == ["elsewhere"]
