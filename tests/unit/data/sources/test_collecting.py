"""Collecting: every row of a file is accepted, quarantined with its reason, or a duplicate."""

from __future__ import annotations

import time

import pytest

from shuzhi.data.sources import errors, models, queries
from shuzhi.data.sources.types import Mode, Status
from shuzhi.foundation import lake

HEADER = "企业名称,统一社会信用代码,注册日期,注册资金,联系电话\n"
A = "甲公司,91330182843963542R,1980-01-01,534(万元人民币),13800001111\n"
A2 = "甲公司（新）,91330182843963542R,1980-01-01,534(万元人民币),13800001111\n"
B = "乙公司,9133010014304617XG,1980-01-21,N/A,\n"
C = "丙公司,913301001430573626,1980-02-01,515.5万人民币,\n"


def receipt(batch):
    return batch.received, batch.accepted, batch.quarantined, batch.duplicates


def names(sender):
    return sorted(row["name"] for row in lake.current(sender.dataset).to_pylist())


def reasons(batch):
    return [(cell.row, cell.field, cell.reason) for cell in queries.quarantined(batch.id).cells]


class TestReceipt:
    def test_balances(self, sender):
        batch = sender.send(HEADER + A + B + A + "丙公司,not-a-code,1980-13-01,很多,13900002222\n")

        assert batch.status is Status.COLLECTED
        assert receipt(batch) == (4, 2, 1, 1)
        assert batch.balances

    def test_one_that_does_not_balance_is_refused_by_the_database(self, sender):
        from django.db import IntegrityError

        batch = sender.send(HEADER + A)
        with pytest.raises(IntegrityError, match="sources_receipt_balances"):
            models.Batch.objects.filter(id=batch.id).update(accepted=0)

    def test_says_it_once(self, sender):
        from shuzhi.foundation.outbox.models import Message

        batch = sender.send(HEADER + A)
        sender.send(HEADER + A)

        assert Message.objects.filter(event="BatchCollected", payload__batch=batch.id).count() == 1

    def test_of_the_real_firms(self, make_sender, shared_data):
        from tests.unit.data.sources.sending import AT, FIELDS, OFFICER

        from shuzhi.data.sources import services

        more = ("企业类型", "经营范围", "所在省份", "地区", "注册地址")
        fields = [
            *FIELDS[:4],
            *({"id": f"f{n}", "name": {"zh": name, "en": name}} for n, name in enumerate(more)),
        ]
        sender = make_sender(fields=fields)
        file = shared_data / "enterprises_hangzhou" / "hangzhou_enterprises_1980_2019.csv"
        lake.has_table(sender.dataset)  # what a process does once is not what is measured
        began = time.monotonic()
        batch = services.receive_file(source=sender.source, path=file, by=OFFICER, at=AT)
        batch = services.collect_batch(batch=batch.id, by=OFFICER, at=AT)
        seconds = time.monotonic() - began

        assert receipt(batch) == (31509, 31505, 2, 2)
        assert batch.repaired == {"uscc": 6}
        assert {cell.reason for cell in queries.quarantined(batch.id).cells} == {"not_amount"}
        current = lake.current(sender.dataset)
        assert current.num_rows == 31505
        assert current.filter(current["_repaired"].is_valid()).num_rows == 6
        assert seconds < 12, seconds  # 2–3 s alone; the machine may be busy


