"""Collecting: every row of a file is accepted, quarantined with its reason, or a duplicate."""

from __future__ import annotations

import time

from tests.unit.data.sources.sending import AT, OFFICER, FIELDS

from shuzhi.data.sources import queries, services
from shuzhi.data.sources.types import Status
from shuzhi.foundation import lake

HEADER = "企业名称,统一社会信用代码,注册日期,注册资金,联系电话\n"
A = "甲公司,91330182843963542R,1980-01-01,534(万元人民币),13800001111\n"
B = "乙公司,9133010014304617XG,1980-01-21,N/A,\n"


class TestReceipt:
    def test_balances(self, sender):
        batch = sender.send(HEADER + A + B + A + "丙公司,not-a-code,1980-13-01,很多,13900002222\n")
        assert batch.status is Status.COLLECTED
        assert (batch.received, batch.accepted, batch.quarantined, batch.duplicates) == (4, 2, 1, 1)

    def test_reads_the_real_firms(self, sender, shared_data, make_sender):
        fields = [
            {**field, "nulls": ("N/A", "-")} if field["id"] == "capital" else field for field in FIELDS[:4]
        ]
        sender = make_sender(fields=fields)
        file = shared_data / "enterprises_hangzhou" / "hangzhou_enterprises_1980_2019.csv"
        began = time.monotonic()
        batch = services.receive_file(source=sender.source, path=file, by=OFFICER, at=AT)
        batch = services.collect_batch(batch=batch.id, by=OFFICER, at=AT)
        seconds = time.monotonic() - began
        print(batch, seconds)
        print(queries.quarantined(batch.id))
        assert (batch.received, batch.duplicates) == (31509, 2)
        assert batch.repaired == {"uscc": 6}
        assert lake.current(sender.dataset).num_rows == batch.accepted
