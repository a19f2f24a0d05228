"""A row written and read by a prepared statement is the row that the ORM writes and reads."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shuzhi.foundation.database import prepared

AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
FIELDS = {
    "loop": "x", "subject": "dataset/x", "title_zh": "标题", "title_en": "a 'title' %s", "office": "o",
    "requester": None, "state": "open", "awaits": ["office:o:*", "a,b"], "opened_at": AT, "due_on": date(2026, 3, 9),
    "due_reason": "running", "counted_on": date(2026, 3, 2), "days_left": 5, "facts": {"a": [1, None, "二"], "b": {}},
}  # fmt: skip


@pytest.fixture
def version(db):
    from shuzhi.support.workflow import models

    return models.LoopVersion.objects.create(
        id="v", loop="x", declared={}, pack="p", installed_at=AT, current=False
    )


def make(version):
    from shuzhi.support.workflow import models

    return models.Dossier(definition=version, **FIELDS)


def stored(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_what_is_added_reads_the_same_by_the_orm(version):
    row = make(version)
    prepared.add(row)

    assert stored(type(row).objects.get(id=row.id)) == stored(row)


def test_what_the_orm_wrote_reads_the_same(version):
    row = make(version)
    row.save()

    for read in (prepared.found, prepared.locked, prepared.locked_if_free):
        assert stored(read(type(row), row.id)) == stored(type(row).objects.get(id=row.id))
        assert read(type(row), row.id + 1) is None


def test_only_the_fields_named_are_changed(version):
    row = make(version)
    row.save()
    row.state, row.facts, row.awaits, row.requester, row.office = "next", {"c": 1}, [], "r", "not written"
    prepared.change(row, "state", "facts", "awaits", "requester")

    read = type(row).objects.get(id=row.id)
    assert (read.state, read.facts, read.awaits, read.requester, read.office) == (
        "next",
        {"c": 1},
        [],
        "r",
        "o",
    )


def test_repeated_often_enough_to_be_prepared(version):
    for number in range(12):
        row = make(version)
        row.days_left = number * 10_000  # other widths of the same column
        prepared.add(row)
        assert prepared.locked(type(row), row.id).days_left == number * 10_000


def test_a_broken_rule_of_the_table_is_djangos_error(version):
    row = make(version)
    row.due_on = None  # while its clock runs

    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.add(row)
    prepared.add(make(version))  # the transaction goes on after the savepoint


def test_who_counts_statements_sees_these(version):
    row = make(version)
    with CaptureQueriesContext(connection) as seen:
        prepared.add(row)
        prepared.locked(type(row), row.id)

    assert len(seen) == 2
    assert seen[1]["sql"].endswith("FOR UPDATE")
    assert stored(type(row).objects.get(id=row.id)) == stored(row)


class TestTogether:
    def test_leaves_as_one_statement(self, version):
        row = make(version)
        prepared.add(row)
        row.state = "next"
        with CaptureQueriesContext(connection) as seen, prepared.together():
            prepared.change(row, "state")
            prepared.note(make(version))
            assert len(seen) == 0

        assert len(seen) == 1
        assert sorted(type(row).objects.values_list("state", flat=True)) == ["next", "open"]

    def test_what_is_alike_is_written_in_its_order(self, version):
        with prepared.together():
            for days in (3, 1, 2):
                row = make(version)
                row.days_left = days
                prepared.note(row)

        assert list(type(row).objects.order_by("id").values_list("days_left", flat=True)) == [3, 1, 2]

    def test_whoever_reads_within_sees_what_was_written(self, version):
        row = make(version)
        prepared.add(row)
        with prepared.together():
            row.state = "by the orm"
            prepared.change(row, "state")
            assert type(row).objects.get(id=row.id).state == "by the orm"
            row.office = "by a prepared one"
            prepared.change(row, "office")
            assert prepared.found(type(row), row.id).office == "by a prepared one"

    def test_a_block_within_a_block_is_part_of_it(self, version):
        with CaptureQueriesContext(connection) as seen, prepared.together():
            with prepared.together():
                prepared.note(make(version))
            assert len(seen) == 0
        assert len(seen) == 1

    def test_many_rows_leave_at_once(self, version):
        from shuzhi.support.workflow import models

        with CaptureQueriesContext(connection) as seen, prepared.together():
            prepared.note_all(make(version) for _ in range(50))

        assert (len(seen), models.Dossier.objects.count()) == (1, 50)

    def test_an_error_comes_at_the_end_and_nothing_of_it_stays(self, version):
        row = make(version)
        row.due_on = None  # while its clock runs

        @transaction.atomic
        @prepared.together()
        def write():
            prepared.note(make(version))
            prepared.note(row)

        with pytest.raises(IntegrityError):
            write()

        assert not type(row).objects.exists()

    def test_what_fails_within_leaves_nothing_for_the_next(self, version):
        row = make(version)

        @prepared.together()
        def write():
            prepared.note(row)
            raise ValueError

        with pytest.raises(ValueError):
            write()
        prepared.note(make(version))

        assert type(row).objects.count() == 1

    def test_rows_of_one_table_are_one_insertion_in_their_order(self, version):
        with CaptureQueriesContext(connection) as seen, prepared.together():
            for days, requester in ((3, "r"), (1, None), (2, "r")):
                row = make(version)
                row.days_left, row.requester = days, requester
                prepared.note(row)

        assert len(seen) == 1
        assert list(type(row).objects.order_by("id").values_list("days_left", flat=True)) == [3, 1, 2]

    def test_a_row_that_waits_is_written_as_it_has_become(self, version):
        row = make(version)
        row.id = prepared.next_key(type(row))
        with CaptureQueriesContext(connection) as seen, prepared.together():
            prepared.enter(row)
            row.state = "next"
            prepared.change(row, "state")
            prepared.look("SELECT 1", [])
            assert len(seen) == 1

        assert (len(seen), type(row).objects.get(id=row.id).state) == (2, "next")

    def test_a_row_that_was_sent_is_changed_where_it_is(self, version):
        row = make(version)
        row.id = prepared.next_key(type(row))
        with prepared.together():
            prepared.enter(row)
            assert prepared.found(type(row), row.id).state == "open"
            row.state = "next"
            prepared.change(row, "state")

        assert type(row).objects.get(id=row.id).state == "next"

    def test_both_changes_of_a_row_are_made(self, version):
        row = make(version)
        prepared.add(row)
        with prepared.together():
            row.state, row.office = "next", "p"
            prepared.change(row, "state")
            prepared.change(row, "office")

        found = type(row).objects.get(id=row.id)
        assert (found.state, found.office) == ("next", "p")


def test_the_first_row_of_a_condition(version):
    for days in (3, 1, 2):
        row = make(version)
        row.days_left = days
        prepared.add(row)

    first = prepared.first(type(row), "WHERE office = %s ORDER BY days_left LIMIT 1", ["o"])
    assert (first.days_left, prepared.first(type(row), "WHERE office = %s", ["p"])) == (1, None)


def test_a_row_that_is_there_is_not_added_again(db):
    from shuzhi.support.identity import models

    first, again = (models.Proof(account="a", scheme="uscc", value=each, at=AT) for each in "xy")
    for row in (first, again):
        row.id = prepared.next_key(models.Proof)

    assert prepared.add_unless_there(first, "account", "scheme")
    assert not prepared.add_unless_there(again, "account", "scheme")
    assert list(models.Proof.objects.values_list("id", "value")) == [(first.id, "x")]


@pytest.mark.django_db(transaction=True)
def test_one_transaction_is_the_running_one_or_its_own():
    from shuzhi.support.identity import models

    def write():
        with prepared.in_transaction():
            models.Proof.objects.create(account="a", scheme="uscc", value="x", at=AT)
            raise ValueError

    with pytest.raises(ValueError):
        write()
    assert not models.Proof.objects.exists()
    with pytest.raises(ValueError), transaction.atomic(), CaptureQueriesContext(connection) as seen:
        write()
    assert not any("SAVEPOINT" in each["sql"] for each in seen)
    assert not models.Proof.objects.exists()