class TestQuarantine:
    def test_names_row_column_reason_and_masks_the_value(self, sender):
        fields = "丙公司,913301001430573626,2020-02-30,"
        batch = sender.send(HEADER + A + fields + "很多,13900002222\n")

        assert reasons(batch) == [(3, "founded", "not_date"), (3, "capital", "not_amount")]
        cell = queries.quarantined(batch.id).cells[0]
        assert (cell.column, cell.value) == ("注册日期", "2020-02-30")
        assert cell.message.zh == "不是可识别的日期"
        assert cell.message.en == "not a readable date"

    def test_masks_by_grade_and_hides_persons_numbers_that_slipped_into_any_column(self, make_sender):
        from tests.unit.data.sources.sending import FIELDS

        graded = [*FIELDS[:4], {**FIELDS[4], "type": "integer"}]
        sender = make_sender(fields=graded)
        batch = sender.send(
            HEADER
            + "甲,91330182843963542R,11010519491231002X,,139abc02222\n"
            + "乙,9133010014304617XG,13800001111,,\n"
        )

        shown = [cell.value for cell in queries.quarantined(batch.id).cells]
        assert shown == ["1101**********002X", "13*******22", "138****1111"]

    def test_takes_broken_rows_whole(self, sender):
        batch = sender.send(HEADER + A + "乙公司,9133010014304617XG\n" + C)

        assert receipt(batch) == (3, 2, 1, 0)
        assert reasons(batch) == [(3, None, "ragged_row")]

    def test_keeps_the_first_of_two_rows_that_contradict(self, sender):
        batch = sender.send(HEADER + A + B + A2 + A2)

        assert receipt(batch) == (4, 2, 1, 1)
        cell = queries.quarantined(batch.id).cells[0]
        assert (cell.row, cell.reason, cell.column) == (4, "key_conflict", "统一社会信用代码")
        assert "第 2 行" in cell.message.zh
        assert names(sender) == ["乙公司", "甲公司"]

    def test_pages_and_counts(self, sender):
        rows = "".join(f"公司{n},bad,,,\n" for n in range(7))
        batch = sender.send(HEADER + A + rows)

        page = queries.quarantined(batch.id, 2, size=3)
        assert (page.page, page.pages, page.total) == (2, 3, 7)
        assert [cell.row for cell in page.cells] == [6, 7, 8]
        assert queries.quarantine_reasons(batch.id) == {("uscc", "not_standard"): 7}

    def test_keeps_an_invalid_optional_value_for_the_rules_of_quality(self, make_sender):
        from tests.unit.data.sources.sending import FIELDS

        sender = make_sender(fields=[*FIELDS[:4], {**FIELDS[4], "standard": "phone"}])
        batch = sender.send(HEADER + "甲公司,91330182843963542R,,,12345\n")

        assert receipt(batch) == (1, 1, 0, 0)


class TestRepairs:
    def test_are_written_properly_counted_and_marked(self, sender):
        batch = sender.send(HEADER + B.lower().replace("n/a", "N/A"))

        assert batch.repaired == {"uscc": 1}
        row = lake.current(sender.dataset).to_pylist()[0]
        assert (row["uscc"], row["_repaired"]) == ("9133010014304617XG", "uscc")


class TestTyping:
    def test_amounts_have_value_currency_and_text(self, sender):
        sender.send(HEADER + C)

        row = lake.current(sender.dataset).to_pylist()[0]
        assert (row["capital"], row["capital__currency"]) == (5_155_000, "CNY")
        assert row["capital__text"] == "515.5万人民币"
        assert row["founded"].isoformat() == "1980-02-01"


class TestModes:
    def test_full_replaces(self, sender):
        sender.send(HEADER + A + B)
        sender.send(HEADER + B + C)
        assert names(sender) == ["丙公司", "乙公司"]

    def test_incremental_takes_only_what_changed(self, make_sender):
        sender = make_sender(mode="incremental")
        sender.send(HEADER + A + B)
        batch = sender.send(HEADER + A2 + B + C)

        assert receipt(batch) == (3, 2, 0, 1)
        assert names(sender) == ["丙公司", "乙公司", "甲公司（新）"]

    def test_incremental_keeps_a_change_and_its_return(self, make_sender):
        sender = make_sender(mode="incremental")
        batch = sender.send(HEADER + A + A2 + A + A)

        assert receipt(batch) == (4, 3, 0, 1)
        assert names(sender) == ["甲公司"]

    def test_delete_takes_away_by_key(self, sender):
        sender.send(HEADER + A + B)
        keys = "统一社会信用代码\n91330182843963542R\n91330182843963542R\n913301001430573626\n"
        batch = sender.send(keys, mode=Mode.DELETE)

        assert receipt(batch) == (3, 1, 1, 1)
        assert reasons(batch) == [(4, None, "unknown_key")]
        assert names(sender) == ["乙公司"]

        again = sender.send(keys + "9133010014304617XG\n", mode=Mode.DELETE)
        assert receipt(again) == (4, 1, 1, 2)
        assert names(sender) == []

    def test_without_a_key_the_whole_row_is_the_key(self, make_sender):
        sender = make_sender(mode="incremental", key=())
        sender.send(HEADER + A + B)
        batch = sender.send(HEADER + A + C)

        assert receipt(batch) == (2, 1, 0, 1)
        assert names(sender) == ["丙公司", "乙公司", "甲公司"]

    def test_each_source_speaks_for_its_own_rows(self, make_sender):
        east = make_sender()
        west = make_sender(dataset=east.dataset)
        east.send(HEADER + A)
        west.send(HEADER + B)
        west.send(HEADER + C)
        assert names(east) == ["丙公司", "甲公司"]


