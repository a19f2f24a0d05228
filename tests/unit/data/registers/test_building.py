"""A register from its sources: what is chosen, what is kept, what is refused."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.unit.data.registers.world import BUREAU, HOUR, MORNING, OFFICER, ONE, TAXED_ONE, TWO

from shuzhi.data.catalog import services as catalog
from shuzhi.data.registers import models, queries, services, writing
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.gathering import gather_former
from shuzhi.pillars.security.errors import Forbidden


@pytest.fixture
def built(city):
    city.publish()
    city.firms = city.send("firms", ONE, TWO)
    city.taxes = city.send("taxes", TAXED_ONE)
    city.report = city.build()
    return city


def one(city, uscc="91330182843963542R"):
    return queries.find(city.register, "uscc", uscc)


class TestGoldenRecord:
    def test_the_first_source_that_says_anything_is_believed(self, built):
        found = one(built)

        assert found.values["name"] == "甲公司"
        assert found.values["credit"] == "A"
        assert (built.report.entities, built.report.records, built.report.matched) == (2, 3, 2)

    def test_each_value_names_its_data_set_batch_row_and_time(self, built):
        found = one(built)

        name, credit = found.provenance["name"], found.provenance["credit"]
        assert (name.dataset, name.batch, name.row) == (
            built.dataset("firms"),
            built.firms.id,
            2,
        )  # below the header
        assert (credit.dataset, credit.batch, credit.at) == (
            built.dataset("taxes"),
            built.taxes.id,
            built.taxes.collected_at,
        )
        assert "capital" not in one(built, "9133010014304617XG").provenance

    def test_values_are_as_people_write_them(self, built):
        found = one(built)

        assert found.values["capital"] == "10万元人民币"
        assert found.values["founded_on"] == "1980-01-01"
        assert (found.values["share"], found.values["open"]) == ("12.5", "true")
        assert found.values["division"] == "330102"

    def test_the_declared_precedence_goes_before_the_order_of_sources(self, city):
        city.publish()
        fields = [field.model_dump(mode="json") for field in city.declaration().fields]
        fields[1]["sources"] = [city.dataset("taxes"), city.dataset("firms")]
        city.install(fields=fields)
        city.send("firms", ONE)
        city.send("taxes", TAXED_ONE)
        city.build()

        assert one(city).values["name"] == "甲公司（杭州）"


class TestWhatIsListed:
    def test_sources_that_differ(self, built):
        listed, total = queries.conflicts(built.register, field="name")

        assert total == built.report.conflicts == 1
        assert listed[0].chosen == "甲公司"
        assert listed[0].values == {
            built.dataset("firms"): "甲公司",
            built.dataset("taxes"): "甲公司（杭州）",
        }

    def test_a_difference_that_only_the_writing_makes_is_none(self, city):
        city.publish()
        city.send("firms", ONE)
        city.send("taxes", "91330182843963542R,甲 公司,A,,\n")

        assert city.build().conflicts == 0

    def test_an_address_without_a_place_with_the_reason(self, city):
        city.publish()
        city.send("firms", "91330182843963542R,甲公司,,,某处某号\n", TWO)
        report = city.build()

        listed, total = queries.conflicts(city.register, field="division")
        assert total == report.underived == 2
        assert {row.label: row.values["en"] for row in listed} == {
            "甲公司": "names no division",
            "乙公司": "the source leaves it empty",
        }
        assert all(row.values["zh"] for row in listed)
        assert queries.count_members(city.register, city.dataset("firms"), "division") == {None: 2}

    def test_a_record_that_fits_two_entities(self, city):
        city.publish()
        there = "杭州市上城区清波街道1号"
        city.send(
            "firms",
            f"91330182843963542R,甲公司,,,{there}\n",
            f"9133010014304617XG,甲公司,,,{there}\n",
        )
        fields = {"name": "name", "credit": "credit", "division": "share"}
        city.install(
            sources=[
                city.declaration().sources[0].model_dump(mode="json"),
                {"dataset": city.dataset("taxes"), "fields": fields},
            ]
        )
        city.send("taxes", "X,甲公司,A,330102,\n")
        report = city.build()

        assert (report.entities, report.ambiguous) == (3, 1)
        (row,), total = queries.conflicts(city.register, field="name+division")
        assert total == 1
        assert row.values == {"candidates": ["9133010014304617XG", "91330182843963542R"]}

    def test_counts_by_field(self, built):
        assert queries.conflict_counts(built.register) == {"division": 1, "name": 1}
        assert len(queries.conflicts_of(one(built).id)) == 1


class TestRebuilding:
    def test_without_news_nothing_is_written(self, built, django_assert_num_queries):
        before = one(built)

        with django_assert_num_queries(6):  # a savepoint, register, node, entries, batches
            again = built.build()

        assert (again.created, again.changed, again.retired) == (0, 0, 0)
        assert again.entities == built.report.entities
        assert one(built) == before

    def test_a_batch_that_says_the_same_keeps_the_first_row_that_said_it(self, built):
        before = one(built)
        built.send("firms", TWO, ONE)
        report = built.build()

        assert (report.created, report.changed, report.retired) == (0, 0, 0)
        assert one(built).provenance == before.provenance
        assert not models.EntityVersion.objects.filter(entity=before.id).exists()

    def test_a_changed_value_keeps_what_was_said_before(self, built):
        before = one(built)
        built.send("firms", ONE.replace("甲公司", "新甲公司"), mode="incremental")
        report = built.build()

        after = one(built)
        assert (after.id, report.changed) == (before.id, 1)
        assert (after.values["name"], after.label) == ("新甲公司", "新甲公司")
        version = models.EntityVersion.objects.get(entity=before.id)
        assert version.golden["name"] == "甲公司"
        assert version.until == after.updated_at == built.now

    def test_a_value_that_another_source_says_now_names_that_source(self, city):
        city.publish()
        city.send("firms", ONE, TWO)
        city.send("taxes", "91330182843963542R,甲公司,,,\n")
        city.install(match=[{"by": ["uscc"]}], fields=[f.model_dump(mode="json") for f in city.declaration().fields if f.id in ("uscc", "name")], sources=[
            {"dataset": city.dataset(name), "fields": {"uscc": "uscc", "name": "name"}} for name in ("firms", "taxes")
        ])  # fmt: skip
        city.build()
        city.send("firms", ONE, mode="delete")
        city.build()

        assert one(city).provenance["name"].dataset == city.dataset("taxes")

    def test_a_deleted_firm_is_retired_and_no_longer_found(self, built):
        gone = one(built)
        built.send("firms", ONE, mode="delete")
        built.send("taxes", TAXED_ONE, mode="delete")
        report = built.build()

        assert report.retired == 1
        assert one(built) is None
        assert queries.record(built.register, gone.id).retired_at == built.now
        assert queries.search(built.register).total == 1
        assert queries.members(gone.id) == []

    def test_a_firm_that_comes_back_has_its_old_id(self, built):
        before = one(built)
        built.send("firms", ONE, mode="delete")
        built.send("taxes", TAXED_ONE, mode="delete")
        built.build()
        built.send("firms", ONE, mode="incremental")
        built.build()

        assert one(built).id == before.id
        assert one(built).retired_at is None

    def test_a_changed_declaration_is_followed_without_a_new_batch(self, built):
        built.install(label="uscc")
        report = built.build()

        assert report.changed == 2
        assert one(built).label == "91330182843963542R"

    def test_the_next_day_derives_again(self, built):
        built.now += 24 * HOUR
        before = models.Register.objects.get(id=built.register).fingerprint
        built.build()

        assert models.Register.objects.get(id=built.register).fingerprint != before


class TestRefusals:
    def test_an_unpublished_data_set_feeds_nothing(self, city):
        city.publish("firms")
        city.send("firms", ONE)
        city.send("taxes", TAXED_ONE)
        report = city.build()

        assert report.per_source == {city.dataset("firms"): 1}
        assert one(city).values["credit"] is None

        catalog.publish_entry(dataset=city.dataset("taxes"), by=BUREAU, at=MORNING)
        assert city.build().changed == 1

    def test_before_anything_is_collected_the_register_is_empty(self, city):
        city.publish()

        assert city.build().entities == 0

    def test_only_the_bureau_builds(self, city):
        with pytest.raises(Forbidden):
            city.build(by=OFFICER)

    def test_an_unknown_register(self, db):
        with pytest.raises(NoSuchRegister):
            services.build_register(register="nowhere", by=BUREAU, at=MORNING)


def test_a_build_that_breaks_off_leaves_the_former_state(built, monkeypatch):
    before, report = one(built), models.Register.objects.get(id=built.register).report
    built.send("firms", ONE.replace("甲公司", "新甲公司"))

    def broken(*args, **kwargs):
        message = "the machine stops here"
        raise RuntimeError(message)

    monkeypatch.setattr(writing, "_conflicts", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        built.build()
    monkeypatch.undo()

    assert one(built) == before
    assert models.Register.objects.get(id=built.register).report == report
    assert (built.build().changed, one(built).values["name"]) == (1, "新甲公司")


class TestEvidence:
    def test_a_code_that_breaks_its_check_names_nobody_and_is_listed(self, city):
        fields = city.declaration().model_dump(mode="json", by_alias=True)["fields"]
        city.install(fields=[{**fields[0], "standard": "uscc"}, *fields[1:]])
        city.publish()
        city.send("firms", ONE)
        city.send("taxes", TAXED_ONE.replace("91330182843963542R", "913301828439635420"))

        report = city.build()

        conflicts, _ = queries.conflicts(city.register)
        broken = [one for one in conflicts if one.field == "uscc"]
        assert report.entities == 2
        assert "913301828439635420" in broken[0].values["zh"]
        assert queries.find(city.register, "uscc", "913301828439635420") is None

    def test_a_firm_is_found_by_the_name_that_it_had(self, city):
        city.publish()
        city.send("firms", ONE)
        city.send("firms", ONE.replace("甲公司", "新甲公司"))
        records = gather_former(queries.declaration(city.register), today=city.now.date())

        assert [record.values["name"] for record in records] == ["甲公司"]
        assert records[0].values["uscc"] == "91330182843963542R"
