"""Properties of collecting, for any dirty table and any order of sending."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuzhi.data.sources import models
from shuzhi.data.sources.types import Mode, Status
from shuzhi.foundation import lake

FIELDS = (
    {"id": "code", "name": {"zh": "编号", "en": "Code"}},
    {"id": "count", "name": {"zh": "数量", "en": "Count"}, "type": "integer"},
    {"id": "day", "name": {"zh": "日期", "en": "Day"}, "type": "date"},
)
# Each example collects for real, so there are few. Few values too, so that keys and rows repeat; one way in three to be wrong.
CODES = st.sampled_from(["A", "B", "C", "D", " A", "", "E"])
COUNTS = st.sampled_from(["1", "2", "1.0", "1,000", "many", ""])
DAYS = st.sampled_from(["2026-01-02", "2026/1/2", "20260102", "2026-13-01", ""])
ROWS = st.lists(st.tuples(CODES, COUNTS, DAYS), min_size=1, max_size=25)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def text(rows, *, ragged=()):
    lines = ["编号,数量,日期"]
    for number, (code, count, day) in enumerate(rows):
        written = f'{code},"{count}",{day}'
        lines.append(written.rsplit(",", 1)[0] if number in ragged else written)
    return "\n".join(lines) + "\n"


def says(sender):
    return sorted((row["code"], row["count"], row["day"]) for row in lake.current(sender.dataset).to_pylist())


@FEW
@given(
    rows=ROWS, ragged=st.sets(st.integers(0, 24), max_size=3), mode=st.sampled_from(["full", "incremental"])
)
def test_a_receipt_balances_and_every_row_is_somewhere(make_sender, rows, ragged, mode):
    sender = make_sender(fields=FIELDS, key=("code",), mode=mode)

    batch = sender.send(text(rows, ragged=ragged))

    if batch.status is Status.FAILED:  # too few rows to see a table in
        assert batch.problem is not None
        return
    assert batch.balances
    cells = models.QuarantinedCell.objects.filter(batch_id=batch.id)
    assert cells.values("row").distinct().count() == batch.quarantined
    taken = lake.rows_of_batch(sender.dataset, batch.id)
    assert taken.num_rows == batch.accepted
    assert not set(taken["_row"].to_pylist()) & set(cells.values_list("row", flat=True))
    codes = [row[0] for row in says(sender)]
    assert len(codes) == len(set(codes))


@FEW
@given(data=st.data(), tables=st.lists(ROWS, min_size=2, max_size=3, unique_by=text))
def test_sending_again_in_any_order_changes_nothing(make_sender, data, tables):
    mode = data.draw(st.sampled_from([Mode.FULL, Mode.INCREMENTAL]))
    once, often = (make_sender(fields=FIELDS, key=("code",), mode=mode.value) for _ in range(2))
    for rows in tables:
        once.send(text(rows))
    for newest, rows in enumerate(tables):
        often.send(text(rows))
        for earlier in data.draw(st.lists(st.integers(0, newest), max_size=2)):
            often.send(text(tables[earlier]))

    assert says(often) == says(once)


@FEW
@given(rows=ROWS, cut=st.floats(0.2, 0.9), mode=st.sampled_from(["full", "incremental"]))
def test_half_a_file_before_the_whole_changes_nothing_in_the_end(make_sender, rows, cut, mode):
    rows = [row for row in rows if row[0].strip() and row[1] != "many" and row[2] != "2026-13-01"] or [
        ("A", "1", "")
    ]
    rows = list({row[0].strip(): row for row in rows}.values())
    whole = text(rows)
    straight, halved = (make_sender(fields=FIELDS, key=("code",), mode=mode) for _ in range(2))
    straight.send(whole)
    lines = whole.splitlines(keepends=True)
    halved.send("".join(lines[: max(2, int(len(lines) * cut))]))
    halved.send(whole)

    assert says(halved) == says(straight)
