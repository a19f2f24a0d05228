"""Ledgers: what is written is kept with its changes, found by its fields however they are spelt, and its readers are known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.data.ledgers import models, queries, schemas, services
from shuzhi.data.ledgers.errors import (
    DoesNotFit,
    KeyTaken,
    NoSuchPerson,
    NoSuchRecord,
    SchemaFaulty,
    SearchRefused,
)
from shuzhi.data.ledgers.types import Reader
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.types import system

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BY, READER = system("test"), Reader("CN/GOV/330100/hospital", "GOV/330100", "hospital")
SCHEMA = {
    "type": "object",
    "properties": {
        "ID": {"type": "string", "primaryKey": True, "triggers": [{"actions": [{"type": "set-value", "value": "{code}-{indexNoByCode}"}]}]},
        "name": {"type": "string"},
        "weight": {"type": "integer"},
        "child": {"type": "string", "properties": {"firstName": {"type": "string"}}},
    },
    "required": ["ID", "name"],
}  # fmt: skip


def schema(**changes):
    return services.keep_schema(
        code="MCTS", name="Mother and Child", catalog="", schema=SCHEMA | changes, office="health-commission", by=BY, at=AT
    )  # fmt: skip


def create(found, **content):
    return services.create_record(found=found, content=content, reader=READER, by=BY, at=AT)


@pytest.mark.django_db
class TestRecords:
    def test_a_record_s_way(self):
        found = schema()
        first = create(found, name="张三", child={"firstName": "乐"})
        assert (first.key, create(found, Name="李四").key) == ("MCTS-1", "MCTS-2")
        assert create(found, id="X1", NAME="王五").content == {"ID": "X1", "name": "王五"}
        [changed] = services.update_records(
            found=found, asked={"child": {"first_name": "乐"}}, content={"child": {"lastName": "张"}, "weight": 3200}, reader=READER,
            by=BY, at=AT,
        )  # fmt: skip
        assert changed.content["child"] == {"firstName": "乐", "lastName": "张"}
        services.delete_record(found=found, name="MCTS-1", reader=READER, by=BY, at=AT)
        with pytest.raises(NoSuchRecord):
            queries.record(found, "MCTS-1")
        kept = models.Change.objects.filter(record_id=first.id).order_by("seq")
        assert [(each.before is None, each.after is None) for each in kept] == [(True, False), (False, False), (False, True)]  # fmt: skip
        assert kept[2].before == changed.content

    def test_one_of_a_key_where_the_schema_says_so(self):
        found = schema()
        create(found, ID="A", name="x")
        with pytest.raises(KeyTaken):
            create(found, ID="A", name="y")
        create(found, ID="B", name="z")
        with pytest.raises(KeyTaken):
            services.update_records(
                found=found, asked={"ID": "B"}, content={"ID": "A"}, reader=READER, by=BY, at=AT
            )
        services.delete_record(found=found, name="A", reader=READER, by=BY, at=AT)
        assert create(found, ID="A", name="again").key == "A"

    @pytest.mark.parametrize("content", [{"name": 1}, {"ID": "x"}, {"name": "x", "weight": "3"}, {"name": "x", "weight": True}, {"name": "x", "child": {"firstName": 1}}, {"name": "x", "Name": "y"}, {"name": "x", "": 1}])  # fmt: skip
    def test_what_does_not_fit_is_not_kept(self, content):
        found = schema()
        with pytest.raises(DoesNotFit):
            create(found, **content)
        assert not models.Record.objects.exists()

    def test_a_changed_schema_is_the_next_version_and_an_ended_one_is_gone(self):
        first = schema()
        assert schema().id == first.id
        second = schema(required=["ID"])
        assert (first.version, second.version) == ("1.0", "1.1")
        create(second)
        assert queries.search(first, pattern=None, field=None, exact={}, order="", page=1, size=9).count == 1
        services.end_database(database=first.id, by=BY, at=AT)
        assert [each.version for each in queries.databases()] == ["1.1"]

    def test_search(self):
        found = schema()
        for name, weight in (("Ann", 1), ("Anna", 2), ("Bob", 3)):
            create(found, name=name, weight=weight)

        def names(**asked):
            whole = {"pattern": None, "field": None, "exact": {}, "order": "", "page": 1, "size": 9} | asked
            return [each.content["name"] for each in queries.search(found, **whole).records]

        assert names(pattern="ann", field="Name") == ["Ann"]
        assert names(pattern="ann.?", field="name", order="descending") == ["Anna", "Ann"]
        assert names(pattern="OB") == ["Bob"]
        assert names(exact={"name": "Anna"}) == ["Anna"]
        assert names(exact={"weight": "3"}) == ["Bob"]
        assert names(field="name", page=2, size=2) == ["Bob"]
        for wrong in ("(", "a{9,1}", "x" * 201):
            with pytest.raises(SearchRefused):
                names(pattern=wrong, field="name")

    def test_who_looked_is_known_to_the_person_and_to_the_log(self):
        found = schema()
        record = create(found, ID="A", name="x")
        services.note_use(found=found, records=[record], reader=READER, by=BY, at=AT)
        [use] = queries.uses(code="MCTS", person="A")
        assert (use.reader, use.application, use.references) == (READER.address, "hospital", (record.uuid,))
        create(found, ID="B", name="y")
        assert queries.uses(code="MCTS", person="B") == []
        with pytest.raises(NoSuchPerson):
            queries.uses(code="MCTS", person="nobody")
        entry = security.AuditEntry.objects.filter(action="ledgers.records_read").get()
        assert entry.subjects
        assert "A" not in entry.subjects

    @pytest.mark.parametrize(
        "properties", [[], {"": {}}, {"a": 1}, {"a": {}, "A": {}}, {"x": {"properties": 1}}]
    )
    def test_a_schema_that_is_none(self, properties):
        with pytest.raises(SchemaFaulty):
            schema(properties=properties)


NAMES = st.text("abcXYZ", min_size=1, max_size=6)


class TestSpelling:
    @given(st.dictionaries(NAMES.map(str.casefold), st.integers(), min_size=1), st.data())
    def test_a_field_is_found_however_it_is_spelt(self, content, data):
        schema = {"properties": {name: {} for name in content}}
        asked = {data.draw(st.sampled_from([name, name.upper(), f"{name[:1]}_{name[1:]}"])): value for name, value in content.items()}  # fmt: skip
        assert schemas.spelt(asked, schema) == content
        assert schemas.as_asked(content, asked) == asked

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each, max_size=3), max_leaves=12))  # fmt: skip
    def test_any_schema_is_taken_or_refused(self, told):
        try:
            schemas.check_schema(told if isinstance(told, dict) else {"properties": told})
        except SchemaFaulty:
            return
        if isinstance(told, dict):
            assert isinstance(schemas.key_field(told)[0], str)
            schemas.made_key(told, code="X", number=1)