class TestSentAgain:
    def test_the_same_content_is_the_same_batch(self, sender):
        first = sender.send(HEADER + A)
        assert sender.send(HEADER + A) == first

    def test_a_failed_one_may_be_sent_again(self, sender):
        failed = sender.send("a,b\n1,2\n")
        again = sender.receive("a,b\n1,2\n")
        assert failed.status is Status.FAILED
        assert again.id != failed.id

    def test_an_earlier_state_returns_when_asked_for(self, sender):
        first = sender.send(HEADER + A)
        sender.send(HEADER + B)
        assert sender.send(HEADER + A) == first
        assert names(sender) == ["乙公司"]

        sender.send(HEADER + A, again=True)
        assert names(sender) == ["甲公司"]

    def test_half_a_file_then_the_whole_doubles_nothing(self, sender):
        whole = HEADER + A + B + C
        sender.send(whole[: len(whole) - 40])
        sender.send(whole)
        assert names(sender) == ["丙公司", "乙公司", "甲公司"]

    def test_half_an_increment_then_the_whole_doubles_nothing(self, make_sender):
        sender = make_sender(mode="incremental")
        sender.send(HEADER + A + B[:30] + "\n")
        batch = sender.send(HEADER + A + B + C)
        assert receipt(batch) == (3, 2, 0, 1)
        assert names(sender) == ["丙公司", "乙公司", "甲公司"]

    def test_a_declared_number_of_rows_tells_half_a_file(self, sender):
        batch = sender.send(HEADER + A, declared_rows=2)
        assert batch.status is Status.FAILED
        assert "2" in batch.problem.zh
        assert names(sender) == []

    def test_far_fewer_rows_than_before_are_refused_where_agreed(self, make_sender):
        sender = make_sender(options={"least_share": 0.6})
        sender.send(HEADER + A + B + C)
        assert sender.send(HEADER + A).status is Status.FAILED
        assert sender.send(HEADER + A + B).status is Status.COLLECTED

    def test_a_file_without_rows_or_without_fit_rows_does_not_empty_a_data_set(self, sender):
        sender.send(HEADER + A + B)
        assert sender.send(HEADER).status is Status.FAILED
        unfit = sender.send(HEADER + "丙公司,bad,,,\n")
        assert unfit.status is Status.FAILED
        assert names(sender) == ["乙公司", "甲公司"]


class TestDrift:
    def test_a_missing_required_column_fails_the_batch_by_name(self, sender):
        batch = sender.send("企业名称,注册日期\n甲公司,1980-01-01\n")
        assert batch.status is Status.FAILED
        assert "统一社会信用代码（uscc）" in batch.problem.zh
        assert "uscc" in batch.problem.en

    def test_unknown_and_absent_columns_are_noted(self, sender):
        batch = sender.send("企业名称,统一社会信用代码,法定代表人\n甲公司,91330182843963542R,某某\n")
        assert batch.status is Status.COLLECTED
        noted = {(notice.code, *notice.facts.values()) for notice in batch.notices}
        assert noted == {
            ("column_unknown", "法定代表人"),
            ("column_missing", "founded"),
            ("column_missing", "capital"),
            ("column_missing", "phone"),
        }


class TestOrder:
    def test_batches_are_collected_as_received_whatever_the_clock_says(self, sender):
        from datetime import timedelta

        from tests.unit.data.sources.sending import AT, OFFICER

        from shuzhi.data.sources import services

        first = sender.receive(HEADER + A)
        (sender.folder / "late.csv").write_text(HEADER + B, "utf-8")
        second = services.receive_file(
            source=sender.source, path=sender.folder / "late.csv", by=OFFICER, at=AT - timedelta(days=400)
        )
        assert second.seq == first.seq + 1
        with pytest.raises(errors.EarlierBatchWaiting):
            services.collect_batch(batch=second.id, by=OFFICER, at=AT)
        for batch in queries.waiting_batches():
            if batch.dataset == sender.dataset:
                services.collect_batch(batch=batch.id, by=OFFICER, at=AT - timedelta(days=500))
        assert names(sender) == ["乙公司"]


class TestRights:
    def test_another_office_may_neither_hand_in_nor_collect(self, sender):
        from dataclasses import replace

        from tests.unit.data.sources.sending import AT, OFFICER

        from shuzhi.data.sources import services
        from shuzhi.pillars.security.errors import Forbidden

        other = replace(OFFICER, office="education")
        batch = sender.receive(HEADER + A)
        with pytest.raises(Forbidden):
            services.collect_batch(batch=batch.id, by=other, at=AT)
        with pytest.raises(Forbidden):
            services.receive_file(source=sender.source, path=sender.folder / "1.csv", by=other, at=AT)


class TestQueries:
    def test_collected_fields_are_those_of_collected_data_sets(self, sender, make_sender):
        make_sender()
        sender.send(HEADER + A)
        fields = queries.collected_fields()
        assert fields[sender.dataset] == ["name", "uscc", "founded", "capital", "phone"]
        assert set(fields) == set(queries.collected_datasets())
