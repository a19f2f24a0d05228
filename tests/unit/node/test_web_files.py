"""Which files the web sends by their path, so that none of them stands in memory while somebody reads slowly."""

from __future__ import annotations

import io

from shuzhi.node.web import FileToSend


class TestFileToSend:
    def test_a_whole_stored_file_is_sent_by_its_path(self, tmp_path):
        stored = tmp_path / "data.csv"
        stored.write_bytes(b"a,b\n")
        with stored.open("rb") as file:
            assert FileToSend(file).path() == str(stored)

    def test_what_is_begun_or_has_no_path_is_sent_as_it_is_read(self, tmp_path):
        stored = tmp_path / "data.csv"
        stored.write_bytes(b"a,b\n")
        with stored.open("rb") as file:
            file.read(1)
            assert FileToSend(file).path() is None
        assert FileToSend(io.BytesIO(b"a")).path() is None
