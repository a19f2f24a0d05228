from __future__ import annotations

import pytest

from shuzhi.data.sources.reading import ProblemCode

TABLE = "姓名,年龄,说明\n张三一,20,上海\n李四,21,乙\n"


class TestEncoding:
    @pytest.mark.parametrize(
        ("codec", "named"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("gbk", "gbk"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
        ],
    )
    def test_is_found_and_decoded(self, write, read, codec, named):
        reader, rows = read(write("a.csv", TABLE.encode(codec)))

        assert reader.encoding == named
        assert reader.columns == ("姓名", "年龄", "说明")
        assert [row.values for row in rows] == [("张三一", "20", "上海"), ("李四", "21", "乙")]

    @pytest.mark.parametrize(("mark", "codec"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
    def test_utf_16_with_a_mark(self, write, read, mark, codec):
        reader, rows = read(write("a.csv", mark + TABLE.encode(codec)))

        assert (reader.encoding, reader.columns[0], len(rows)) == (codec, "姓名", 2)

    def test_four_byte_characters_are_gb18030(self, write, read):
        reader, rows = read(write("a.csv", "姓名,村\n张㐀,𠮷村\n".encode("gb18030")))

        assert (reader.encoding, rows[0].values) == ("gb18030", ("张㐀", "𠮷村"))

    def test_pure_ascii_is_utf_8(self, write, read):
        assert read(write("a.csv", "a,b\n1,2\n"))[0].encoding == "utf-8"

    def test_the_whole_file_decides_not_a_sample(self, write, read):
        head = b"name,size\n" + b"plain ascii,1\n" * 380_000
        assert len(head) > 5_000_000

        reader, rows = read(write("a.csv", head + "杭州,2\n".encode("gbk")))

        assert reader.encoding == "gbk"
        assert rows[-1].values == ("杭州", "2")

    def test_rows_in_another_encoding_keep_their_text_and_are_marked(self, write, read):
        content = "名称,数\n甲,1\n".encode() + "乙,2\n".encode("gbk") + "丙,3\n丁,4\n".encode()

        reader, rows = read(write("a.csv", content))

        assert reader.encoding == "utf-8"
        assert [row.problem and row.problem.code for row in rows] == [
            None,
            ProblemCode.MIXED_ENCODING,
            None,
            None,
        ]
        assert rows[1].number == 3
        assert rows[1].values == ("乙", "2")

    def test_invalid_bytes_are_marked_and_stay_visible(self, write, read):
        content = "名称,数\n甲,1\n".encode() + b"\xff\xfd,2\n" + "丙,3\n".encode()

        rows = read(write("a.csv", content))[1]

        assert rows[1].problem.code == ProblemCode.INVALID_BYTES
        assert rows[1].values == ("\\xff\\xfd", "2")
        assert "第" not in rows[1].problem.message
        assert rows[2].values == ("丙", "3")
