"""Keys that end, and what ends with them."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.crypto.errors import NotAuthentic
from shuzhi.pillars.security.erasing import Erased, erasable_keys, erase_copy, is_sealed, open_copy, sealing
from shuzhi.pillars.security.erasing.columns import open_json, seal_json
from shuzhi.pillars.security.erasing.copies import HEAD, PIECE

SECRET = "13812345678 张三丰".encode()
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7)


def write(file, content, step=10_000):
    with sealing(file) as out:
        for place in range(0, len(content), step):
            out.write(content[place : place + step])
    return out


def read(file, size=-1):
    with open_copy(file) as stream:
        found = bytearray()
        while piece := stream.read(size):
            found += piece
        return bytes(found)


class TestFiles:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("step", [7_001, PIECE, 1 << 20])
    def test_gives_back_what_was_written_however_it_is_read(self, tmp_path, size, step):
        content = os.urandom(size)
        out = write(tmp_path / "x", content, step)

        assert (out.size, read(tmp_path / "x"), read(tmp_path / "x", 5_000)) == (size, content, content)
        assert is_sealed(tmp_path / "x")

    def test_shows_nothing_of_its_content(self, tmp_path):
        write(tmp_path / "x", SECRET * 1_000)
        assert SECRET not in (tmp_path / "x").read_bytes()

    def test_a_copy_that_was_carried_away_is_unreadable_once_the_key_is_destroyed(self, tmp_path):
        write(tmp_path / "x", SECRET)
        shutil.copy(tmp_path / "x", tmp_path / "backup")
        assert erase_copy(tmp_path / "x")

        assert not (tmp_path / "x").exists()
        with pytest.raises(Erased):
            open_copy(tmp_path / "backup")
        assert not erase_copy(tmp_path / "x")

    def test_a_reader_on_its_way_is_cut_off(self, tmp_path):
        write(tmp_path / "x", SECRET * 20_000)
        with open_copy(tmp_path / "x") as stream:
            stream.read(100)
            erase_copy(tmp_path / "x")
            with pytest.raises(Erased):
                stream.read()

    @settings(max_examples=40, deadline=None)
    @given(place=st.integers(0, 2 * PIECE), cut=st.booleans())
    def test_what_was_changed_or_cut_does_not_open(self, tmp_path_factory, place, cut):
        file = tmp_path_factory.mktemp("x") / "x"
        write(file, bytes(2 * PIECE))
        sealed = bytearray(file.read_bytes())
        spot = HEAD + place
        if cut:
            del sealed[spot:]
        else:
            sealed[spot] ^= 1
        file.write_bytes(sealed)
        with pytest.raises(NotAuthentic):
            read(file)

    def test_a_writer_that_fails_leaves_no_key(self, tmp_path):
        class Broken(list):
            def __bytes__(self):
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), sealing(tmp_path / "x") as out:
            out.write(Broken())
        with pytest.raises(Erased):
            open_copy(tmp_path / "x")

    def test_what_was_not_sealed_is_read_as_it_is(self, tmp_path):
        (tmp_path / "x").write_bytes(b"plain")
        assert read(tmp_path / "x") == b"plain"
        assert erase_copy(tmp_path / "x")


class TestColumns:
    def test_ends_with_its_owners_key_and_a_new_key_does_not_bring_it_back(self):
        keys, value = erasable_keys(), {"phone": SECRET.decode(), "n": [1, None]}
        sealed = seal_json(value, "somebody")
        assert open_json(sealed) == value
        assert SECRET.decode() not in sealed

        keys.erase(keys.id_of("somebody"))
        with pytest.raises(Erased):
            open_json(sealed)
        assert open_json(seal_json({"a": 1}, "somebody")) == {"a": 1}
        with pytest.raises(Erased):
            open_json(sealed)
        assert keys.id_of("somebody") != keys.id_of("another")


class TestKeys:
    def test_follow_another_master_and_end_with_the_former(self, tmp_path):
        write(tmp_path / "x", SECRET)
        ring = node.keyring()
        stolen = tmp_path / "stolen"
        shutil.copytree(ring.home / "erasable", stolen)
        ring.masters.rotate()
        assert erasable_keys().rewrap() >= 1
        assert erasable_keys().rewrap() == 0
        assert read(tmp_path / "x") == SECRET
        assert all(b'"master-1"' in each.read_bytes() for each in stolen.glob("*/*.json"))

    def test_lie_in_a_folder_that_backup_programs_leave_out(self, tmp_path):
        write(tmp_path / "x", b"")
        tag = node.keyring().home / "erasable" / "CACHEDIR.TAG"
        assert tag.read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
