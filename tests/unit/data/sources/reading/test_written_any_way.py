"""One table, written in any encoding, delimiter and dress: the profile says the same of it."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuzhi.data.sources.reading import profile_file
from shuzhi.data.sources.reading.errors import UnreadableFile

NAMES = ("企业名称", "统一社会信用代码", "数量", "成立日期", "备注")
CODES = ("91330182843963542R", "9133010014304617XG", "91350100M000100Y43")
ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
TITLES = (["余杭区企业名单"], ["（2023年度）"], ["单位：家"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["杭州甲乙有限公司", "余杭某某厂", "良渚商店（分店）"]),
        st.sampled_from(CODES),
        st.integers(0, 99_999).map(str),
        st.dates(date(1901, 1, 1), date(2099, 12, 31)).map(str),
        st.sampled_from(["", "正常", '含"引号"', "含，逗号", "两行\n文字", "a,b;c|d"]),
    ),
    min_size=5,
    max_size=30,
)
DRESS = st.tuples(
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
)


class TestWrittenAnyWay:
    @given(rows=ROWS, dress=DRESS)
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_profile_is_the_same(self, tmp_path, rows, dress):
        encoding, delimiter, end, titles, total, note = dress
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
        writer.writerows([*title, "", "", "", ""] for title in TITLES[:titles])
        writer.writerow(NAMES)
        writer.writerows(rows)
        writer.writerows([["合计", "", "123", "", ""]] * total + [["备注：以家计", "", "", "", ""]] * note)
        path = tmp_path / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))

        found = profile_file(path)

        assert tuple(column.name for column in found.columns) == NAMES
        assert (found.rows, found.broken_rows, found.delimiter) == (len(rows), 0, delimiter)
        assert [column.type for column in found.columns[1:4]] == ["text", "integer", "date"]
        assert found.columns[1].semantic == "uscc"
        assert found.header_row == titles + 1
        assert len(found.notes) == titles + total + note
        assert found.duplicate_rows == len(rows) - len(set(rows))
        assert set(found.problem_counts) <= {"total_row", "duplicate_row", "near_key"}

    @given(
        content=st.binary(max_size=400),
        name=st.sampled_from(["a.csv", "a.json", "a.xml", "a.jsonl", "a.txt"]),
    )
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_bytes_are_read_or_refused(self, tmp_path, content, name):
        path = tmp_path / name
        path.write_bytes(content)
        with suppress(UnreadableFile):
            found = profile_file(path)
            assert found.rows >= found.broken_rows >= 0
