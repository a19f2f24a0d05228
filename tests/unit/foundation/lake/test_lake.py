"""The lake: a batch is in once or not at all, and what a data set says now follows from its batches."""

from __future__ import annotations

import time
import uuid

import pyarrow as pa
import pytest

from shuzhi.foundation import lake

SCHEMA = pa.schema([("code", pa.string()), ("name", pa.string()), ("capital", pa.decimal128(38, 10))])

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return f"firms-{uuid.uuid4().hex[:8]}"


def rows(*values, op="upsert"):
    table = [
        {
            "code": code,
            "name": name,
            "capital": None,
            "_row": number,
            "_op": op,
            "_hash": f"{code}{name}",
            "_repaired": None,
        }
        for number, (code, name) in enumerate(values, start=2)
    ]
    schema = pa.schema(
        [
            *SCHEMA,
            ("_row", pa.int64()),
            ("_op", pa.string()),
            ("_hash", pa.string()),
            ("_repaired", pa.string()),
        ]
    )
    return iter(pa.Table.from_pylist(table, schema=schema).to_batches())


def put(dataset, seq, *values, mode="full", op="upsert", source="s", key=("code",), batch=None):
    return lake.append(
        dataset=dataset,
        batch=batch or f"b{seq}",
        seq=seq,
        mode=mode,
        rows=rows(*values, op=op),
        schema=SCHEMA,
        key=key,
        source=source,
    )


def says(dataset, **options):
    return sorted((row["code"], row["name"]) for row in lake.current(dataset, **options).to_pylist())


class TestAppend:
    def test_holds_a_batch_once_however_often_it_is_appended(self, dataset):
        assert put(dataset, 1, ("A", "one"), ("B", "two")) == 2
        assert put(dataset, 1, ("A", "one"), ("B", "two")) == 2

        assert says(dataset) == [("A", "one"), ("B", "two")]
        assert [batch.batch for batch in lake.history(dataset)] == ["b1"]

    def test_a_batch_that_breaks_off_leaves_nothing(self, dataset):
        put(dataset, 1, ("A", "one"))

        def breaks_off():
            yield from rows(("B", "two"))
            raise ConnectionError

        with pytest.raises(ConnectionError):
            lake.append(dataset=dataset, batch="b2", seq=2, mode="full", rows=breaks_off(), schema=SCHEMA)

        assert says(dataset) == [("A", "one")]
        assert put(dataset, 2, ("B", "two")) == 1
        assert says(dataset) == [("B", "two")]

    def test_takes_well_under_a_second(self, dataset):
        put(dataset, 1, ("A", "one"))
        began = time.monotonic()
        put(dataset, 2, ("B", "two"))
        assert time.monotonic() - began < 2

    def test_a_new_field_joins_and_a_changed_type_is_refused(self, dataset):
        put(dataset, 1, ("A", "one"), mode="incremental")
        wider = pa.schema([*SCHEMA, ("district", pa.string())])
        part = next(rows(("B", "two")))
        part = part.append_column("district", pa.array(["330110"]))
        lake.append(
            dataset=dataset,
            batch="b2",
            seq=2,
            mode="incremental",
            rows=iter([part]),
            schema=wider,
            key=("code",),
        )
        found = {row["code"]: row["district"] for row in lake.current(dataset).to_pylist()}
        assert found == {"A": None, "B": "330110"}

        changed = pa.schema([("code", pa.int64())])
        with pytest.raises(lake.SchemaCannotChange):
            lake.append(dataset=dataset, batch="b3", seq=3, mode="full", rows=iter([]), schema=changed)


class TestCurrent:
    def test_a_full_batch_replaces_what_its_source_said_before(self, dataset):
        put(dataset, 1, ("A", "one"), ("B", "two"))
        put(dataset, 2, ("C", "three"), source="other")
        put(dataset, 3, ("B", "zwei"))
        assert says(dataset) == [("B", "zwei"), ("C", "three")]

    def test_increments_change_add_and_delete(self, dataset):
        put(dataset, 1, ("A", "one"), ("B", "two"))
        put(dataset, 2, ("B", "zwei"), ("C", "drei"), mode="incremental")
        put(dataset, 3, ("A", None), mode="delete", op="delete")
        assert says(dataset) == [("B", "zwei"), ("C", "drei")]
        assert says(dataset, until=2) == [("A", "one"), ("B", "zwei"), ("C", "drei")]

    def test_order_is_the_sequence_not_the_arrival(self, dataset):
        put(dataset, 5, ("A", "new"), mode="incremental")
        put(dataset, 4, ("A", "old"), mode="incremental")
        assert says(dataset) == [("A", "new")]

    def test_an_empty_full_batch_empties(self, dataset):
        put(dataset, 1, ("A", "one"))
        assert put(dataset, 2) == 0
        assert says(dataset) == []
        assert lake.find_batch(dataset, "b2").rows == 0

    def test_nothing_collected_is_an_empty_table(self, dataset):
        assert lake.current(dataset).num_rows == 0
        assert lake.rows_of_batch(dataset, "b1").num_rows == 0
        assert lake.history(dataset) == []


class TestRowsOfBatch:
    def test_gives_one_batch_in_the_order_of_its_file(self, dataset):
        put(dataset, 1, ("A", "one"))
        put(dataset, 2, ("B", "two"), ("A", "eins"), mode="incremental")
        found = lake.rows_of_batch(dataset, "b2").to_pylist()
        assert [(row["_row"], row["code"], row["_batch"], row["_seq"]) for row in found] == [
            (2, "B", "b2", 2),
            (3, "A", "b2", 2),
        ]
