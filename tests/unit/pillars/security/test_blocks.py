"""Entries written many at once: each counts from its commit, and is unfolded exactly once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from hypothesis import given
from tests.unit.pillars.security.test_audit import AT, as_superuser, contents

from shuzhi.pillars.security import audit, blocks, queries
from shuzhi.pillars.security.canonical import Content, content_of
from shuzhi.pillars.security.errors import AuditBroken, BlockTooLarge, NoSuchEntry
from shuzhi.pillars.security.log.unfolding import unfold_waiting
from shuzhi.pillars.security.models import AuditEntry, FoldedBlock
from shuzhi.pillars.security.subjects import subject_reference

pytestmark = pytest.mark.django_db


def call(number: int, **changes: object) -> Content:
    given = {
        "at": AT + timedelta(seconds=number),
        "action": "exchange.called",
        "target": "interface/firm",
        "actor": "subscription/7",
        "outcome": "answered",
        "facts": {"request": f"r{number}", "fields": ["name", "企业"]},
        "subjects": (subject_reference(b"k", "uscc", f"U{number}"),),
    }
    return content_of(**given | changes)  # type: ignore[arg-type]


def write_block(entries: list[Content]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(blocks.INSERT, blocks.row(AT, entries))
        return cursor.fetchone()[0]


def stored() -> list[Content]:
    names = (*Content.__struct_fields__,)
    rows = AuditEntry.objects.order_by("block", "place").values(*names)
    return [Content(**row | {"subjects": tuple(row["subjects"] or ())}) for row in rows]


class TestCodec:
    @given(content=contents)
    def test_an_entry_comes_back_as_it_was(self, content):
        line = content.canonical
        assert b"\n" not in line
        assert blocks.decode(line) == content
        assert blocks.decode(line).canonical == line

    def test_keeps_entries_apart_and_in_order(self):
        entries = [call(1, target="a\nb"), call(2)]
        assert [blocks.decode(line) for line in blocks.lines(blocks.encode(entries))] == entries

    @pytest.mark.parametrize("count", [0, blocks.MOST + 1])
    def test_refuses_what_is_no_block(self, count):
        with pytest.raises(BlockTooLarge):
            blocks.encode([call(1)] * count)

    @pytest.mark.parametrize("text", ["", "e0", "e", "b1", "b1.", "x1", "e1 ", "b1.2.3", "e٣", "b1.9999"])
    def test_refuses_what_names_no_entry(self, text):
        with pytest.raises(NoSuchEntry):
            blocks.read_reference(text)

    def test_reads_names(self):
        assert blocks.read_reference("e12") == (12, None, None)
        assert blocks.read_reference(blocks.reference(3, 0)) == (None, 3, 0)


class TestUnfolding:
    def test_gives_the_rows_of_the_block(self):
        entries = [call(1), call(2, subjects=(), purpose="核验"), call(3, facts={"n": 2**70, "none": None})]
        write_block(entries)

        assert unfold_waiting() == 3
        assert stored() == entries
        assert [row.digest for row in AuditEntry.objects.order_by("place")] == [e.digest for e in entries]

    @given(content=contents)
    def test_gives_any_entry_unchanged(self, content):
        with transaction.atomic():
            write_block([content])
            assert unfold_waiting() == 1
            assert stored() == [content]
            transaction.set_rollback(True)

    def test_once(self):
        write_block([call(1)])
        assert (unfold_waiting(), unfold_waiting()) == (1, 0)

    def test_many_blocks_at_a_time(self, monkeypatch):
        monkeypatch.setattr("shuzhi.pillars.security.log.unfolding.AT_ONCE", 2)
        for number in range(5):
            write_block([call(number), call(number)])
        assert unfold_waiting() == 10

    def test_a_block_cannot_be_unfolded_twice_even_if_listed_twice(self):
        block = write_block([call(1)])
        unfold_waiting()
        FoldedBlock.objects.create(block_id=block)
        assert unfold_waiting() == 0
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize("damage", [b"\xff\xfe", b"not json", b'{"at": "no time"}', b'{"at": null}'])
    def test_a_damaged_block_holds_up_no_other(self, damage):
        bad, good = write_block([call(1)]), write_block([call(2)])
        as_superuser("UPDATE security_auditblock SET entries = %s WHERE id = %s", damage, bad)

        assert unfold_waiting() == 1
        assert list(FoldedBlock.objects.values_list("block_id", flat=True)) == [bad]
        assert AuditEntry.objects.get().block == good
        with pytest.raises(AuditBroken, match=f"b{bad}"):
            audit.verify()

    def test_a_block_that_lost_an_entry_stays_folded(self):
        block = write_block([call(1), call(2)])
        as_superuser("UPDATE security_auditblock SET entries = %s WHERE id = %s", call(1).canonical, block)
        assert unfold_waiting() == 0


class TestReading:
    def test_sees_folded_and_unfolded_alike(self):
        write_block([call(1), call(2, outcome="refused")])
        question = queries.Question(target="interface/")
        before = queries.acts(question)
        count = queries.count_acts(question)
        unfold_waiting()

        assert (count, queries.count_acts(question)) == (2, 2)
        assert queries.acts(question) == before
        assert [act.ref.partition(".")[2] for act in before] == ["1", "0"]

    def test_filters_folded_entries(self):
        write_block([call(1), call(2, outcome="refused")])
        assert [a.outcome for a in queries.acts(queries.Question(outcome="refused"))] == ["refused"]
        assert queries.outcomes() == ["answered", "refused"]

    def test_newest_first_by_the_time_of_the_act(self):
        write_block([call(5), call(3)])
        unfold_waiting()
        write_block([call(4)])
        assert [a.facts["request"] for a in queries.acts(queries.Question())] == ["r5", "r4", "r3"]


class TestDatabaseRefuses:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE security_auditblock SET count = 0",
            "DELETE FROM security_auditblock",
            "TRUNCATE security_auditblock",
        ],
    )
    def test_changing_a_block(self, sql):
        write_block([call(1)])
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


class TestSubjects:
    def test_one_reference_however_it_is_typed(self):
        typed = ["91330110ma28", " 91330110MA28 ", "９１３３０１１０ｍａ２８"]
        assert len({subject_reference(b"k", "uscc", text) for text in typed}) == 1

    def test_tells_keys_and_schemes_apart(self):
        pairs = [(b"k", "uscc"), (b"k", "entity"), (b"l", "uscc")]
        assert len({subject_reference(key, scheme, "1") for key, scheme in pairs}) == 3

    def test_reads_no_clock_and_says_nothing(self):
        assert "91330110" not in subject_reference(b"k", "uscc", "91330110MA28")


def test_times_keep_their_microseconds():
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    write_block([call(0, at=at)])
    unfold_waiting()
    assert AuditEntry.objects.get().at == at
