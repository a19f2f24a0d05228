"""Which records are one entity, and that an entity's id stays its own."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.data.linkage.resolution import comparable, resolve
from shuzhi.data.linkage.types import MatchRule, Normalise, Record

RULES = (
    MatchRule(by=("uscc",), normalise={"uscc": Normalise.UPPER}),
    MatchRule(by=("name", "division"), normalise={"name": Normalise.FIRM_NAME}),
)
WEAKER = MatchRule(by=("phone",), normalise={"phone": Normalise.DIGITS})


def record(key, uscc=None, name=None, division="330110", *, dataset="tax", phone=None):
    values = {"uscc": uscc, "name": name, "division": division, "phone": phone}
    return Record(dataset=dataset, key=key, batch="b", seq=1, row=1, values=values)


def run(records, *, rules=RULES, known=None):
    return resolve(register="legal-entity", records=records, rules=rules, known=known or {})


def groups(resolution):
    return {frozenset(one.id for one in members) for members in resolution.entities.values()}


def names(resolution):
    return {one.id: name for name, members in resolution.entities.items() for one in members}


class TestMatching:
    def test_the_same_code_joins_whatever_the_name(self):
        found = run([record("1", "91330110MA2ABCDE0X", "甲"), record("2", "91330110ma2abcde0x", "乙")])

        assert groups(found) == {frozenset({"tax#1", "tax#2"})}

    def test_two_codes_never_join_though_name_and_division_agree(self):
        found = run([record("1", "A", "甲公司"), record("2", "B", "甲公司")])

        assert len(found.entities) == 2
        assert found.ambiguities == ()

    def test_a_record_without_a_code_joins_by_name_and_division(self):
        found = run([record("1", "A", "甲（中国）公司"), record("2", None, "甲(中国) 公司")])

        assert len(found.entities) == 1

    def test_the_name_alone_is_not_enough(self):
        found = run(
            [
                record("1", "A", "甲公司"),
                record("2", None, "甲公司", "330106"),
                record("3", None, "甲公司", None),
            ]
        )

        assert len(found.entities) == 3

    def test_a_record_that_fits_two_firms_stays_alone_and_is_listed(self):
        found = run([record("1", "A", "甲公司"), record("2", "B", "甲公司"), record("3", None, "甲公司")])

        assert len(found.entities) == 3
        (ambiguity,) = found.ambiguities
        assert (ambiguity.record, ambiguity.rule) == ("tax#3", ("name", "division"))
        assert ambiguity.identifiers == ("A", "B")

    def test_nameless_records_that_chain_to_two_firms_join_neither(self):
        records = [
            record("1", "A", phone="1"),
            record("2", "B", phone="2"),
            record("3", None, "丙", phone="1"),
            record("4", None, "丙", phone="2"),
        ]

        found = run(records, rules=(*RULES, WEAKER))

        assert groups(found) == {frozenset({"tax#1"}), frozenset({"tax#2"}), frozenset({"tax#3", "tax#4"})}
        assert {ambiguity.record for ambiguity in found.ambiguities} == {"tax#3", "tax#4"}

    def test_no_records_are_no_entities(self):
        assert run([]).entities == {}


SHORT = MatchRule(
    by=("name", "division"), normalise={"name": Normalise.FIRM_NAME}, openings={"name": ("杭州", "杭州市")}
)
UNSAID = MatchRule(by=("name",), normalise={"name": Normalise.FIRM_NAME}, unless=("division",))


class TestWeakerEvidence:
    def test_an_opening_may_be_left_off_the_name(self):
        found = run(
            [record("1", "A", "杭州中石有限公司"), record("2", None, "中石有限公司")], rules=(*RULES, SHORT)
        )

        assert len(found.entities) == 1

    def test_the_whole_name_goes_before_the_shortened_one(self):
        records = [
            record("1", "A", "杭州中石有限公司"),
            record("2", "B", "中石有限公司"),
            record("3", None, "中石有限公司"),
        ]

        found = run(records, rules=(*RULES, SHORT))

        assert groups(found) == {frozenset({"tax#1"}), frozenset({"tax#2", "tax#3"})}

    def test_a_name_that_is_nothing_but_an_opening_stays_whole(self):
        found = run([record("1", "A", "杭州市"), record("2", None, "杭州")], rules=(*RULES, SHORT))

        assert len(found.entities) == 2

    def test_the_name_alone_joins_where_a_side_does_not_say_the_division(self):
        records = [record("1", "A", "甲公司", None), record("2", None, "甲公司"), record("3", None, "甲公司")]

        assert len(run(records, rules=(*RULES, UNSAID)).entities) == 1

    def test_where_the_divisions_differ_the_pair_is_listed_for_a_person(self):
        found = run(
            [record("1", "A", "甲公司"), record("2", None, "甲公司", "330106")], rules=(*RULES, UNSAID)
        )

        assert len(found.entities) == 2
        (doubt,) = found.ambiguities
        assert (doubt.record, doubt.rule, doubt.identifiers) == ("tax#2", ("name",), ("A",))

    def test_nameless_records_of_two_divisions_are_not_joined(self):
        records = [record("1", None, "甲公司"), record("2", None, "甲公司", "330106")]

        found = run(records, rules=(*RULES, UNSAID))

        assert (len(found.entities), found.ambiguities) == (2, ())

    def test_a_former_name_leads_to_the_firm_and_is_no_record_of_it(self):
        records = [record("1", "A", "新名公司"), record("2", None, "旧名公司")]
        former = [record("x", "A", "旧名公司")]

        found = resolve(register="r", records=records, rules=RULES, known={}, former=former)

        assert groups(found) == {frozenset({"tax#1", "tax#2"})}

    def test_a_name_that_one_firm_had_and_another_has_is_doubtful(self):
        records = [record("1", "A", "新名公司"), record("2", None, "旧名公司"), record("3", "B", "旧名公司")]
        former = [record("x", "A", "旧名公司")]

        found = resolve(register="r", records=records, rules=RULES, known={}, former=former)

        assert len(found.entities) == 3
        assert found.ambiguities[0].identifiers == ("A", "B")


class TestStableIds:
    def test_a_rebuild_keeps_every_id(self):
        records = [record("1", "A", "甲"), record("2", "A", "甲"), record("3", "B", "乙")]
        first = names(run(records))

        assert names(run(records, known=first)) == first

    def test_a_new_source_changes_no_id(self):
        first = names(run([record("1", "A"), record("2", "B")]))

        later = names(run([record("0", "A", dataset="aaa"), record("1", "A"), record("2", "B")], known=first))

        assert later["aaa#0"] == later["tax#1"] == first["tax#1"]
        assert later["tax#2"] == first["tax#2"]

    def test_after_a_split_the_larger_part_keeps_the_id(self):
        first = names(run([record("1", "A"), record("2", "A"), record("3", "A")]))

        later = names(run([record("1", "B"), record("2", "A"), record("3", "A")], known=first))

        assert later["tax#2"] == later["tax#3"] == first["tax#2"]
        assert later["tax#1"] not in first.values()

    def test_a_merge_takes_the_id_of_most_records(self):
        first = names(run([record("1", "A"), record("2", "B"), record("3", "B")]))

        later = names(run([record("1", "B"), record("2", "B"), record("3", "B")], known=first))

        assert set(later.values()) == {first["tax#2"]}

    def test_a_new_entity_takes_no_id_that_another_still_waits_for(self):
        one = names(run([record("a", "A"), record("b", "A")]))  # named after a
        moved = {"tax#a": "other", "tax#c": "other", "tax#d": "other", "tax#b": one["tax#b"]}

        # a leaves `other` and stands alone: its own first id now belongs to b.
        later = names(
            run([record("a", "X"), record("b", "A"), record("c", "C"), record("d", "C")], known=moved)
        )

        assert later["tax#b"] == one["tax#b"]
        assert later["tax#c"] == "other"
        assert later["tax#a"] not in moved.values()

    def test_two_nodes_give_the_same_id(self):
        assert names(run([record("1", "A")])) == names(run([record("1", "A")]))


class TestComparable:
    def test_widths_cases_and_spaces_do_not_count(self):
        assert comparable("９１３３ａ ", Normalise.UPPER) == "9133A"
        assert comparable("0571-8888 66", Normalise.DIGITS) == "0571888866"
        assert comparable("杭州（中国） 公司", Normalise.FIRM_NAME) == "杭州(中国)公司"

    def test_nothing_to_compare_is_none(self):
        assert comparable(None, Normalise.NONE) is None
        assert comparable("  ", Normalise.UPPER) is None
        assert comparable("无", Normalise.DIGITS) is None


few = st.sampled_from([None, "A", "B", "C"])
drafts = st.lists(st.tuples(few, few, few, few), max_size=14)


def made(draft):
    return [record(str(at), *given[:3], phone=given[3]) for at, given in enumerate(draft)]


@given(draft=drafts, seed=st.randoms(use_true_random=False))
def test_the_order_of_records_decides_nothing(draft, seed):
    records = made(draft)
    known = names(run(records[: len(records) // 2]))
    shuffled = records.copy()
    seed.shuffle(shuffled)

    one, other = (run(each, rules=(*RULES, WEAKER), known=known) for each in (records, shuffled))

    assert names(one) == names(other)
    assert set(one.ambiguities) == set(other.ambiguities)


@given(draft=drafts)
def test_every_record_is_in_exactly_one_entity_of_at_most_one_code(draft):
    records = made(draft)

    found = run(records, rules=(*RULES, WEAKER))

    assert Counter(one.id for members in found.entities.values() for one in members) == Counter(
        one.id for one in records
    )
    for members in found.entities.values():
        assert len({one.values["uscc"] for one in members} - {None}) <= 1


@given(draft=drafts, later=drafts)
def test_a_rebuild_on_the_same_records_is_the_same(draft, later):
    first = run(made(draft))
    second = run(made(later), known=names(first))

    assert names(run(made(later), known=names(second))) == names(second)


def test_thousands_of_records_take_no_time():
    chance = random.Random(1)
    records = [record(str(at), chance.choice([None, str(at % 3000)]), f"n{at % 2000}") for at in range(8000)]

    assert sum(len(members) for members in run(records).entities.values()) == 8000
